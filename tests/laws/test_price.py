"""What a basket costs before it is weighed, and after."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from doorstep.app.params import Params
from doorstep.base.ids import LotId, OrderId, ShopperId
from doorstep.core.order import OrderParams, admit, price
from doorstep.core.stock import Allotment
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import BasketRefused, OrderPlaced
from doorstep.model.goods import Sku
from doorstep.model.orders import Basket, PlaceOrder, Wanted
from tests.laws.made import HOME, NOW_S, happen, listed, picked, quoted, received, site, sku
from tests.oracles import money

PARAMS = Params().order


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[Sku, ...]:
    return tuple(
        sku(
            f"S{n}",
            price_fen=draw(st.integers(1, 9_999)),
            sold_by=draw(st.sampled_from(["pack", "g"])),
            zone=draw(st.sampled_from(["ambient", "chilled", "frozen"])),
            unit_ml=draw(st.sampled_from([100, 1_000, 15_000])),
        )
        for n in range(draw(st.integers(1, 4)))
    )


def basket(lines: Sequence[Wanted]) -> Basket:
    return Basket(order=OrderId("O1"), shopper=ShopperId("C1"), at=HOME, drop="door", lines=tuple(lines))


@st.composite
def split_lines(draw: st.DrawFn) -> list[tuple[Sku, int, list[int]]]:
    """Draw lines with what they want and the lots that hold just the most that may be charged of each."""
    lines = []
    for n in range(draw(st.integers(1, 3))):
        of = sku(
            f"S{n}", price_fen=draw(st.integers(1, 9_999)), sold_by=draw(st.sampled_from(["g", "g", "g", "pack"]))
        )
        wanted = draw(st.integers(1, 700))
        most = money.half_up(wanted * 11, 10) if of.sold_by == "g" else wanted
        cuts = sorted({0, most, *draw(st.lists(st.integers(1, most), min_size=2, max_size=4))})
        lines.append((of, wanted, [b - a for a, b in pairwise(cuts)]))
    return lines


@given(split_lines(), st.data())
def test_nobody_pays_more_than_the_estimate(lines: list[tuple[Sku, int, list[int]]], data: st.DataObject) -> None:
    """Whatever the scale says of what was set aside, what is due is at most the estimate that was authorised."""
    facts: list[Fact] = []
    for of, _, parts in lines:
        facts.append(listed(of))
        for part, amount in enumerate(parts):
            facts += received(f"L{of.sku}-{part}", of.sku, amount=amount, sell_by_s=NOW_S + 99_999)
    wanted = [Wanted(n, of.sku, amount, "no") for n, (of, amount, _) in enumerate(lines, start=1)]
    state = site(*facts, quoted("O1", wanted))
    (answer,) = admit.place(
        [PlaceOrder(key="k", order=OrderId("O1"))],
        orders=state.orders,
        holds=Allotment(state.shelf),
        now_s=NOW_S,
        params=OrderParams(min_basket_fen=0),
    )
    happen(state, *answer.facts)
    (order,) = answer.facts
    assert isinstance(order, OrderPlaced)
    for line in order.lines:
        for x in line.held:
            less = data.draw(st.sampled_from([0, 0, 0, 1])) * data.draw(st.integers(0, x.amount))
            happen(state, picked("O1", line.line, x.lot, held=x.amount, amount=x.amount - less))
    due_fen = order.fee_fen + sum(state.orders.line_fen(x) for x in state.orders.by_id[order.order].lines.values())
    assert due_fen <= order.est_fen


def test_a_line_out_of_two_lots_is_not_rounded_twice() -> None:
    """550 g at 17.95 a kilogram cost 9.87 on one scale or on two: the shopper agreed to the sum, not to its parts."""
    greens = sku("S1", price_fen=1_795, sold_by="g")
    facts = (
        listed(greens),
        *received("L1", "S1", amount=100, sell_by_s=NOW_S + 99_999),
        *received("L2", "S1", amount=450, sell_by_s=NOW_S + 99_999),
        quoted("O1", [Wanted(1, greens.sku, 500, "no")]),
    )
    state = site(*facts)
    (answer,) = admit.place(
        [PlaceOrder(key="k", order=OrderId("O1"))],
        orders=state.orders,
        holds=Allotment(state.shelf),
        now_s=NOW_S,
        params=OrderParams(min_basket_fen=0),
    )
    happen(state, *answer.facts)
    for lot, amount in ((LotId("L1"), 100), (LotId("L2"), 450)):
        happen(state, picked("O1", 1, lot, held=amount, amount=amount))
    assert 987 == money.goods_fen(550, price_fen=1_795, sold_by="g")
    assert 987 == state.orders.line_fen(state.orders.by_id[OrderId("O1")].lines[1])


@given(catalogues(), st.data(), st.booleans())
def test_a_basket_is_priced_to_the_fen_or_refused_with_its_first_cause(
    skus: tuple[Sku, ...], data: st.DataObject, closed: bool
) -> None:
    """Lines that can be had are summed at list prices, fee and estimate follow; causes are tried in their order."""
    by_id = {x.sku: x for x in skus}
    lines = [Wanted(n, x.sku, data.draw(st.integers(1, 40)), "no") for n, x in enumerate(skus, start=1)]
    free = {x.sku: data.draw(st.integers(0, 60)) for x in skus}
    most = {x.line: x.amount if by_id[x.sku].sold_by == "pack" else money.half_up(x.amount * 11, 10) for x in lines}

    def fen(line: Wanted, amount: int) -> int:
        of = by_id[line.sku]
        return money.goods_fen(amount, price_fen=of.price_fen, sold_by=of.sold_by)

    there = [x for x in lines if free[x.sku] >= most[x.line]]
    goods_fen = sum(fen(x, x.amount) for x in there)
    room = {"ambient": 100_000, "chilled": 40_000, "frozen": 20_000}
    for x in there:
        of = by_id[x.sku]
        room[of.zone] -= money.goods_fen(most[x.line], price_fen=of.unit_ml, sold_by=of.sold_by)
    causes = [
        ("closed", closed),
        ("nothing_left", not there),
        ("below_minimum", goods_fen < 1_500),
        ("too_large", min(room.values()) < 0),
    ]
    cause = next((name for name, holds in causes if holds), None)
    answer = price.price_basket(
        basket(lines),
        skus=by_id,
        free_of=free.__getitem__,
        can_carry=lambda ml: ml[0] <= 100_000 and ml[1] <= 40_000 and ml[2] <= 20_000,
        closed=closed,
        params=PARAMS,
    )
    if isinstance(answer, BasketRefused):
        assert (cause, sum(fen(x, x.amount) for x in lines)) == (answer.cause, answer.lost_fen)
        assert tuple(lines) == answer.lines
        return
    fee_fen = 0 if goods_fen >= 3_900 else 500
    assert cause is None
    assert (tuple(there), goods_fen, fee_fen) == (answer.can_have, answer.goods_fen, answer.fee_fen)
    assert {x.line for x in lines} - {x.line for x in there} == set(answer.missing)
    assert fee_fen + sum(fen(x, most[x.line]) for x in there) == answer.est_fen
    assert answer.est_fen >= answer.goods_fen + answer.fee_fen
