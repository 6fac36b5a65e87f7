"""What the built-in day expects, and the shelf that is filled to it."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from doorstep.base.chance import Chance
from doorstep.base.errors import BadFile
from doorstep.intake.freshretailnet.forecasts import write_forecast
from doorstep.model.demand import LEVELS, Forecast
from doorstep.twin.worlds import neighbourhood
from doorstep.twin.worlds.expected import OWN, Expected, own_forecast
from doorstep.twin.worlds.morning import Stocking, morning_lots
from doorstep.twin.worlds.neighbourhood import BY_HOUR, LINES_MEAN, SITE, VISITS, before, expectation, first_day
from doorstep.twin.worlds.shelf import Listed, catalogue
from doorstep.wire.demand import expected_in

OPENS, CLOSES = 1_586_296_800, 1_586_354_400


@pytest.fixture(scope="module")
def listed() -> tuple[Listed, ...]:
    return catalogue()


@pytest.fixture(scope="module")
def expected(listed: tuple[Listed, ...]) -> Expected:
    return expectation(listed)


def shelf(listed: tuple[Listed, ...], expected: Expected, stocking: Stocking | None = None) -> Counter[str]:
    """Goods by sku, over all lots."""
    lots = morning_lots(
        listed,
        expected,
        site=SITE,
        opens_at_s=OPENS,
        closes_at_s=CLOSES,
        chance=Chance(1),
        stocking=stocking or Stocking(),
    )
    found: Counter[str] = Counter()
    for x in lots:
        found[x.sku] += x.amount
    return found


def test_the_expectation_is_near_what_the_neighbourhood_wants(listed: tuple[Listed, ...], expected: Expected) -> None:
    """Of censored sales it makes 10,080 lines a Wednesday, sku by sku nearer than a mean of sales."""
    known = before(listed)
    wanted = VISITS * LINES_MEAN
    lines = expected.mean / np.array([500 if x.sku.sold_by == "g" else 1.2 for x in listed])
    assert abs(lines.sum() / wanted - 1) < 0.05
    weight = np.array([x.popularity for x in listed]) * known.ahead.discount[:, 0].astype(float) ** -2
    truth = wanted * weight / weight.sum()
    naive = known.panel.sales.mean(axis=1) / np.array([1 if x.sku.sold_by == "g" else 1.2 for x in listed])
    assert np.abs(lines - truth).sum() < np.abs(naive - truth).sum()


def test_what_is_promoted_is_expected_to_sell_more(listed: tuple[Listed, ...], expected: Expected) -> None:
    """Promoted tomorrow, skus are expected to sell at least a fifth more than they did in stock at list price."""
    known = before(listed)
    cheap = known.ahead.discount[:, 0] < 1
    assert 20 <= cheap.sum() <= 200
    usual = (known.panel.discount == 1) & (known.panel.out_hours == 0)
    sold = np.where(usual, known.panel.sales, 0).sum(axis=1) / np.maximum(1, usual.sum(axis=1))
    sold = sold * expected.step
    assert expected.mean[cheap].sum() > 1.2 * sold[cheap].sum()
    assert expected.mean[~cheap].sum() < 1.1 * sold[~cheap].sum()


def test_the_shelf_follows_the_forecast(listed: tuple[Listed, ...], expected: Expected) -> None:
    """Where more is expected of a sku never less lies on the shelf, and of the others the same."""
    usual = shelf(listed, expected)
    some = np.arange(len(listed)) % 7 == 0
    more = np.where(some, 1.5, 1.0)
    grown = replace(expected, mean=expected.mean * more, quantiles=expected.quantiles * more[:, None])
    found = shelf(listed, grown)
    wrong = [
        x.sku.sku
        for x, here in zip(listed, some.tolist(), strict=True)
        if found[x.sku.sku] < usual[x.sku.sku] or (not here and found[x.sku.sku] != usual[x.sku.sku])
    ]
    assert [] == wrong
    assert (
        sum(found[x.sku.sku] > usual[x.sku.sku] for x, here in zip(listed, some.tolist(), strict=True) if here) > 100
    )


def test_dearer_shortage_fills_the_shelf(listed: tuple[Listed, ...], expected: Expected) -> None:
    """The dearer what is missing, the more lies there; of what cannot be sold tomorrow less than of what can."""
    little, much = (shelf(listed, expected, Stocking(missed_bp=x)) for x in (0, 40_000))
    assert [] == [x for x in much if much[x] < little[x]]
    assert sum(much.values()) > 1.01 * sum(little.values())
    sku = next(x.sku for x in listed if x.sku.life_s > 30 * 86_400)
    short = replace(sku, life_s=sku.min_life_s + 18 * 3_600)
    assert Stocking().level(short, open_s=CLOSES - OPENS) < Stocking().level(sku, open_s=CLOSES - OPENS)


def test_quantiles_of_parts_add_up(expected: Expected) -> None:
    """Of the whole day the quantile is the forecast's; of a part it lies between the part's mean and the day's."""
    for at in range(0, len(expected.mean), 97):
        for i, level in enumerate(LEVELS):
            assert expected.quantile(at, level) == pytest.approx(max(0.0, expected.quantiles[at, i]), rel=1e-9)
        high = expected.quantile(at, 0.98, share=0.4)
        assert 0.4 * expected.mean[at] <= high <= expected.quantile(at, 0.98) + 1e-9
    twice = expected.times(2.0)
    assert twice.mean.sum() == pytest.approx(2 * expected.mean.sum())
    assert (twice.sd <= 2 * expected.sd + 1e-9).all()


def test_the_day_says_what_it_expects(listed: tuple[Listed, ...], expected: Expected) -> None:
    """The source stands among the assumptions, which the journal's first fact carries; promotions are events."""
    day = neighbourhood(3, visits=60)
    assert [("expected demand", OWN)] == [(x.name, x.value) for x in day.assumptions]
    given = replace(expected, source="somebody's forecast")
    assert "somebody's forecast" == neighbourhood(3, visits=60, expected=given).assumptions[0].value
    prices = {x.subject: x.value for x in day.events if x.kind == "price" and x.at_s < day.site.opens_at_s}
    cheap = {x.sku.sku: x.sku for x, y in zip(listed, before(listed).ahead.discount[:, 0], strict=True) if y < 1}
    assert set(cheap) == set(prices)
    assert all(prices[x] < sku.price_fen for x, sku in cheap.items())


def own(listed: tuple[Listed, ...]) -> Forecast:
    return own_forecast(listed, SITE, first_day(), round(VISITS * LINES_MEAN), BY_HOUR)


def test_a_forecast_given_by_hand_is_what_is_expected(
    tmp_path: Path, listed: tuple[Listed, ...], expected: Expected
) -> None:
    """The built-in forecast as a file expects the same; with every number doubled, the double."""
    made = own(listed)
    write_forecast(made, tmp_path / "F.parquet")
    found = expected_in(tmp_path / "F.parquet")
    for name in ("mean", "sd", "quantiles", "hours", "left"):
        assert np.array_equal(getattr(expected, name), getattr(found, name)), name
    assert "F.parquet" in found.source
    write_forecast(replace(made, mean=made.mean * 2, quantiles=made.quantiles * 2), tmp_path / "F.parquet")
    assert np.array_equal(expected.mean * 2, expected_in(tmp_path / "F.parquet").mean)


def test_a_forecast_that_does_not_fit_is_refused_with_its_place(tmp_path: Path, listed: tuple[Listed, ...]) -> None:
    """Not there, of another day, of another site, short of a sku, without numbers, or made when the day was known."""
    made = own(listed)
    path = tmp_path / "F.parquet"
    on_sale = made.on_sale.copy()
    on_sale[17] = False
    mean = made.mean.copy()
    mean[5] = np.nan
    wrong = {
        "dt": replace(made, first_day=made.first_day + 1),
        "store_id": replace(made, names={**made.names, "store_id": ("pudong-01",)}),
        "product_id": replace(made, on_sale=on_sale),
        "mean": replace(made, mean=mean),
        "data_cutoff": replace(made, about={**made.about, "data_cutoff": "2020-04-08"}),
    }
    with pytest.raises(BadFile, match="is not there"):
        expected_in(path)
    for column, bad in wrong.items():
        write_forecast(bad, path)
        with pytest.raises(BadFile) as refused:
            expected_in(path)
        assert (str(path), column) == (refused.value.file, refused.value.column)
        assert refused.value.value
