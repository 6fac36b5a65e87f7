"""Couriers, the orders that are ready for them, and the trips under way."""

from typing import ClassVar

from msgspec import Struct

from doorstep.base.ids import CourierId, OrderId, TripId
from doorstep.model.facts import Fact
from doorstep.model.facts.money import PaymentAuthorised
from doorstep.model.facts.orders import OrderCancelled, OrderHandedOver, OrderPacked, Quoted
from doorstep.model.facts.site import (
    BreakEnded,
    BreakStarted,
    CourierEnded,
    CourierRostered,
    CourierStarted,
    WorkerMissing,
)
from doorstep.model.facts.work import TripEnded, TripPlanned, WaveStarted
from doorstep.model.pace import Pace
from doorstep.model.people import CourierKind, Place


class Ready(Struct, frozen=True, kw_only=True):
    """A packed order: where it goes, by when, and the room it takes, ml by zone (ambient, chilled, frozen)."""

    order: OrderId
    at: Place
    ready_at_s: int
    promised_at_s: int
    ml: tuple[int, int, int]


class Expected(Struct, kw_only=True):
    """A paid order that is still to be packed, and when it should be."""

    at: Place
    ready_at_s: int
    promised_at_s: int


class OnDuty(Struct, frozen=True, kw_only=True):
    """A courier planned for today; room in the box by zone as in `Ready`, break and range as in `CourierRostered`."""

    courier: CourierId
    kind: CourierKind
    on_at_s: int
    off_at_s: int
    speed_mm_s: int
    ml: tuple[int, int, int]
    break_from_at_s: int = 0
    break_to_at_s: int = 0
    break_s: int = 0
    range_m: int | None = None


class Fleet:
    """
    State of the dispatch room, owned by one fold.

    `idle` maps who stands at the site to since when, `due_back` who rides or rests to when they should return, `pace`
    how long trips really take. `away` are couriers who did not come, or went home; `rested` those who began their
    break, `resting` those who are still at it.
    `carried` counts the orders that each courier took today, `packed` those packed so far and the room they took, ml
    by zone.
    """

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            BreakEnded,
            BreakStarted,
            CourierEnded,
            CourierRostered,
            CourierStarted,
            OrderCancelled,
            OrderHandedOver,
            OrderPacked,
            PaymentAuthorised,
            Quoted,
            TripEnded,
            TripPlanned,
            WaveStarted,
            WorkerMissing,
        }
    )

    __slots__ = (
        "away",
        "carried",
        "due_back",
        "expected",
        "idle",
        "on_duty",
        "pace",
        "packed",
        "places",
        "ready",
        "rested",
        "resting",
        "rostered",
        "trips",
        "trips_begun",
    )

    def __init__(self) -> None:
        self.rostered: dict[CourierId, OnDuty] = {}
        self.on_duty: dict[CourierId, OnDuty] = {}
        self.away: dict[str, None] = {}
        self.rested: dict[CourierId, None] = {}
        self.resting: dict[CourierId, None] = {}
        self.idle: dict[CourierId, int] = {}
        self.due_back: dict[CourierId, int] = {}
        self.places: dict[OrderId, Expected] = {}
        self.expected: dict[OrderId, Expected] = {}
        self.carried: dict[CourierId, int] = {}
        self.packed = (0, 0, 0, 0)
        self.pace = Pace()
        self.ready: dict[OrderId, Ready] = {}
        self.trips: dict[TripId, tuple[CourierId, dict[OrderId, None]]] = {}
        self.trips_begun = 0

    def can_carry(self, ml: tuple[int, int, int]) -> bool:
        """Whether the box of somebody planned for today has the room, ml by zone."""
        return any(fits(x.ml, ml) for x in self.rostered.values())

    def apply(self, fact: Fact, *, at_s: int) -> None:
        """Let a fact happen to the fleet."""
        match fact:
            case CourierRostered():
                self.rostered[fact.courier] = _planned(fact)
            case CourierStarted():
                self.on_duty[fact.courier] = self.rostered[fact.courier]
                self.idle[fact.courier] = at_s
            case CourierEnded():
                del self.on_duty[fact.courier]
                self.away[fact.courier] = None
                self.idle.pop(fact.courier, None)
                self.resting.pop(fact.courier, None)
            case BreakStarted():
                del self.idle[fact.courier]
                self.due_back[fact.courier] = fact.until_at_s
                self.rested[fact.courier] = self.resting[fact.courier] = None
            case BreakEnded():
                del self.resting[fact.courier]
                self.idle[fact.courier] = at_s
            case WorkerMissing(role="courier"):
                self.away[fact.worker] = None
            case Quoted():
                ready_at_s = at_s + fact.why.queue_s + fact.why.pick_s
                self.places[fact.order] = Expected(at=fact.at, ready_at_s=ready_at_s, promised_at_s=fact.promised_at_s)
            case PaymentAuthorised():
                self.expected[fact.order] = self.places[fact.order]
            case OrderCancelled():
                self.expected.pop(fact.order, None)
            case WaveStarted():
                for order in fact.orders:
                    if order in self.expected:
                        self.expected[order].ready_at_s = at_s + fact.expected_s
            case OrderPacked():
                self.expected.pop(fact.order, None)
                self._pack(fact, at_s)
            case TripPlanned():
                self.idle.pop(fact.courier, None)
                self.due_back[fact.courier] = fact.back_at_s
                self.pace.left(fact.trip, at_s, fact.back_at_s)
                self.trips[fact.trip] = (fact.courier, dict.fromkeys(fact.orders))
                self.trips_begun += 1
                self.carried[fact.courier] = self.carried.get(fact.courier, 0) + len(fact.orders)
                for order in fact.orders:
                    del self.ready[order]
            case OrderHandedOver():
                self.trips[fact.trip][1].pop(fact.order)
            case TripEnded():
                del self.trips[fact.trip]
                self.pace.ended(fact.trip, at_s)
                if fact.courier in self.on_duty:
                    self.idle[fact.courier] = at_s
            case _:
                pass

    def _pack(self, fact: OrderPacked, at_s: int) -> None:
        place, ml = self.places[fact.order], (fact.ambient_ml, fact.chilled_ml, fact.frozen_ml)
        self.ready[fact.order] = Ready(
            order=fact.order, at=place.at, ready_at_s=at_s, promised_at_s=place.promised_at_s, ml=ml
        )
        count, *used = self.packed
        self.packed = (count + 1, used[0] + ml[0], used[1] + ml[1], used[2] + ml[2])


def fits(box_ml: tuple[int, int, int], used_ml: tuple[int, int, int]) -> bool:
    """Whether a box has the room, in every zone."""
    return all(used <= box for used, box in zip(used_ml, box_ml, strict=True))


def _planned(fact: CourierRostered) -> OnDuty:
    return OnDuty(
        courier=fact.courier,
        kind=fact.kind,
        on_at_s=fact.on_at_s,
        off_at_s=fact.off_at_s,
        speed_mm_s=fact.speed_mm_s,
        ml=(fact.ambient_ml, fact.chilled_ml, fact.frozen_ml),
        break_from_at_s=fact.break_from_at_s,
        break_to_at_s=fact.break_to_at_s,
        break_s=fact.break_s,
        range_m=fact.range_m,
    )
