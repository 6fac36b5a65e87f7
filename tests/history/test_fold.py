"""Journals as history: a day without stock-outs gives back its lines."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from doorstep.app.params import Params
from doorstep.base.calendar import instant
from doorstep.base.ids import LotId, OrderId, ShopperId, SiteId, SkuId
from doorstep.base.units import HOUR_S
from doorstep.core.history import DemandDay, History, HistoryParams
from doorstep.journal import Entry
from doorstep.ledger import transfers_of
from doorstep.model.day import Day, Event, Visit
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotReceived, LotReturned, LotShipped
from doorstep.model.facts.orders import OrderPlaced
from doorstep.model.facts.site import SiteClosed, SiteOpened, SkuListed, SkuPriced
from doorstep.model.goods import Lot, Parcel
from doorstep.model.orders import Basket, Taken, Wanted
from doorstep.twin.troubles import CALM
from tests.twin.days import lived, small_day

DATE, TZ = "2024-04-04", "Asia/Shanghai"
MIDNIGHT_S = instant(DATE, "00:00", TZ)
SKUS = tuple(SkuId(f"S{x}") for x in range(3))
LIFE_S = 48 * HOUR_S


def at(hour: float) -> int:
    return MIDNIGHT_S + int(hour * HOUR_S)


OPENED = SiteOpened(
    date=DATE, tz=TZ, seed=1, lat_e6=31_000_000, lng_e6=121_000_000, opens_at_s=at(6), closes_at_s=at(22),
    locker_doors=1, shelf_places=1,
)  # fmt: skip


def listed(sku: SkuId) -> SkuListed:
    return SkuListed(
        sku=sku, name_zh="", name_en="", category="fruit", zone="ambient", sold_by="pack", unit_g=1, unit_ml=1,
        price_fen=1_000, cost_fen=500, life_s=LIFE_S, min_life_s=HOUR_S, swap_group="g",
    )  # fmt: skip


def received(sku: SkuId, amount: int, *, lot: str = "", sell_by_s: int = at(48)) -> list[Fact]:
    name = LotId(lot or f"L{sku}")
    shipped = LotShipped(lot=name, sku=sku, supplier="x", amount=amount, arrives_at_s=at(5.5), sell_by_s=sell_by_s)
    return [shipped, LotReceived(lot=name, sku=sku, supplier="x", amount=amount, sell_by_s=sell_by_s)]


def placed(number: int, lines: Iterable[tuple[SkuId, int]], *, lot: str = "") -> OrderPlaced:
    taken = tuple(
        Taken(n, sku, amount, 1_000, "no", (Parcel(LotId(lot or f"L{sku}"), amount),))
        for n, (sku, amount) in enumerate(lines, start=1)
    )
    return OrderPlaced(order=OrderId(f"O{number}"), key=f"{number}", lines=taken, fee_fen=0, est_fen=0, pay_by_s=0)


def told(facts: Iterable[tuple[int, Fact]]) -> tuple[DemandDay, ...]:
    fold = History(SiteId("A"), HistoryParams())
    for at_s, fact in facts:
        fold.apply(fact, transfers_of(fact), at_s=at_s)
    assert fold.closed
    return fold.rows()


def day_of(*facts: tuple[float, Fact], skus: Iterable[SkuId] = SKUS[:1]) -> tuple[DemandDay, ...]:
    begin = [(at(5), x) for x in (OPENED, *map(listed, skus))]
    return told([*begin, *((at(hour), x) for hour, x in facts), (at(22.1), SiteClosed())])


orders = st.lists(
    st.tuples(
        st.floats(6, 21.99),
        st.dictionaries(st.sampled_from(SKUS), st.integers(1, 9), min_size=1),
    ),
    max_size=20,
)


@given(orders)
def test_a_day_without_stock_outs_gives_back_its_lines(found: list[tuple[float, dict[SkuId, int]]]) -> None:
    """Per sku and hour the units are those of the orders placed, and no hour is flagged."""
    facts: list[tuple[float, Fact]] = [(5.5, x) for sku in SKUS for x in received(sku, 10_000)]
    found.sort(key=lambda x: x[0])
    facts += [(hour, placed(n, lines.items())) for n, (hour, lines) in enumerate(found)]
    asked: Counter[tuple[SkuId, int]] = Counter()
    for hour, lines in found:
        for sku, amount in lines.items():
            asked[sku, int(hour)] += amount
    rows = day_of(*facts, skus=SKUS)
    assert list(SKUS) == [x.sku for x in rows]
    assert +asked == Counter({(x.sku, h): n for x in rows for h, n in enumerate(x.sold) if n})
    assert {(False,) * 24} == {x.empty for x in rows}


def flagged(*facts: tuple[float, Fact]) -> list[int]:
    (row,) = day_of(*facts)
    return [hour for hour, x in enumerate(row.empty) if x]


def test_an_hour_is_flagged_when_any_part_of_it_was_empty() -> None:
    """Sold out at 9:30, back at 11:00 sharp: hours 9 and 10; hours in which the site is closed never."""
    morning = [(5.5, x) for x in received(SKUS[0], 5)]
    noon = [(11.0, x) for x in received(SKUS[0], 5, lot="noon")]
    assert [9, 10] == flagged(*morning, (9.5, placed(1, [(SKUS[0], 5)])), *noon)
    assert list(range(9, 22)) == flagged(*morning, (9.5, placed(1, [(SKUS[0], 5)])))
    assert list(range(6, 22)) == flagged()
    assert [6] == flagged(*((6.01, x) for x in received(SKUS[0], 5)))
    assert [] == flagged(*((6.0, x) for x in received(SKUS[0], 5)))


def test_what_may_not_be_sold_is_not_there() -> None:
    """A blocked lot, one sent back, and one whose life ends: none is sellable, whatever the books hold."""
    lot = LotId(f"L{SKUS[0]}")
    morning = [(5.5, x) for x in received(SKUS[0], 5)]
    assert list(range(15, 22)) == flagged(*morning, (15.0, LotBlocked(lot=lot, cause="recall")))
    assert list(range(15, 22)) == flagged(*morning, (15.25, LotReturned(lot=lot, amount=5)))
    # A minimum life of an hour, and an hour ahead: what is to be sold by 20:30 may be sold until 18:30.
    old = [(5.5, x) for x in received(SKUS[0], 5, sell_by_s=at(20.5))]
    assert [18, 19, 20, 21] == flagged(*old)


def test_the_discount_is_the_price_over_the_day() -> None:
    """A fifth off from before the opening is 0.8; half off for a quarter of the day an eighth off."""
    goods = [(5.5, x) for x in received(SKUS[0], 5)]
    (row,) = day_of(*goods)
    assert (1000, False) == (row.discount_e3, row.cheaper)
    (row,) = day_of((5.2, SkuPriced(sku=SKUS[0], price_fen=800, was_fen=1_000)), *goods)
    assert (800, True) == (row.discount_e3, row.cheaper)
    (row,) = day_of(*goods, (18.0, SkuPriced(sku=SKUS[0], price_fen=500, was_fen=1_000)))
    assert (875, True) == (row.discount_e3, row.cheaper)
    (row,) = day_of(*goods, (14.0, SkuPriced(sku=SKUS[0], price_fen=1_200, was_fen=1_000)))
    assert (1100, False) == (row.discount_e3, row.cheaper)
    (row,) = day_of(*goods, (22.05, SkuPriced(sku=SKUS[0], price_fen=1, was_fen=1_000)))
    assert (1000, False) == (row.discount_e3, row.cheaper)


def test_an_order_a_little_after_midnight_belongs_to_the_day() -> None:
    """It counts to the last hour of the date on which the site opened."""
    goods = [(5.5, x) for x in received(SKUS[0], 5)]
    (row,) = day_of(*goods, (24.001, placed(1, [(SKUS[0], 2)])))
    assert {23: 2} == {h: x for h, x in enumerate(row.sold) if x}


def rows_of(entries: Iterable[Entry]) -> tuple[DemandDay, ...]:
    fold: History | None = None
    for x in entries:
        fold = fold or History(x.site, HistoryParams())
        fold.apply(x.fact, x.transfers, at_s=x.at_s)
    assert fold is not None
    return fold.rows()


def placed_in(entries: Iterable[Entry], day: Day) -> Counter[tuple[SkuId, int]]:
    """Count the lines of all orders placed, hour by hour, from the journal itself."""
    midnight_s = instant(day.date, "00:00", day.tz)
    found: Counter[tuple[SkuId, int]] = Counter()
    for x in entries:
        if isinstance(x.fact, OrderPlaced):
            for line in x.fact.lines:
                found[line.sku, (x.at_s - midnight_s) // HOUR_S] += line.amount
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_lived_day_gives_back_its_lines(seed: int) -> None:
    """So does a day of the twin, thefts, recalls and warm trucks included, sku by sku and hour by hour."""
    day = small_day(seed)
    entries = lived(day)
    rows = rows_of(entries)
    assert sorted(x.sku for x in day.skus) == [x.sku for x in rows]
    assert placed_in(entries, day) == Counter({(x.sku, h): n for x in rows for h, n in enumerate(x.sold) if n})


@pytest.mark.check
@given(st.lists(st.tuples(st.integers(0, 15 * HOUR_S), st.integers(1, 4)), min_size=1, max_size=8))
def test_with_a_full_shelf_every_order_comes_back(found: list[tuple[int, int]]) -> None:
    """Twin: nothing runs out, so nothing is flagged, and what is remembered is what was ordered, hour by hour."""
    small = small_day(1)
    sku = next(x for x in small.skus if x.sold_by == "pack" and x.life_s > LIFE_S)
    lot = Lot(
        lot=LotId("plenty"), sku=sku.sku, site=small.site.site, supplier="x", amount=1_000,
        arrives_at_s=small.site.opens_at_s - 600, sell_by_s=small.site.opens_at_s + sku.life_s,
    )  # fmt: skip
    visits = tuple(
        Visit(
            at_s=small.site.opens_at_s + at_s,
            basket=Basket(
                order=OrderId(f"O{n:04d}"), shopper=ShopperId("C1"), at=small.site.place, drop="door",
                lines=(Wanted(1, sku.sku, amount),),
            ),
        )
        for n, (at_s, amount) in enumerate(sorted(found), start=1)
    )  # fmt: skip
    events: tuple[Event, ...] = ()
    day = replace(small, skus=(sku,), lots=(lot,), visits=visits, events=events)
    params = Params(order=replace(Params().order, min_basket_fen=0))
    entries = lived(day, params, CALM)
    (row,) = rows_of(entries)
    assert (False,) * 24 == row.empty
    assert placed_in(entries, day) == Counter({(sku.sku, h): n for h, n in enumerate(row.sold) if n})


def test_the_room_hears_no_fact_in_vain(tmp_path: Path) -> None:
    """A journal of only the facts that are heard gives the same history."""
    entries = lived(small_day(1))
    assert rows_of(entries) == rows_of(x for x in entries if type(x.fact) in History.hears)
