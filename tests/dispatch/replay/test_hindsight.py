"""The kept plans with hindsight of the frozen days: they can be ridden, and cost what they say."""

import time
from pathlib import Path

import msgspec
import pytest

from benchmarks import hindsight
from benchmarks.days import references
from doorstep.base.errors import CheckFailed
from doorstep.bench.days.clairvoyant import Hindsight, clairvoyant, whole_day
from doorstep.bench.days.hired import PYVRP
from doorstep.bench.days.made import made_day
from doorstep.bench.days.world import arrays
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.wire.dispatch import check_hindsight, read_hindsight

KEPT = sorted(x.stem for x in hindsight.KEPT.glob("day-*.json"))
SHARED = pytest.mark.skipif(
    not hindsight.DAYS.is_dir(), reason="the frozen dispatch days are not beside this repository"
)


@SHARED
@pytest.mark.parametrize("name", KEPT)
def test_a_kept_plan_is_ridden_again_and_is_cheaper_than_the_published_one(name: str) -> None:
    """Every order is brought, no box or shift is broken, the cost is the one noted, and it was worth keeping."""
    found = hindsight.kept(name, arrays(read_dispatch_day(hindsight.DAYS / name)))
    assert found is not None
    assert found.cost == min(int(str(x["cost"])) for x in hindsight.runs() if x["day"] == name)
    assert found.cost < references()[name][2]
    assert 0 == found.waiting


@SHARED
def test_a_plan_that_was_touched_is_refused() -> None:
    """An order less, or another cost, and the checker says so."""
    day = arrays(read_dispatch_day(hindsight.DAYS / KEPT[0]))
    plan = read_hindsight(hindsight.KEPT / f"{KEPT[0]}.json")
    trip = msgspec.structs.replace(plan.trips[0], orders=plan.trips[0].orders[1:])
    for broken in (
        msgspec.structs.replace(plan, cost=plan.cost - 1),
        msgspec.structs.replace(plan, trips=(trip, *plan.trips[1:])),
    ):
        with pytest.raises(CheckFailed):
            check_hindsight(day, broken)


def test_the_cheapest_of_a_day_is_kept_and_every_search_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dearer plan leaves a row and nothing else; a cheaper one takes the place."""
    monkeypatch.setattr(hindsight, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(hindsight, "RUNS", tmp_path / "kept" / "runs.jsonl")
    for seed, cost, best in ((1, 500, 500), (2, 700, 500), (3, 400, 400)):
        hindsight.keep("d", Hindsight(day="d", seed=seed, cost=cost, seconds=1.0, trips=()))
        assert best == read_hindsight(tmp_path / "kept" / "d.json").cost
    assert [1, 2, 3] == sorted(int(str(x["seed"])) for x in hindsight.runs())


@pytest.mark.check
@pytest.mark.skipif(PYVRP.version() is None, reason="PyVRP is a peer, in requirements/bench.txt only")
def test_pyvrp_goes_on_from_a_plan() -> None:
    """From a hasty plan it finds a cheaper one of the same day, that can be ridden; from its own no dearer one."""
    day = arrays(made_day(11, "rush"))
    hasty = clairvoyant(day, seconds=1.0, seed=1, clock=time.process_time)
    name = f"{day.day.date} {day.day.site.site} {len(day.day.orders)}"
    before = Hindsight(day=name, seed=1, cost=hasty.cost.total, seconds=1.0, trips=hasty.plan(whole_day(day)).trips)
    found = hindsight.polished(day, before, seconds=20.0)
    assert found.cost < before.cost
    check_hindsight(day, found)
    assert hindsight.polished(day, found, seconds=0.0).cost <= found.cost
