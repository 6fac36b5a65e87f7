"""A checker that cannot fail proves nothing: with one fact doctored, a good journal breaks the law that is meant."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from doorstep.app.certificate import Certifier, Violation
from doorstep.base.ids import LotId, SkuId, WaveId
from doorstep.base.units import HOUR_S
from doorstep.journal import Entry
from doorstep.ledger import transfers_of
from doorstep.model.day import Event
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotCounted, LotRecalled, LotReceived, ShelfCounted
from doorstep.model.facts.money import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentVoided,
    RefundDue,
    RefundPaid,
    StatementRead,
)
from doorstep.model.facts.orders import (
    ClaimMade,
    DropCollected,
    OrderHandedOver,
    OrderLoaded,
    OrderPacked,
    OrderPlaced,
    Quoted,
)
from doorstep.model.facts.site import (
    CourierEnded,
    CourierRostered,
    CourierStarted,
    PickerEnded,
    PickerStarted,
    SiteClosed,
    SiteOpened,
)
from doorstep.model.facts.work import (
    LinePicked,
    LineSwapped,
    TripDeparted,
    TripEnded,
    TripPlanned,
    WaveEnded,
    WaveStarted,
)
from doorstep.model.goods import Parcel
from doorstep.twin.checkers import journal_checkers
from doorstep.twin.troubles import Troubles
from tests.twin.days import lived, small_day, with_fact

Stream = Sequence[Entry]
Doctor = Callable[[Stream], Stream]
Fits = Callable[[Any], bool]
LAWS = tuple(x.law for x in journal_checkers())


def journal() -> tuple[Entry, ...]:
    """A day on which nearly everything goes wrong that can, and which is safe all the same."""
    day = small_day(visits=60)
    noon_s = day.site.opens_at_s + 6 * HOUR_S
    thefts = tuple(Event(at_s=noon_s, kind="theft", subject=x.lot, value=10**6) for x in day.lots[::2])
    sad = replace(day, couriers=day.couriers[::13], events=(*day.events, *thefts))
    return lived(sad, None, Troubles(decline_bp=1_500, timeout_bp=8_000, mis_scan_bp=500, claim_bp=6_000))


def check(law: str, stream: Stream) -> None:
    """Let one checker see what it hears of a journal."""
    checker = next(x for x in journal_checkers() if x.law == law)
    for x in stream:
        if type(x.fact) in checker.hears:
            checker.see(x)
    checker.close(stream[-1].seq)


def always(_: Any) -> bool:
    return True


def at(stream: Stream, kind: type[Fact], fits: Fits = always, *, last: bool = False) -> int:
    found = [n for n, x in enumerate(stream) if isinstance(x.fact, kind) and fits(x.fact)]
    assert found, f"the good journal has no such {kind.__name__}"
    return found[-1 if last else 0]


def change(
    kind: type[Fact], how: Callable[[Any], dict[str, Any]], fits: Fits = always, *, last: bool = False
) -> Doctor:
    """Let a fact say something else."""

    def doctor(stream: Stream) -> Stream:
        n = at(stream, kind, fits, last=last)
        return [*stream[:n], with_fact(stream[n], replace(stream[n].fact, **how(stream[n].fact))), *stream[n + 1 :]]

    return doctor


def drop(kind: type[Fact], fits: Fits = always, *, last: bool = False) -> Doctor:
    """Leave a fact out."""

    def doctor(stream: Stream) -> Stream:
        n = at(stream, kind, fits, last=last)
        return [*stream[:n], *stream[n + 1 :]]

    return doctor


def double(kind: type[Fact], fits: Fits = always, **other: Any) -> Doctor:
    """Let a fact happen a second time, perhaps with something changed."""

    def doctor(stream: Stream) -> Stream:
        n = at(stream, kind, fits)
        return [*stream[: n + 1], with_fact(stream[n], replace(stream[n].fact, **other)), *stream[n + 1 :]]

    return doctor


def before(kind: type[Fact], make: Callable[[Any], Fact], fits: Fits = always) -> Doctor:
    """Put a fact in front of another, made from that."""

    def doctor(stream: Stream) -> Stream:
        n = at(stream, kind, fits)
        return [*stream[:n], with_fact(stream[n], make(stream[n].fact)), *stream[n:]]

    return doctor


def both(*doctors: Doctor) -> Doctor:
    def doctor(stream: Stream) -> Stream:
        for x in doctors:
            stream = x(stream)
        return stream

    return doctor


def of(order: str) -> Fits:
    return lambda x: x.order == order


def fresher_first(stream: Stream) -> Stream:
    """Some order gets of the freshest lot while the older one of the same sku lies free."""
    lots: dict[str, list[str]] = {}
    for x in stream:
        if isinstance(x.fact, LotReceived) and x.fact.lot.endswith(("a", "b")):
            lots.setdefault(x.fact.sku, []).append(x.fact.lot)

    def older(fact: Any) -> Any:
        return next((x for x in fact.lines if len(lots.get(x.sku, ())) == 2 and x.held[0].lot.endswith("a")), None)

    def fresh(fact: Any) -> dict[str, Any]:
        line = older(fact)
        held = tuple(Parcel(x.lot[:-1] + "b", x.amount) for x in line.held[:1])
        return {"lines": tuple(replace(x, held=held) if x.line == line.line else x for x in fact.lines)}

    return change(OrderPlaced, fresh, lambda x: older(x) is not None)(stream)


def swapped_fresher(stream: Stream) -> Stream:
    """What stands in is taken from the freshest lot while an older one lies free."""
    n = at(stream, LineSwapped)
    fact: Any = stream[n].fact
    rival = LotReceived(lot=LotId("L-older"), sku=fact.sku, supplier="x", amount=9, sell_by_s=0)
    sell_by = {x.fact.lot: x.fact.sell_by_s for x in stream if isinstance(x.fact, LotReceived)}
    arrived = with_fact(stream[n], replace(rival, sell_by_s=sell_by[fact.held[0].lot] - 1))
    return [*stream[:n], arrived, *stream[n:]]


def leave_one_set_aside(stream: Stream) -> Stream:
    """An order is packed without one of its picks."""
    n = at(stream, LinePicked, lambda x: x.amount)
    gone: Any = stream[n].fact

    def without(fact: Any) -> dict[str, Any]:
        rest = [x if x.lot != gone.lot else Parcel(x.lot, x.amount - gone.amount) for x in fact.goods]
        return {"goods": tuple(x for x in rest if x.amount)}

    return both(drop(LinePicked, lambda x: x == gone), change(OrderPacked, without, of(gone.order)))(stream)


def recalled_before_handover(stream: Stream) -> Stream:
    n = at(stream, OrderHandedOver)
    fact: Any = stream[n].fact
    bad = LotRecalled(lot=fact.goods[0].lot, sku=SkuId("S"), supplier="x", doorsteps=0)
    return [*stream[:n], with_fact(stream[n], bad), *stream[n:]]


def order_in_two_waves(stream: Stream) -> Stream:
    first = at(stream, WaveStarted)
    other = at(stream[first + 1 :], WaveStarted) + first + 1
    fact: Any = stream[other].fact
    orders = (*fact.orders, *stream[first].fact.orders)  # type: ignore[attr-defined]
    return [*stream[:other], with_fact(stream[other], replace(fact, orders=orders)), *stream[other + 1 :]]


def order_on_two_trips(stream: Stream) -> Stream:
    first = at(stream, TripPlanned)
    other = at(stream[first + 1 :], TripPlanned) + first + 1
    fact: Any = stream[other].fact
    orders = (*fact.orders, *stream[first].fact.orders)  # type: ignore[attr-defined]
    return [*stream[:other], with_fact(stream[other], replace(fact, orders=orders)), *stream[other + 1 :]]


def two_picks_in_a_second(stream: Stream) -> Stream:
    n = at(stream, LinePicked, lambda x: x.amount)
    one: Any = stream[n].fact
    m = at(stream[n + 1 :], LinePicked, lambda x: x.picker == one.picker and x.amount) + n + 1
    return [*stream[:m], replace(stream[m], at_s=stream[n].at_s), *stream[m + 1 :]]


def faster(stream: Stream) -> Stream:
    """A courier is back the second after the last handover, from a door far away."""
    n = at(stream, TripEnded)
    handed = max(m for m, x in enumerate(stream[:n]) if isinstance(x.fact, OrderHandedOver))
    return [*stream[:n], replace(stream[n], at_s=stream[handed].at_s + 1), *stream[n + 1 :]]


def claim_left_out(stream: Stream) -> Stream:
    """A refund stays, the claim that it answers is gone."""
    due: Any = stream[at(stream, RefundDue, lambda x: x.cause == "claim")].fact
    return drop(ClaimMade, lambda x: x.claim == due.ref)(stream)


def crowd(stream: Stream) -> Stream:
    """A hundred quotes of one instant for one half hour."""
    n = at(stream, Quoted)
    more = [with_fact(stream[n], replace(stream[n].fact, order=f"X{x}")) for x in range(100)]
    return [*stream[: n + 1], *more, *stream[n + 1 :]]


def blocked(fact: Any) -> LotBlocked:
    return LotBlocked(lot=fact.lot, cause="warm")


def packed_by_nobody(fact: Any) -> OrderPacked:
    return OrderPacked(order=fact.order, goods=(), due_fen=0)


def wave_over(fact: Any) -> WaveEnded:
    return WaveEnded(wave=WaveId("W0001"), picker=fact.picker)


NOBODY_PICKS = {"promise": {"orders_per_picker_hour_e2": 0}}
CLOSING = {"cause": "closing"}

BROKEN: list[tuple[str, str, Doctor]] = [
    ("fefo", "of older lot", fresher_first),
    ("fefo", "of older lot", swapped_fresher),
    ("fefo", "too old", change(Quoted, lambda x: {"promised_at_s": x.promised_at_s + 3_000 * 24 * HOUR_S})),
    ("fefo", "blocked", before(OrderPlaced, lambda x: LotBlocked(lot=x.lines[0].held[0].lot, cause="warm"))),
    ("orders", "cannot become paid", double(PaymentAuthorised)),
    ("orders", "cannot become packed", drop(PaymentAuthorised)),
    ("orders", "cannot become delivered", drop(OrderLoaded)),
    ("orders", "cannot become placed", double(OrderPlaced)),
    ("orders", "were not set aside", change(LinePicked, lambda x: {"lot": "L-other"})),
    ("orders", "were not set aside", change(LinePicked, lambda x: {"held": x.held + 1})),
    ("orders", "took more", change(LinePicked, lambda x: {"amount": x.held + 1}, lambda x: x.amount)),
    ("orders", "is not what was picked", change(LinePicked, lambda x: {"amount": x.amount - 1}, lambda x: x.amount)),
    ("orders", "is not what was picked", change(OrderLoaded, lambda x: {"goods": x.goods[1:]})),
    ("orders", "is not what was picked", change(OrderHandedOver, lambda x: {"goods": x.goods[1:]})),
    ("orders", "goods still set aside", leave_one_set_aside),
    ("orders", "was handed recalled lots", recalled_before_handover),
    ("orders", "waits in no shared place", double(DropCollected)),
    ("orders", "not collected", drop(DropCollected)),
    ("orders", "not finished", drop(OrderHandedOver, lambda x: x.drop == "door")),
    ("money", "its lines cost", change(OrderPacked, lambda x: {"due_fen": x.due_fen + 1})),
    ("money", "its lines cost", change(LinePicked, lambda x: {"amount": x.amount * 2}, lambda x: x.amount)),
    ("money", "another sum was given back", change(PaymentVoided, lambda x: {"amount_fen": x.amount_fen + 1})),
    ("money", "is captured twice", double(PaymentCaptured)),
    ("money", "was due", change(PaymentCaptured, lambda x: {"amount_fen": x.amount_fen + 1})),
    ("money", "are not what was held", change(PaymentCaptured, lambda x: {"released_fen": x.released_fen + 1})),
    ("money", "has no claim", claim_left_out),
    ("money", "has no claim", change(RefundDue, lambda x: {"ref": "K-none"}, lambda x: x.cause == "claim")),
    ("money", "has no claim", change(RefundDue, lambda x: {"order": "O-other"}, lambda x: x.cause == "claim")),
    ("money", "has no late", change(OrderHandedOver, lambda x: {"late_s": 0}, lambda x: x.late_s)),
    ("money", "has no recall", change(RefundDue, lambda x: {"cause": "recall", "ref": "L-good"})),
    ("money", "is due twice", double(RefundDue)),
    ("money", "refunded twice for the same", double(RefundDue, refund="r-again", amount_fen=1)),
    ("money", "more than it pays", change(RefundDue, lambda x: {"amount_fen": 10**7})),
    ("money", "or is paid twice", double(RefundPaid)),
    ("money", "was not due like this", change(RefundPaid, lambda x: {"amount_fen": x.amount_fen + 1})),
    ("money", "at the gateway", change(StatementRead, lambda x: {"captured_fen": x.captured_fen - 1})),
    ("money", "at the gateway", change(StatementRead, lambda x: {"orders": x.orders + 1})),
    ("money", "left open: captures", both(drop(PaymentCaptured), drop(StatementRead))),
    ("money", "refunds .'O", both(drop(RefundPaid), drop(StatementRead))),
    ("promises", "no promise for the past", change(Quoted, lambda x: {"promised_at_s": 0})),
    ("promises", "no chance beyond one", change(Quoted, lambda x: {"p_kept_bp": 10_001})),
    ("promises", "of a half hour that has room for", crowd),
    ("promises", "s late, not", change(OrderHandedOver, lambda x: {"late_s": x.late_s + 1})),
    ("promises", "s late, not 0", change(OrderHandedOver, lambda x: {"late_s": 0}, lambda x: x.late_s)),
    ("promises", "room for 0", change(SiteOpened, lambda _: {"params": NOBODY_PICKS})),
    ("pickers", "came twice", double(PickerStarted)),
    ("pickers", "in the middle of a wave", before(WaveEnded, lambda x: PickerEnded(picker=x.picker))),
    ("pickers", "was not here", double(PickerEnded)),
    ("pickers", "is not free for wave", double(WaveStarted, wave="W-too", orders=())),
    ("pickers", "is not free for wave", drop(PickerStarted)),
    ("pickers", "are picked twice", order_in_two_waves),
    ("pickers", "another's order", change(LinePicked, lambda x: {"picker": "P-other"})),
    ("pickers", "picks without a wave", before(LinePicked, wave_over)),
    ("pickers", "which is blocked", before(LinePicked, blocked, lambda x: x.amount)),
    ("pickers", "is in two places at once", two_picks_in_a_second),
    ("pickers", "was packed by nobody", before(OrderPlaced, packed_by_nobody)),
    ("pickers", "ends a wave of someone else", change(WaveEnded, lambda x: {"wave": "W-other"})),
    ("pickers", "still picking", drop(PickerEnded, last=True)),
    ("couriers", "left on a trip", before(TripEnded, lambda x: CourierEnded(courier=x.courier))),
    ("couriers", "was not here", double(CourierEnded)),
    ("couriers", "is not free for trip", double(TripPlanned, trip="T-too", orders=())),
    ("couriers", "is not free for trip", drop(CourierStarted)),
    ("couriers", "are on two trips", order_on_two_trips),
    ("couriers", "more than its box", change(OrderPacked, lambda x: {"frozen_ml": 10**6})),
    ("couriers", "more than its box", change(CourierRostered, lambda x: {"ambient_ml": 0})),
    ("couriers", "is not its own", change(OrderLoaded, lambda x: {"trip": "T-other"})),
    ("couriers", "before it departed", drop(TripDeparted)),
    ("couriers", "or twice", double(OrderHandedOver)),
    ("couriers", "someone else's trip", change(OrderHandedOver, lambda x: {"courier": "R-other"})),
    ("couriers", "on board", drop(OrderHandedOver)),
    ("couriers", "faster than 25 km/h", faster),
    ("couriers", "still on duty", drop(CourierEnded, last=True)),
    ("stocktaking", "are in the books now", change(LotCounted, lambda x: {"lost": x.lost + 1})),
    ("stocktaking", "are in the books now", change(LotCounted, lambda x: {"found": x.found + 1})),
    ("stocktaking", "are in the books now", change(LotCounted, lambda x: {"found": x.found - 1, **CLOSING})),
    ("stocktaking", "without counting every lot", drop(ShelfCounted, last=True)),
    ("stocktaking", "without counting every lot", change(ShelfCounted, lambda x: {"lots": x.lots - 1}, last=True)),
    ("stocktaking", "without counting every lot", change(ShelfCounted, lambda x: {"cause": "cycle_count"}, last=True)),
]  # fmt: skip


@pytest.mark.parametrize("law", LAWS)
def test_a_good_journal_breaks_no_law(law: str) -> None:
    """Control: the journal that is doctored below is fine before."""
    check(law, journal())


@pytest.mark.parametrize(("law", "what", "doctor"), [pytest.param(*x, id=f"{x[0]}-{x[1]}") for x in BROKEN])
def test_one_doctored_fact_breaks_its_law(law: str, what: str, doctor: Doctor) -> None:
    """Each sentence that a checker can say is said about a journal that deserves it."""
    with pytest.raises(Violation, match=what) as found:
        check(law, doctor(journal()))
    assert law == found.value.law


def test_every_law_has_a_journal_that_breaks_it() -> None:
    """No checker joins the house without a test in which it fails."""
    assert {x[0] for x in BROKEN} == set(LAWS)


def certify(stream: Stream) -> dict[str, str]:
    certifier = Certifier((), strict=False)
    for x in stream:
        certifier.see(x, "0" * 64)
    return {law: text for law, text in certifier.closing().checks.items() if text != "ok"}


def test_the_certificate_of_a_good_journal_is_all_ok() -> None:
    """Control."""
    assert {} == certify(journal())


def test_books_that_are_overdrawn_are_not_certified() -> None:
    """What an order sets aside beyond the shelf shows in the books."""
    many = change(
        OrderPlaced, lambda x: {"lines": tuple(replace(y, held=(Parcel(y.held[0].lot, 10**6),)) for y in x.lines)}
    )
    assert ["books"] == list(certify(many(journal())))
    assert "shelf holds" in certify(many(journal()))["books"]


def test_books_with_something_left_over_are_not_certified() -> None:
    """A capture that is left out stays in escrow, and escrow must be zero at the close."""
    left = certify(drop(PaymentCaptured)(journal()))
    assert ["books"] == list(left)
    assert "escrow still holds" in left["books"]


def test_a_day_that_was_not_closed_is_not_certified() -> None:
    """A journal that ends before its day does says so."""
    assert {"closed": f"closed, at line {len(journal()) - 1}: the day was not closed"} == certify(
        drop(SiteClosed)(journal())
    )


def test_transfers_follow_from_their_facts() -> None:
    """Control for every doctored fact: what the good journal moves is what its facts say."""
    assert all(x.transfers == transfers_of(x.fact) for x in journal())
