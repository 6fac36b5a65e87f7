"""At the doorstep and after it: nobody gets back more than they paid, and every place is used once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.app.params import Params
from doorstep.base.chance import Chance
from doorstep.base.ids import ClaimId, LotId, OrderId, TripId
from doorstep.core.order import OrderParams, Orders, after, handover
from doorstep.model.facts import Fact
from doorstep.model.facts.money import RefundDue
from doorstep.model.facts.orders import (
    ClaimMade,
    ClaimRefused,
    DropCollected,
    OrderHandedOver,
    OrderLoaded,
    OrderPacked,
    ShopperTold,
)
from doorstep.model.goods import Parcel
from doorstep.model.orders import Drop, Taken, Wanted
from tests.laws.made import COURIER, NOW_S, listed, parcels, picked, placed, quoted, sku

TRIP = TripId("T0001")
SKUS = (sku("S1", price_fen=1_795, sold_by="g"), sku("S2", price_fen=333), sku("S3", price_fen=2_480, sold_by="g"))
LOTS = [LotId(f"{x.sku}-{part}") for x in SKUS for part in "ab"]
PROMISED_S = NOW_S + 1_800
PARAMS = Params().order


def live(orders: Orders, *facts: Fact, at_s: int = NOW_S) -> None:
    for x in facts:
        orders.apply(x, at_s=at_s)


def on_board(orders: Orders, name: str, bags: list[tuple[int, LotId, int]], *, drop: Drop = "door") -> None:
    """Live an order up to the courier's box; `bags` are line, lot and amount."""
    lines = sorted({line for line, _, _ in bags})
    of = {line: SKUS[line - 1] for line in lines}
    total = {line: sum(x for of_line, _, x in bags if of_line == line) for line in lines}
    live(
        orders,
        quoted(name, [Wanted(x, of[x].sku, total[x], "no") for x in lines], promised_at_s=PROMISED_S, drop=drop),
        placed(
            name,
            [
                Taken(x, of[x].sku, total[x], of[x].price_fen, "no", parcels(*((b, c) for a, b, c in bags if a == x)))
                for x in lines
            ],
        ),
        *(picked(name, line, lot, held=amount, amount=amount) for line, lot, amount in bags),
    )
    state = orders.by_id[OrderId(name)]
    due_fen = state.fee_fen + sum(orders.line_fen(x) for x in state.lines.values())
    live(
        orders,
        OrderPacked(order=state.order, goods=state.goods(), due_fen=due_fen),
        OrderLoaded(order=state.order, trip=TRIP, courier=COURIER, goods=state.goods()),
    )


def city() -> Orders:
    orders = Orders()
    live(orders, *(listed(x) for x in SKUS))
    return orders


def arrive(
    orders: Orders,
    name: str,
    *,
    recalled: list[LotId] | None = None,
    at_s: int = NOW_S,
    params: OrderParams = PARAMS,
) -> tuple[Fact, ...]:
    facts = handover.hand_over(
        orders.by_id[OrderId(name)],
        trip=TRIP,
        courier=COURIER,
        orders=orders,
        recalled=recalled or [],
        now_s=at_s,
        chance=Chance(1),
        params=params,
    )
    live(orders, *facts, at_s=at_s)
    return facts


bags = st.lists(st.sampled_from(LOTS), min_size=1, max_size=6, unique=True).flatmap(
    lambda lots: st.tuples(*[st.tuples(st.just(int(x[1])), st.just(x), st.integers(1, 700)) for x in sorted(lots)])
)
happenings = st.lists(
    st.tuples(st.just("claim"), st.integers(1, 4)) | st.tuples(st.just("recall"), st.integers(0, len(LOTS) - 1)),
    max_size=8,
)


@given(bags.map(list), st.lists(st.sampled_from(LOTS), unique=True), st.integers(-60, 2_000), happenings)
def test_an_order_never_gets_back_more_than_it_paid(
    goods: list[tuple[int, LotId, int]], recalled: list[LotId], late_s: int, then: list[tuple[str, int]]
) -> None:
    """Late, recalled on the way, recalled later, claimed again and again: refunds sum to at most what was paid."""
    orders = city()
    on_board(orders, "O1", goods)
    state = orders.by_id[OrderId("O1")]
    at_s = PROMISED_S + late_s
    refunds = [x for x in arrive(orders, "O1", recalled=recalled, at_s=at_s) if isinstance(x, RefundDue)]
    gone = list(recalled)
    for n, (what, which) in enumerate(then):
        if what == "claim":
            made = ClaimMade(claim=ClaimId(f"K{n}"), order=state.order, line=which, reason="bruised")
            facts = after.claim(made, state, orders=orders, now_s=at_s, params=PARAMS)
        elif LOTS[which] in gone:
            continue
        else:
            gone.append(LOTS[which])
            facts = after.refund_recalled(state, LOTS[which], orders=orders)
        live(orders, *facts, at_s=at_s)
        refunds += [x for x in facts if isinstance(x, RefundDue)]
    assert sum(x.amount_fen for x in refunds) == state.refunded_fen <= state.due_fen
    assert [f"O1-r{n}" for n in range(1, len(refunds) + 1)] == [x.refund for x in refunds]
    for line in state.lines.values():
        given_fen = sum(x.amount_fen for x in refunds if x.line == line.line)
        assert given_fen == line.refunded_fen <= orders.line_fen(line)
    assert [] == [x for x in refunds if x.amount_fen <= 0]


@given(bags.map(list), st.lists(st.sampled_from(LOTS), unique=True), st.integers(-60, 2_000))
def test_a_handover_parts_the_bags_into_handed_over_and_kept_back(
    goods: list[tuple[int, LotId, int]], recalled: list[LotId], late_s: int
) -> None:
    """What is recalled comes back and is refunded whole, the rest is handed over; late is what exceeds the promise."""
    orders = city()
    on_board(orders, "O1", goods)
    carried = orders.by_id[OrderId("O1")].goods()
    handed, *others = arrive(orders, "O1", recalled=recalled, at_s=PROMISED_S + late_s)
    assert isinstance(handed, OrderHandedOver)
    assert [x for x in carried if x.lot not in recalled] == list(handed.goods)
    assert [x for x in carried if x.lot in recalled] == list(handed.kept_back)
    assert max(0, late_s) == handed.late_s
    told = [x for x in others if isinstance(x, ShopperTold)]
    assert (["late"] if late_s > 0 else []) == [x.about for x in told]
    by_cause = {x.cause for x in others if isinstance(x, RefundDue)}
    assert by_cause <= {"recall", "late"}
    back_fen = sum(x.amount_fen for x in others if isinstance(x, RefundDue) and x.cause == "recall")
    if {x.lot for x in carried} <= set(recalled):
        state = orders.by_id[OrderId("O1")]
        assert sum(orders.line_fen(x) for x in state.lines.values()) == back_fen


@pytest.mark.parametrize(
    ("late_s", "expected_fen"), [(0, 0), (1, 500), (900, 500), (901, 1_000), (5_000, 1_000)], ids=str
)
def test_late_orders_are_given_something_back(late_s: int, expected_fen: int) -> None:
    """5 yuan from the first second on, 10 beyond a quarter of an hour, nothing in time."""
    orders = city()
    on_board(orders, "O1", [(2, LOTS[2], 10)])
    facts = arrive(orders, "O1", at_s=PROMISED_S + late_s)
    assert expected_fen == sum(x.amount_fen for x in facts if isinstance(x, RefundDue))


CLAIMS = [
    ("O1", 1, 0, None),
    ("O1", 9, 0, "no_such_line"),
    ("O2", 1, 0, "not_delivered"),
    ("O9", 1, 0, "not_delivered"),
    ("O1", 1, 86_400, None),
    ("O1", 1, 86_401, "too_late"),
]


@pytest.mark.parametrize(("order", "line", "wait_s", "cause"), CLAIMS, ids=str)
def test_a_claim_is_answered_from_the_record(order: str, line: int, wait_s: int, cause: str | None) -> None:
    """A line that was delivered less than a day ago is refunded; anything else is refused and moves nothing."""
    orders = city()
    on_board(orders, "O1", [(1, LOTS[0], 500)])
    on_board(orders, "O2", [(1, LOTS[0], 500)])
    arrive(orders, "O1")
    made = ClaimMade(claim=ClaimId("K1"), order=OrderId(order), line=line, reason="bruised")
    state = orders.by_id.get(OrderId(order))
    facts = after.claim(made, state, orders=orders, now_s=NOW_S + wait_s, params=PARAMS)
    if cause is None:
        assert [898] == [x.amount_fen for x in facts if isinstance(x, RefundDue)]
        live(orders, *facts)
        again = after.claim(made, state, orders=orders, now_s=NOW_S + wait_s, params=PARAMS)
        cause = "already_refunded"
        facts = again
    assert (made, ClaimRefused(claim=made.claim, order=made.order, cause=cause)) == facts  # type: ignore[arg-type] # of the table


@given(
    st.lists(st.sampled_from(["door", "shelf", "locker"]), max_size=14),
    st.integers(0, 3),
    st.integers(0, 3),
    st.lists(st.booleans(), min_size=14, max_size=14),
)
def test_shared_places_hold_no_more_than_they_have(
    drops: list[Drop], doors: int, places: int, collected: list[bool]
) -> None:
    """A locker door or a shelf place is given while one is free, the other one after it, else the door."""
    orders = city()
    params = OrderParams(locker_doors=doors, shelf_places=places)
    used: dict[str, int] = {"locker": 0, "shelf": 0, "door": -(10**9)}
    size = {"locker": doors, "shelf": places, "door": 0}
    wishes = {"door": ["door"], "shelf": ["shelf", "locker", "door"], "locker": ["locker", "shelf", "door"]}
    for n, drop in enumerate(drops):
        name = f"O{n}"
        on_board(orders, name, [(1, LOTS[0], 100)], drop=drop)
        handed = arrive(orders, name, params=params)[0]
        assert isinstance(handed, OrderHandedOver)
        expected = next(x for x in wishes[drop] if used[x] < size[x])
        assert expected == handed.drop
        assert (0 if expected == "door" else 6) == len(handed.code)
        used[expected] += 1
        if collected[n]:
            live(orders, DropCollected(order=OrderId(name)))
            live(orders, DropCollected(order=OrderId(name)))
            used[expected] -= 1
        assert (used["locker"], used["shelf"]) == (orders.locker_used, orders.shelf_used)


def test_a_recall_gives_back_what_the_lot_cost() -> None:
    """Of a line out of two lots only the recalled one is refunded, at the weighed grams."""
    orders = city()
    on_board(orders, "O1", [(1, LOTS[0], 200), (1, LOTS[1], 300), (2, LOTS[2], 1)])
    arrive(orders, "O1")
    facts = after.refund_recalled(orders.by_id[OrderId("O1")], LOTS[0], orders=orders)
    assert [(359, 1, "recall", LOTS[0])] == [(x.amount_fen, x.line, x.cause, x.ref) for x in facts]
    assert (Parcel(LOTS[0], 200), Parcel(LOTS[1], 300), Parcel(LOTS[2], 1)) == orders.by_id[OrderId("O1")].goods()
