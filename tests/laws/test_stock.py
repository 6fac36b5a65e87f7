"""The shelf against hands, and what is thrown."""

from hypothesis import given
from hypothesis import strategies as st

from doorstep.app.params import Params
from doorstep.base.ids import LotId, OrderId, SkuId
from doorstep.core.stock import compare, write_off
from doorstep.model.facts.goods import LotBlocked, LotCounted
from doorstep.model.facts.orders import OrderCancelled
from doorstep.model.goods import Parcel
from doorstep.model.orders import Taken, Wanted
from tests.laws.made import NOW_S, happen, listed, parcels, picked, placed, quoted, received, site, sku
from tests.oracles import money

GREENS, PORK = sku("S1", price_fen=1_000), sku("S2", price_fen=5_990, sold_by="g", min_life_s=7_200)
rows = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50), st.integers(0, 60)), min_size=1, max_size=5)


@given(rows)
def test_after_a_count_the_books_are_what_hands_found(lots: list[tuple[int, int, int]]) -> None:
    """Free plus set aside equals what was found, but for what is set aside and gone: that waits for its picker."""
    state = site(listed(GREENS))
    lines = []
    for n, (amount, share, _) in enumerate(lots):
        happen(state, *received(f"L{n}", "S1", amount=amount, sell_by_s=NOW_S + 99))
        if held := min(amount, share):
            lines.append(Taken(n, GREENS.sku, held, 1_000, "no", parcels((f"L{n}", held))))
    happen(state, quoted("O1", [Wanted(x.line, x.sku, x.amount) for x in lines]), placed("O1", lines))
    found = [Parcel(LotId(f"L{n}"), x) for n, (_, _, x) in enumerate(lots)]
    reserved = {lot: x.reserved for lot, x in state.shelf.lots.items()}
    facts = compare(state.shelf, found, cause="cycle_count")
    for x in facts:
        assert (x.booked - x.found > 0) == (x.lost > 0)
        assert x.lost != 0
    happen(state, *facts)
    for seen in found:
        lot = state.shelf.lots[seen.lot]
        assert reserved[seen.lot] == lot.reserved, "nobody's order is broken by a number"
        assert max(seen.amount, lot.reserved) == lot.free + lot.reserved
        assert lot.free == state.balances.of(f"lot:{seen.lot}", "shelf")
    assert () == tuple(x for x in compare(state.shelf, found, cause="cycle_count") if x.lost < 0)
    assert () == compare(state.shelf, found, cause="cycle_count")


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(-3, 3), st.booleans(), st.booleans()), max_size=6))
def test_what_cannot_be_sold_tomorrow_is_written_off_at_cost(lots: list[tuple[int, int, bool, bool]]) -> None:
    """A lot goes if it is blocked or below its minimum life at tomorrow's first doorstep, to the second."""
    state, params = site(listed(GREENS), listed(PORK)), Params().stock
    expected = []
    for n, (amount, off_s, blocked, weighed) in enumerate(lots):
        of = PORK if weighed else GREENS
        name = LotId(f"L{n}")
        sell_by_s = NOW_S + params.tomorrow_s + of.min_life_s + off_s
        happen(state, *received(name, of.sku, amount=amount, sell_by_s=sell_by_s))
        if blocked:
            happen(state, LotBlocked(lot=name, cause="warm"))
        if blocked or off_s < 0:
            fen = money.goods_fen(amount, price_fen=of.cost_fen, sold_by=of.sold_by)
            expected.append((name, amount, fen, "blocked" if blocked else "expired"))
    facts = write_off(state.shelf, state.orders.skus, now_s=NOW_S, params=params)
    assert expected == [(x.lot, x.amount, x.cost_fen, x.cause) for x in facts]
    happen(state, *facts)
    assert () == write_off(state.shelf, state.orders.skus, now_s=NOW_S, params=params)


@given(st.integers(1, 30), st.data())
def test_the_shelf_is_the_books(amount: int, data: st.DataObject) -> None:
    """Through placing, picking, counting and cancelling, free and set aside are the balances of every lot."""
    state = site(listed(GREENS), *received("L0", "S1", amount=amount, sell_by_s=NOW_S + 99))
    held = data.draw(st.integers(1, amount))
    happen(
        state,
        quoted("O1", [Wanted(1, GREENS.sku, held)]),
        placed("O1", [Taken(1, GREENS.sku, held, 1_000, "no", parcels(("L0", held)))]),
    )
    lost = data.draw(st.integers(-5, amount - held))
    if lost:
        happen(
            state,
            LotCounted(
                lot=LotId("L0"), sku=SkuId("S1"), booked=amount, found=amount - lost, lost=lost, cause="closing"
            ),
        )
    if data.draw(st.booleans()):
        happen(state, picked("O1", 1, "L0", held=held, amount=data.draw(st.integers(0, held))))
    else:
        happen(
            state, OrderCancelled(order=OrderId("O1"), cause="unpaid", held=state.orders.by_id[OrderId("O1")].held())
        )
    lot = state.shelf.lots[LotId("L0")]
    of = state.balances.of
    assert (of("lot:L0", "shelf"), of("lot:L0", "reserved")) == (lot.free, lot.reserved)
    assert 0 == lot.reserved
