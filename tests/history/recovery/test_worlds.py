"""Recovery against cities whose true demand is known; and whether a broken one would be found out."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from doorstep.bench.demandworlds import OPEN, TEST_SEEDS, Kind, demand_world, panel_of
from doorstep.core.history.recover import recover
from doorstep.model.demand import Panel
from tests.history.recovery.panels import wape, wpe

# Of what leaving the sales alone is off on days that ran out, recovery may be off by this share.
BARS: dict[Kind, float] = {"plain": 0.55, "bulk": 0.66, "moving": 0.62, "records": 0.55}


def lived(kind: Kind, sites: int = 12, skus: int = 50) -> tuple[Panel, Any, Any]:
    """A panel, its true demand, and which days truly ran out."""
    world = demand_world(kind, TEST_SEEDS[kind][0], sites=sites, skus=skus)
    panel, end = panel_of(world), world.history_days
    ran_out = (world.true_out[:, :end] & OPEN > 0) & panel.there
    return panel, world.demand[:, :end], ran_out


@pytest.mark.check
@pytest.mark.parametrize("kind", list(BARS))
def test_recovery_comes_near_what_people_wanted(kind: Kind) -> None:
    """Much nearer than sales on days that ran out, and nearer over all days, in every kind of city."""
    panel, truth, ran_out = lived(kind)
    found = recover(panel)
    assert wape(found.mean, truth, ran_out) < BARS[kind] * wape(panel.sales, truth, ran_out)
    assert wape(found.mean, truth, panel.there) < wape(panel.sales, truth, panel.there)
    assert abs(wpe(found.mean, truth, panel.there)) < 0.04


@pytest.mark.check
def test_each_trouble_is_noticed_where_it_is_and_nowhere_else() -> None:
    """Large orders, moved demand and wrong flags are told apart; a plain city has none of them."""
    seen = {}
    for kind in BARS:
        report = recover(lived(kind)[0]).report
        seen[kind] = (report.bulk > 0, report.moved > 0, report.flags_doubted)
    assert seen == {
        "plain": (False, False, False),
        "bulk": (True, False, False),
        "moving": (False, True, False),
        "records": (False, False, True),
    }


def test_the_masked_score_is_without_bias_after_calibration() -> None:
    """On hidden hours that the factors never saw."""
    report = recover(lived("plain", sites=6, skus=30)[0]).report
    assert report.calibrated.days > 2000
    assert abs(report.calibrated.wpe) < 0.01
    assert report.calibrated.wape < report.masked.wape


def test_flags_that_were_ignored_are_found_out() -> None:
    """A recovery that never looks at flags is as far off as the sales."""
    panel, truth, ran_out = lived("plain", sites=6, skus=30)
    blind = recover(replace(panel, out=np.zeros_like(panel.out)))
    assert wape(blind.mean, truth, ran_out) == wape(panel.sales, truth, ran_out)
    assert wape(recover(panel).mean, truth, ran_out) < 0.6 * wape(blind.mean, truth, ran_out)


def test_flags_turned_round_are_doubted_and_do_less_harm_than_trust() -> None:
    """Goods that sell while they are flagged as out: the flags are weighed, and the answer stays near the sales."""
    panel, truth, _ = lived("plain", sites=6, skus=30)
    turned = replace(panel, out=panel.out ^ OPEN)
    found = recover(turned)
    assert found.report.flags_doubted
    assert wape(found.mean, truth, panel.there) < 1.5 * wape(panel.sales, truth, panel.there)


def test_a_doubted_flag_counts_less() -> None:
    """With a tenth of the flags wrong, weighing them is nearer to the truth than trusting them."""
    from doorstep.core.history.recover_params import RecoverParams  # noqa: PLC0415 only here

    panel, truth, ran_out = lived("records", sites=8, skus=30)
    trusting = recover(panel, params=RecoverParams(distrust_bp=10_001))
    weighing = recover(panel)
    assert wape(weighing.mean, truth, ran_out) < wape(trusting.mean, truth, ran_out)
    assert wape(weighing.mean, truth, panel.there) < 0.6 * wape(trusting.mean, truth, panel.there)
