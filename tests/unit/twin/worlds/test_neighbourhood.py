"""The built-in day and its catalogue."""

from collections import Counter

import pytest

from doorstep.base.units import ZONES
from doorstep.roads import metres_between
from doorstep.twin.worlds import neighbourhood
from doorstep.twin.worlds.shelf import Listed, catalogue

LINES_AN_ORDER, PACKS_A_LINE, GRAMS_A_LINE = 8, 1.2, 500


@pytest.fixture(scope="module")
def listed() -> tuple[Listed, ...]:
    return catalogue()


def kg_an_order(listed: tuple[Listed, ...], category: str) -> float:
    """Mass an order brings of a category: eight lines drawn by popularity, 1.2 packs or 500 g each."""
    total = sum(x.popularity for x in listed)
    grams = sum(
        x.popularity * (GRAMS_A_LINE if x.sku.sold_by == "g" else PACKS_A_LINE * x.sku.unit_g)
        for x in listed
        if x.sku.category == category
    )
    return LINES_AN_ORDER * grams / total / 1_000


def test_there_are_two_thousand_skus(listed: tuple[Listed, ...]) -> None:
    """The catalogue has 2,000 rows, each with a name of its own in both languages."""
    assert 2_000 == len(listed)
    for names in ([x.sku.sku for x in listed], [x.sku.name_zh for x in listed], [x.sku.name_en for x in listed]):
        assert [] == [name for name, count in Counter(names).items() if count > 1 or not name.strip()]


@pytest.mark.parametrize(("category", "expected_kg", "within_kg"), [("vegetables", 1.0, 0.05), ("pork", 0.3, 0.03)])
def test_an_order_weighs_what_the_city_said(
    listed: tuple[Listed, ...], category: str, expected_kg: float, within_kg: float
) -> None:
    """An order brings 1.0 kg of vegetables and 0.3 kg of pork, as Shanghai published for spring 2020."""
    assert abs(kg_an_order(listed, category) - expected_kg) <= within_kg


def test_every_sku_is_plausible(listed: tuple[Listed, ...]) -> None:
    """Sold above cost, with mass, volume and a life that leaves something after the doorstep's minimum."""
    wrong = [
        x.sku.sku
        for x in listed
        if not (
            0 < x.sku.cost_fen < x.sku.price_fen
            and x.sku.unit_g > 0
            and x.sku.unit_ml > 0
            and 0 < x.sku.min_life_s < x.sku.life_s
            and x.sku.zone in ZONES
            and (x.sku.sold_by == "pack" or x.sku.unit_g == 1_000)
            and x.popularity > 0
            and x.sku.swap_group
        )
    ]
    assert [] == wrong


def test_one_seed_is_one_day() -> None:
    """The same seed makes the same day, another seed another."""
    assert neighbourhood(3, visits=60) == neighbourhood(3, visits=60)
    assert neighbourhood(3, visits=60).visits != neighbourhood(4, visits=60).visits


def test_the_day_is_the_one_described() -> None:
    """1,260 visits in order between six and ten within reach of a courier; every event names what the day has."""
    day = neighbourhood(7)
    assert 1_260 == len(day.visits)
    assert sorted(x.at_s for x in day.visits) == [x.at_s for x in day.visits]
    assert len(set(day.order_ids())) == len(day.visits)
    assert 16 * 3_600 == day.site.closes_at_s - day.site.opens_at_s
    skus, lots = {x.sku for x in day.skus}, {x.lot for x in day.lots}
    assert len(lots) == len(day.lots)
    for visit in day.visits:
        assert day.site.opens_at_s <= visit.at_s < day.site.closes_at_s
        assert metres_between(day.site.place, visit.basket.at) < 2_700
        names = [x.sku for x in visit.basket.lines]
        assert len(set(names)) == len(names) >= 1
        assert set(names) <= skus
    subjects = {*skus, *lots, *(x.supplier for x in day.lots), *(x.courier for x in day.couriers)}
    assert [] == [x for x in day.events if x.subject not in subjects]
    assert {"warm_truck", "no_show", "price", "theft", "recall"} == {x.kind for x in day.events}
    late = [x for x in day.lots if x.sell_by_s <= x.arrives_at_s or x.amount <= 0]
    assert [] == late
