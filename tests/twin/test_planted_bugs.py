"""Each bug is planted into the running system and found by the checker that is there for it. Without it: safe."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from doorstep.adapters.store import MemoryStore
from doorstep.app import keeping, picking, riding, shopping
from doorstep.app.certificate import Violation, certify
from doorstep.app.params import Params
from doorstep.base.errors import CheckFailed
from doorstep.base.units import HOUR_S
from doorstep.core.dispatch import Fleet, plan
from doorstep.core.order import after, handover
from doorstep.core.payment import Payments
from doorstep.core.pick import next_wave, pack, take_line
from doorstep.core.promise import Load, Promise
from doorstep.core.stock.shelf import ShelfLot
from doorstep.journal import BrokenChain
from doorstep.ledger import Overdrawn, postings
from doorstep.model.day import Day, Event
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotReceived
from doorstep.model.facts.money import PaymentCaptured, RefundDue
from doorstep.model.facts.orders import ClaimMade, OrderHandedOver, OrderPacked
from doorstep.model.facts.work import LinePicked, TripPlanned
from doorstep.model.goods import Parcel
from doorstep.model.orders import PromiseReason
from doorstep.model.transfer import Transfer
from doorstep.twin.bank import Bank
from doorstep.twin.checkers import journal_checkers
from doorstep.twin.pickers import Pickers
from doorstep.twin.rack import Rack
from doorstep.twin.troubles import Troubles
from doorstep.wire.files import journal_lines
from tests.twin.days import entries, live, lived, small_day, told

Patch = pytest.MonkeyPatch
CLAIMS = Troubles(claim_bp=10_000)
TIMEOUTS = Troubles(timeout_bp=5_000)


def caught(
    law: str, day: Day, folder: Path, *, params: Params | None = None, troubles: Troubles | None = None
) -> Violation:
    """Live a day with the bug that was planted: the checker named must be the first to see it."""
    with pytest.raises(Violation) as found:
        live(day, folder, params=params, troubles=troubles)
    assert law == found.value.law
    assert [] == list(folder.iterdir()), "nothing is written of a day that is not safe"
    return found.value


def crowded(day: Day) -> Day:
    """Everybody opens the shop within two minutes."""
    noon_s = day.site.opens_at_s + 6 * HOUR_S
    return replace(day, visits=tuple(replace(x, at_s=noon_s + 3 * n) for n, x in enumerate(day.visits)))


@pytest.fixture
def day() -> Day:
    made = small_day()
    assert lived(made)
    return made


# A lost gram.


def test_a_gram_missing_in_the_books_is_a_difference_to_the_rack(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A hand takes 500 g and the books are told 499: the rack is not the books."""

    def one_less(finding: Any, **rest: Any) -> tuple[Fact, ...]:
        facts: tuple[Fact, ...] = take_line(finding, **rest)
        return tuple(
            replace(x, amount=x.amount - 1) if isinstance(x, LinePicked) and x.amount > 1 else x for x in facts
        )

    monkeypatch.setattr(picking, "take_line", one_less)
    caught("goods", day, tmp_path)


def test_a_gram_missing_in_the_world_is_a_difference_to_the_books(
    day: Day, tmp_path: Path, monkeypatch: Patch
) -> None:
    """A hand drops a gram off every pick and nobody writes it down: the rack is not the books."""
    bag = Rack.bag

    def spill(self: Rack, order: Any, lot: Any, wanted: int, **rest: Any) -> int:
        taken = bag(self, order, lot, wanted, **rest)
        if self.rack[lot]:
            self.rack[lot] -= 1
        return taken

    monkeypatch.setattr(Rack, "bag", spill)
    caught("goods", day, tmp_path)


def test_a_gram_missing_in_a_bag_is_a_difference_to_what_was_packed(
    day: Day, tmp_path: Path, monkeypatch: Patch
) -> None:
    """A gram falls out of the bag on its way into the box: the box is not what was loaded."""
    box = Rack.box

    def leaking(self: Rack, order: Any) -> None:
        box(self, order)
        lot = next(iter(self.boxes[order]))
        self.boxes[order][lot] -= 1

    monkeypatch.setattr(Rack, "box", leaking)
    found = caught("goods", day, tmp_path)
    assert "the box of" in str(found)


@pytest.mark.parametrize("kind", [LotReceived, LinePicked])
def test_a_posting_that_loses_a_gram_is_a_difference_to_the_rack(
    kind: type[Fact], day: Day, tmp_path: Path, monkeypatch: Patch
) -> None:
    """A fact moves one less than it says: shelf and set aside are not what lies on the rack."""
    _lose_one(kind, monkeypatch)
    caught("goods", day, tmp_path)


def test_a_posting_that_loses_a_fen_leaves_it_in_escrow(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A capture moves one fen less than it says: escrow is not empty at the close."""
    _lose_one(PaymentCaptured, monkeypatch)
    found = caught("books", day, tmp_path)
    assert "escrow still holds" in str(found)


def test_transfers_that_a_fact_does_not_move_are_found_by_whoever_reads_the_journal(
    day: Day, tmp_path: Path, monkeypatch: Patch
) -> None:
    """A posting books to the wrong account and every balance is fine: derived again, the transfers are others."""
    rules: dict[Any, Any] = postings._RULES
    rule = rules[OrderHandedOver]

    def pocket(fact: Any) -> list[Transfer]:
        return [replace(x, target="donated") if x.target == "delivered" else x for x in rule(fact)]

    with monkeypatch.context() as planted:
        planted.setitem(rules, OrderHandedOver, pocket)
        live(day, tmp_path)
    with pytest.raises(BrokenChain, match="its transfers are not what this fact moves") as found:
        certify(journal_lines(tmp_path), journal_checkers())
    handed = next(x.seq for x in entries(tmp_path) if isinstance(x.fact, OrderHandedOver))
    assert handed == found.value.seq


def _lose_one(kind: type[Fact], monkeypatch: Patch) -> None:
    rule = postings._RULES[kind]

    def lossy(fact: Any) -> list[Transfer]:
        whole = list(rule(fact))
        return [replace(whole[0], amount=whole[0].amount - 1), *whole[1:]] if whole[0].amount > 1 else whole

    monkeypatch.setitem(postings._RULES, kind, lossy)


# Money.


def test_a_capture_booked_twice_is_found(tmp_path: Path, monkeypatch: Patch) -> None:
    """The row of a captured order stays and its guard is gone: the sweeper books the capture again."""
    day = crowded(small_day())
    assert lived(day)
    _capture_again(monkeypatch)
    found = caught("money", day, tmp_path)
    assert "is captured twice" in str(found)


def test_a_capture_booked_twice_out_of_an_empty_escrow_is_refused_by_the_ledger(
    day: Day, tmp_path: Path, monkeypatch: Patch
) -> None:
    """The same where nobody else's money is held: the ledger refuses it before a checker sees it."""
    _capture_again(monkeypatch)
    with pytest.raises(Overdrawn, match="escrow holds 0 of fen"):
        live(replace(day, visits=day.visits[:1]), tmp_path)


def _capture_again(monkeypatch: Patch) -> None:
    apply = Payments.apply

    def forget(self: Payments, fact: Fact) -> None:
        apply(self, fact)
        if isinstance(fact, PaymentCaptured):
            self.to_capture[fact.order] = None

    def unguarded(hold: Any) -> PaymentCaptured:
        held_fen = hold.authorised_fen or hold.captured_fen
        return PaymentCaptured(order=hold.order, amount_fen=hold.due_fen, released_fen=held_fen - hold.due_fen)

    monkeypatch.setattr(Payments, "apply", forget)
    monkeypatch.setattr("doorstep.app.settling.captured", unguarded)


def test_a_capture_taken_twice_at_the_gateway_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A gateway that acts again on a repeated key took more than we booked: its own books say so."""
    assert lived(day, None, TIMEOUTS)
    capture = Bank.capture

    def not_once(self: Bank, key: str, *, amount_fen: int, now_s: int) -> None:
        again = key in self.captured
        capture(self, key, amount_fen=amount_fen, now_s=now_s)
        if again:
            self.captured[key] += amount_fen

    monkeypatch.setattr(Bank, "capture", not_once)
    caught("gateway", day, tmp_path, troubles=TIMEOUTS)


def test_a_price_that_nobody_agreed_to_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """An order is charged a fen less than its lines cost at the weights weighed."""
    monkeypatch.setattr(picking, "pack", lambda order, *, due_fen, **x: pack(order, due_fen=due_fen - 1, **x))
    found = caught("money", day, tmp_path)
    assert "its lines cost" in str(found)


def test_a_refund_without_a_claim_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Money goes back for a claim that is not in the record."""
    assert lived(day, None, CLAIMS)
    _answer_claims(monkeypatch, lambda facts: [x for x in facts if not isinstance(x, ClaimMade)])
    found = caught("money", day, tmp_path, troubles=CLAIMS)
    assert "has no claim" in str(found)


def test_a_refund_twice_for_one_reason_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """One claim gives two refunds of half the money each: no order gets back too much, and yet."""

    def halve(facts: Sequence[Fact]) -> list[Fact]:
        out: list[Fact] = []
        for x in facts:
            if isinstance(x, RefundDue) and x.amount_fen > 1:
                out.append(replace(x, amount_fen=x.amount_fen // 2))
                out.append(replace(x, refund=f"{x.refund}-too", amount_fen=x.amount_fen // 2))
            else:
                out.append(x)
        return out

    _answer_claims(monkeypatch, halve)
    found = caught("money", day, tmp_path, troubles=CLAIMS)
    assert "refunded twice for the same claim" in str(found)


def _answer_claims(monkeypatch: Patch, change: Callable[[Sequence[Fact]], list[Fact]]) -> None:
    claim = after.claim
    monkeypatch.setattr(after, "claim", lambda made, state, **x: tuple(change(claim(made, state, **x))))


# Which lot leaves, and how much of it.


def test_a_fresher_lot_first_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Last expired first out: something older stays behind that would still have been good."""
    _pick_by(monkeypatch, order=lambda x: (-x.sell_by_s, x.lot), free=lambda x: x.free)
    found = caught("fefo", day, tmp_path)
    assert "of older lot" in str(found)


def test_a_lot_too_old_for_its_doorstep_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """The minimum life at the doorstep is forgotten: the shopper gets what is good for a minute."""
    ages = {x.sku: x.life_s for x in day.skus}
    old = replace(day, skus=tuple(replace(x, min_life_s=ages[x.sku] - 3_600) for x in day.skus))
    _pick_by(monkeypatch, order=lambda x: (x.sell_by_s, x.lot), free=lambda x: x.free, any_age=True)
    monkeypatch.setattr(
        "doorstep.core.stock.Shelf.free_of", lambda self, sku, **_: sum(x.free for x in self.of_sku(sku))
    )
    found = caught("fefo", old, tmp_path)
    assert "too old at its doorstep" in str(found)


def test_an_oversold_unit_is_refused_by_the_ledger(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """More is set aside than is free: the ledger refuses the posting before any checker could see it."""
    _pick_by(monkeypatch, order=lambda x: (x.sell_by_s, x.lot), free=lambda x: 10**9)
    monkeypatch.setattr("doorstep.core.stock.Shelf.free_of", lambda *_, **__: 10**9)
    with pytest.raises(Overdrawn, match="shelf holds"):
        live(_scarce(day), tmp_path)


def test_an_oversold_unit_in_one_batch_is_refused_by_the_ledger(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Two orders of one decision are promised the same last pack: the ledger refuses the second."""
    one = day.visits[0]
    other = replace(one, basket=replace(one.basket, order="O9999"))
    twins = replace(_scarce(day, enough_for=one.basket), visits=(one, other))
    assert lived(twins)
    monkeypatch.setattr("doorstep.core.stock.Allotment.__init__", _forgetful)
    monkeypatch.setattr("doorstep.twin.shoppers.stays", lambda **_: (1.0, "other"))
    monkeypatch.setattr("doorstep.base.chance.Chance.below", lambda self, end: 0)
    with pytest.raises(Overdrawn, match="shelf holds"):
        live(twins, tmp_path)


class _Nothing(dict[Any, int]):
    """Remembers nothing."""

    def __setitem__(self, key: Any, value: int) -> None:
        """Forget it."""


def _forgetful(self: Any, shelf: Any, *, avoid: Any = None) -> None:
    self._shelf, self._avoid, self._taken = shelf, avoid, _Nothing()


def _scarce(day: Day, *, enough_for: Any = None) -> Day:
    """One pack of every lot; or of one lot a sku, exactly what a basket wants."""
    if enough_for is None:
        return replace(day, lots=tuple(replace(x, amount=1) for x in day.lots))
    kinds = {x.sku: x for x in day.skus}
    wanted = {x.sku: x.amount if kinds[x.sku].sold_by == "pack" else x.amount * 11 // 10 for x in enough_for.lines}
    only = {x.sku: x for x in day.lots if x.sku in wanted and x.lot.endswith("b")}
    return replace(day, events=(), lots=tuple(replace(x, amount=wanted[x.sku]) for x in only.values()))


def _pick_by(
    monkeypatch: Patch, *, order: Callable[[Any], Any], free: Callable[[ShelfLot], int], any_age: bool = False
) -> None:
    def pick(lots: Sequence[ShelfLot], *, wanted: int, good_until_s: int, taken: Any = None) -> Any:
        picks: list[Parcel] = []
        left = wanted
        for x in sorted(lots, key=order):
            if x.blocked or (x.sell_by_s < good_until_s and not any_age):
                continue
            take = min(free(x) - (taken or {}).get(x.lot, 0), left)
            if take > 0:
                picks.append(Parcel(x.lot, take))
                left -= take
            if not left:
                return tuple(picks)
        return None

    def take(self: Any, sku: Any, *, wanted: int, due_s: int, min_life_s: int) -> Any:
        rows = [x for x in self._shelf.of_sku(sku) if x.lot != self._avoid]
        picks = pick(rows, wanted=wanted, good_until_s=due_s + min_life_s, taken=self._taken)
        for x in picks or ():
            self._taken[x.lot] = self._taken.get(x.lot, 0) + x.amount
        return picks

    monkeypatch.setattr("doorstep.core.stock.Allotment.take", take)


# Promises, people, boxes.


def test_a_promise_beyond_capacity_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Half hours are promised as if there were no end of people: more than the roster can do."""
    crowd = crowded(replace(day, couriers=day.couriers[::6]))
    assert lived(crowd)
    monkeypatch.setattr(Load, "capacity", lambda *_: 10**6)
    monkeypatch.setattr(shopping, "promise", _sanguine)
    found = caught("promises", crowd, tmp_path)
    assert "of a half hour that has room for" in str(found)


def _sanguine(load: Load, *, now_s: int, **_: Any) -> Promise:
    return Promise(promised_at_s=now_s + 1_800, p_kept_bp=9_900, why=PromiseReason(0, 0, 0, 0, 1))


def test_a_lateness_that_is_talked_down_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Every handover is booked as in time: measured against the promise, some are not."""
    hurried = replace(day, couriers=day.couriers[::27])
    assert max(x.late_s for x in told(lived(hurried), OrderHandedOver)) > 0
    hand_over = handover.hand_over

    def in_time(*args: Any, **rest: Any) -> tuple[Fact, ...]:
        handed, *_ = hand_over(*args, **rest)
        assert isinstance(handed, OrderHandedOver)
        return (replace(handed, late_s=0),)

    monkeypatch.setattr(handover, "hand_over", in_time)
    found = caught("promises", hurried, tmp_path)
    assert "s late, not 0" in str(found)


def test_a_picker_in_two_waves_is_found(tmp_path: Path, monkeypatch: Patch) -> None:
    """A wave is given to somebody who is in the middle of another."""
    day = crowded(small_day())
    assert lived(day)

    def to_the_busy(floor: Any, picker: Any, **rest: Any) -> Any:
        wave = next_wave(floor, picker, **rest)
        busy = [x for x, doing in floor.pickers.items() if doing is not None]
        return replace(wave, picker=busy[0]) if wave is not None and busy else wave

    monkeypatch.setattr(picking, "next_wave", to_the_busy)
    found = caught("pickers", day, tmp_path)
    assert "is not free for wave" in str(found)


def test_a_picker_in_two_places_at_once_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Two lots are taken in the same second by one pair of hands."""
    walk_on = Pickers._walk_on

    def fly(self: Pickers, picker: Any, before_s: int) -> None:
        noisy = self._world.noisy
        self._world.noisy = lambda *_: 0  # type: ignore[method-assign]
        walk_on(self, picker, before_s)
        self._world.noisy = noisy  # type: ignore[method-assign]

    monkeypatch.setattr(Pickers, "_walk_on", fly)
    found = caught("pickers", day, tmp_path)
    assert "is in two places at once" in str(found)


def test_a_courier_on_two_trips_is_found(tmp_path: Path, monkeypatch: Patch) -> None:
    """Whoever rides still counts as standing at the site, and is given the next trip."""
    day = crowded(replace(small_day(), couriers=small_day().couriers[::6]))
    assert lived(day)
    apply = Fleet.apply

    def still_here(self: Fleet, fact: Fact, *, at_s: int) -> None:
        apply(self, fact, at_s=at_s)
        if isinstance(fact, TripPlanned):
            self.idle[fact.courier] = at_s

    monkeypatch.setattr(Fleet, "apply", still_here)
    found = caught("couriers", day, tmp_path)
    assert "is not free for trip" in str(found)


def test_an_order_on_two_trips_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A trip takes an order along that another trip has already."""
    gone: list[Any] = []

    def along(fleet: Fleet, **rest: Any) -> tuple[TripPlanned, ...]:
        trips = tuple(x for x in plan(fleet, **rest) if isinstance(x, TripPlanned))
        if gone and trips:
            trips = (replace(trips[0], orders=(*trips[0].orders, gone[0]), etas_at_s=(*trips[0].etas_at_s, 0)),)
            fleet.ready[gone[0]] = fleet.ready[trips[0].orders[0]]
        gone.extend(x for trip in trips for x in trip.orders)
        return trips

    monkeypatch.setattr(riding, "plan", along)
    found = caught("couriers", day, tmp_path)
    assert "are on two trips" in str(found)


def test_an_overfull_box_is_found(tmp_path: Path, monkeypatch: Patch) -> None:
    """Nobody looks whether another order still fits the box."""
    base = crowded(small_day())
    box = {"ambient_ml": 30_000, "chilled_ml": 15_000, "frozen_ml": 8_000}
    day = replace(base, couriers=tuple(replace(x, **box) for x in base.couriers[::6]))
    assert lived(day)
    room = sys.modules["doorstep.core.dispatch.plan"]
    laid_out = room._known
    monkeypatch.setattr(room, "_known", lambda *x: replace(laid_out(*x), volume_ml=0 * laid_out(*x).volume_ml))
    found = caught("couriers", day, tmp_path)
    assert "more than its box" in str(found)


def test_a_courier_faster_than_the_law_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Streets as if they were half as long: faster than 25 km/h as the crow flies."""
    fast = replace(day, couriers=tuple(replace(x, speed_mm_s=20_000) for x in day.couriers))
    assert lived(fast), "the twin's couriers keep to the law whatever their bikes can do"
    monkeypatch.setattr("doorstep.twin.couriers.LAWFUL_MM_S", 10**6)
    found = caught("couriers", fast, tmp_path)
    assert "faster than 25 km/h" in str(found)


# A bad lot, a thief, a count.


def test_a_recalled_lot_handed_over_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A lot is recalled while it rides, and the courier hands it over all the same."""
    bad = _recalled_on_the_way(day)
    assert 1 == sum(bool(x.kept_back) for x in told(lived(bad), OrderHandedOver))
    hand_over = handover.hand_over
    monkeypatch.setattr(handover, "hand_over", lambda state, *, recalled, **x: hand_over(state, recalled=(), **x))
    found = caught("orders", bad, tmp_path)
    assert "was handed recalled lots" in str(found)


def test_a_recalled_lot_taken_is_a_difference_to_the_books(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A picker who is not told that the lot was recalled takes it; the pick room books that nothing was taken."""
    bad = _recalled_before_it_is_picked(day)
    assert lived(bad)
    monkeypatch.setattr("doorstep.adapters.desk.local.picking.look", lambda store, task, *, now_s: task)
    caught("goods", bad, tmp_path)


def _recalled_on_the_way(day: Day) -> Day:
    stream = lived(day)
    packed = {x.fact.order: x.at_s for x in stream if isinstance(x.fact, OrderPacked)}
    handed = next(x for x in stream if isinstance(x.fact, OrderHandedOver) and not x.fact.kept_back)
    assert isinstance(handed.fact, OrderHandedOver)
    lot, at_s = handed.fact.goods[0].lot, (packed[handed.fact.order] + handed.at_s) // 2
    recall = Event(at_s=at_s, kind="recall", subject=lot)
    return replace(day, events=tuple(sorted((*day.events, recall), key=lambda x: x.at_s)))


def _recalled_before_it_is_picked(day: Day) -> Day:
    picked = next(x for x in lived(day) if isinstance(x.fact, LinePicked) and x.fact.amount)
    assert isinstance(picked.fact, LinePicked)
    recall = Event(at_s=picked.at_s - 1, kind="recall", subject=picked.fact.lot)
    return replace(day, events=tuple(sorted((*day.events, recall), key=lambda x: x.at_s)))


def test_a_missing_closing_count_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """The day is closed and nobody counted the shelf."""
    count = keeping.count
    monkeypatch.setattr(
        keeping, "count", lambda store, found, *, cause, now_s: count(store, found[1:], cause=cause, now_s=now_s)
    )
    found = caught("stocktaking", day, tmp_path)
    assert "closed without counting every lot" in str(found)


def test_a_stolen_pack_that_no_count_books_shows_as_a_difference(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A count that sees nothing leaves the theft in the books: at the close they are not the rack."""
    assert 1 <= sum(x.kind == "theft" for x in day.events)
    monkeypatch.setattr(keeping, "compare", lambda *_, **__: ())
    monkeypatch.setattr(picking, "compare", lambda *_, **__: ())
    found = caught("goods", day, tmp_path)
    assert "closed with" in str(found)


def test_a_day_that_never_comes_to_its_end_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """A refund that nobody ever pays: not live."""
    assert lived(day, None, CLAIMS)
    monkeypatch.setattr("doorstep.app.settling.refund", lambda *_, **__: None)
    with pytest.raises(CheckFailed, match=r"liveness: .* refunds"):
        live(day, tmp_path, troubles=CLAIMS)


def test_a_store_that_forgets_a_fact_breaks_the_chain(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """One transaction never reaches the disk: whoever reads the journal misses it."""
    commit = MemoryStore.commit
    written: list[int] = []

    def lose(self: MemoryStore, facts: Sequence[Fact], *, now_s: int) -> None:
        written.append(len(facts))
        sink = self._sink
        if len(written) == 40:
            self._sink = lambda _: None
        commit(self, facts, now_s=now_s)
        self._sink = sink

    monkeypatch.setattr(MemoryStore, "commit", lose)
    live(day, tmp_path)
    with pytest.raises(BrokenChain) as found:
        certify(journal_lines(tmp_path), journal_checkers())
    assert sum(written[:39]) + 1 == found.value.seq
