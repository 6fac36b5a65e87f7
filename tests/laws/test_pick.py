"""Waves, and what happens at the shelf."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import LotId, OrderId, SkuId
from doorstep.base.units import SoldBy
from doorstep.core.pick import Finding, Floor, PickParams, next_wave, take_line
from doorstep.model.facts.money import PaymentAuthorised
from doorstep.model.facts.work import LineDropped, LineMissed, LinePicked, LineSwapped
from doorstep.model.goods import Parcel, Sku
from doorstep.model.orders import Swap, Taken
from tests.laws.made import NOW_S, PICKER, listed, placed, quoted, sku

PARAMS = PickParams()
SKUS = {x.sku: x for x in (sku(f"S{n}", aisle=n % 4, sold_by="g" if n == 5 else "pack") for n in range(8))}


class Holds:
    """A shelf that has so much of each sku, all in one lot, and remembers what was asked of it."""

    def __init__(self, free: dict[SkuId, int]) -> None:
        self.free, self.asked = free, list[SkuId]()

    def take(self, sku: SkuId, *, wanted: int, due_s: int, min_life_s: int) -> tuple[Parcel, ...] | None:
        self.asked.append(sku)
        return (Parcel(LotId(f"L-{sku}"), wanted),) if self.free.get(sku, 0) >= wanted else None


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.lists(st.sampled_from(sorted(SKUS)), min_size=1, max_size=40)), max_size=6
    ),
    st.integers(1, 4),
    st.integers(1, 60),
)
def test_a_wave_takes_what_was_promised_earliest(rows: list[tuple[int, list[SkuId]]], orders: int, lines: int) -> None:
    """The cart holds the front of the queue by promise and id, as long as it fits; the first always does."""
    params = PickParams(orders_a_wave=orders, lines_a_wave=lines)
    floor = Floor()
    for x in SKUS.values():
        floor.apply(listed(x))
    for n, (promised_s, skus) in reversed(list(enumerate(rows))):
        name = f"O{n}"
        floor.apply(quoted(name, [], promised_at_s=NOW_S + promised_s))
        floor.apply(placed(name, [Taken(k, x, 1, 100, "no", ()) for k, x in enumerate(skus)]))
        floor.apply(PaymentAuthorised(order=OrderId(name), amount_fen=1))
    floor.pickers[PICKER] = None
    queue = sorted((promised_s, f"O{n}", skus) for n, (promised_s, skus) in enumerate(rows))
    wave = next_wave(floor, PICKER, wanted_s={}, params=params)
    if not queue:
        assert wave is None
        return
    assert wave is not None
    fit = max(
        n for n in range(1, len(queue) + 1) if n == 1 or (n <= orders and sum(len(x[2]) for x in queue[:n]) <= lines)
    )
    cart = queue[:fit]
    walked = [SKUS[x] for _, _, skus in cart for x in skus]
    assert tuple(x[1] for x in cart) == wave.orders
    assert len(walked) == wave.lines
    weighed = sum(x.sold_by == "g" for x in walked)
    expected_s = 30 + 8 * len({x.aisle for x in walked}) + 8 * len(walked) + 10 * weighed + 15 * len(cart)
    assert expected_s == wave.expected_s
    floor.apply(wave)
    assert {x[1] for x in queue[fit:]} == set(floor.queue)


@st.composite
def findings(draw: st.DrawFn) -> tuple[Finding, dict[SkuId, Sku], Holds]:
    """Draw what a picker found, with a swap group of five skus and a shelf to find a stand-in on."""
    weighed: SoldBy = draw(st.sampled_from(["pack", "g"]))
    other: SoldBy = "g" if weighed == "pack" else "pack"
    skus = {
        x.sku: x
        for x in (
            sku(f"S{n}", price_fen=draw(st.integers(50, 250)), sold_by=weighed if n < 4 else other) for n in range(5)
        )
    }
    wanted = draw(st.integers(0, 30))
    held = wanted + draw(st.integers(0, 3) if weighed == "g" else st.just(0)) + (wanted == 0)
    blocked = draw(st.booleans())
    most = held if weighed == "g" else wanted
    taken = 0 if blocked or not wanted else draw(st.integers(0, most) | st.just(wanted))
    finding = Finding(
        order=OrderId("O1"),
        line=3,
        picker=PICKER,
        lot=LotId("L0"),
        sku=SkuId("S0"),
        held=held,
        wanted=wanted,
        taken=taken,
        price_fen=draw(st.integers(50, 250)),
        swap=draw(st.sampled_from(["no", "group"])),
        swapped_already=draw(st.integers(0, 3)) == 0,
        promised_at_s=NOW_S,
        blocked=blocked,
    )
    free = {x: draw(st.sampled_from([0, 5, 99])) for x in skus}
    return finding, skus, Holds(free)


def missing_of(finding: Finding, of: Sku) -> int:
    """What a shopper would miss: nothing where the scale says a tenth less."""
    short = max(0, finding.wanted - finding.taken)
    return 0 if of.sold_by == "g" and finding.taken > 0 and 10 * short <= finding.wanted else short


@given(findings())
def test_what_was_set_aside_is_picked_or_back_on_the_shelf(drawn: tuple[Finding, dict[SkuId, Sku], Holds]) -> None:
    """The first fact settles the whole hold: picked at what was taken, or missed with its cause."""
    finding, skus, holds = drawn
    first, *rest = take_line(finding, skus=skus, alike=sorted(skus), holds=holds, params=PARAMS)
    if finding.taken or not finding.wanted:
        assert (
            LinePicked(
                order=finding.order,
                line=3,
                picker=PICKER,
                lot=finding.lot,
                held=finding.held,
                amount=finding.taken,
            )
            == first
        )
    else:
        cause = "blocked" if finding.blocked else "not_found"
        assert LineMissed(order=finding.order, line=3, lot=finding.lot, held=finding.held, cause=cause) == first  # type: ignore[arg-type] # one of two
    missing = missing_of(finding, skus[finding.sku])
    assert (1 if missing else 0) == len(rest)
    for x in rest:
        assert isinstance(x, (LineSwapped, LineDropped))
        if isinstance(x, LineSwapped):
            assert missing == x.amount == sum(y.amount for y in x.held)


@given(findings())
def test_a_stand_in_is_alike_allowed_and_never_dearer(drawn: tuple[Finding, dict[SkuId, Sku], Holds]) -> None:
    """First the same sku, then the nearest price within bounds and only where allowed; the dearer is never charged."""
    finding, skus, holds = drawn
    facts = take_line(finding, skus=skus, alike=sorted(skus), holds=holds, params=PARAMS)
    missing = missing_of(finding, skus[finding.sku])
    if not missing:
        assert [] == holds.asked
        return
    own_fen = finding.price_fen
    others = [
        x
        for x in sorted(skus)
        if finding.swap == "group"
        and x != finding.sku
        and skus[x].sold_by == skus[finding.sku].sold_by
        and 2 * skus[x].price_fen <= 3 * own_fen
    ]
    ranked = [finding.sku, *sorted(others, key=lambda x: (abs(skus[x].price_fen - own_fen), x))]
    could: Sequence[SkuId] = [] if finding.swapped_already else [x for x in ranked if holds.free[x] >= missing]
    last = facts[-1]
    if not could:
        assert isinstance(last, LineDropped)
        return
    assert isinstance(last, LineSwapped)
    assert (could[0], min(own_fen, skus[could[0]].price_fen)) == (last.sku, last.price_fen)


@given(st.sampled_from(["no", "group"]), st.integers(1, 9))
def test_a_line_is_swapped_once(swap: Swap, wanted: int) -> None:
    """Whoever misses the stand-in too gets their money back, however full the shelf is."""
    finding = Finding(
        order=OrderId("O1"),
        line=1,
        picker=PICKER,
        lot=LotId("L0"),
        sku=SkuId("S0"),
        held=wanted,
        wanted=wanted,
        taken=0,
        price_fen=1_000,
        swap=swap,
        swapped_already=True,
        promised_at_s=NOW_S,
        blocked=False,
    )
    holds = Holds(dict.fromkeys(SKUS, 99))
    facts = take_line(finding, skus=SKUS, alike=sorted(SKUS), holds=holds, params=PARAMS)
    assert [LineMissed, LineDropped] == [type(x) for x in facts]


@given(st.lists(st.tuples(st.integers(0, 2_000), st.none() | st.integers(0, 2_000)), min_size=1, max_size=8))
def test_a_wave_takes_what_dispatch_wants_first(rows: list[tuple[int, int | None]]) -> None:
    """Whatever is in the cart is wanted no later than what stays; an unplanned order, a while before its promise."""
    floor = Floor()
    floor.apply(listed(SKUS[SkuId("S0")]))
    wanted_s, when_s = {}, {}
    for n, (promised_s, want_s) in enumerate(rows):
        name = OrderId(f"O{n}")
        floor.apply(quoted(name, [], promised_at_s=NOW_S + promised_s))
        floor.apply(placed(name, [Taken(0, SkuId("S0"), 1, 100, "no", ())]))
        floor.apply(PaymentAuthorised(order=name, amount_fen=1))
        when_s[name] = NOW_S + promised_s - PARAMS.urgent_s
        if want_s is not None:
            when_s[name] = wanted_s[name] = NOW_S + want_s
    floor.pickers[PICKER] = None
    wave = next_wave(floor, PICKER, wanted_s=wanted_s, params=PARAMS)
    assert wave is not None
    assert len(wave.orders) == min(len(rows), PARAMS.orders_a_wave)
    left = [when_s[x] for x in when_s if x not in wave.orders]
    assert max(when_s[x] for x in wave.orders) <= min(left, default=1 << 60)
