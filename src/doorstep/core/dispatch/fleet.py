"""Couriers, the orders that are ready for them, and the trips under way."""

from typing import ClassVar

from msgspec import Struct

from doorstep.base.ids import CourierId, OrderId, TripId
from doorstep.model.facts import Fact
from doorstep.model.facts.money import PaymentAuthorised
from doorstep.model.facts.orders import OrderCancelled, OrderHandedOver, OrderPacked, Quoted
from doorstep.model.facts.site import CourierEnded, CourierRostered, CourierStarted
from doorstep.model.facts.work import TripEnded, TripPlanned
from doorstep.model.people import Place


class Ready(Struct, frozen=True, kw_only=True):
    """A packed order: where it goes, by when, and the room it takes, ml by zone (ambient, chilled, frozen)."""

    order: OrderId
    at: Place
    ready_at_s: int
    promised_at_s: int
    ml: tuple[int, int, int]


class OnDuty(Struct, frozen=True, kw_only=True):
    """A courier at work; room in the box by zone as in `Ready`."""

    courier: CourierId
    off_at_s: int
    speed_mm_s: int
    ml: tuple[int, int, int]


class Fleet:
    """State of the dispatch room, owned by one fold. `idle` maps who stands at the site to since when."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
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
        }
    )

    __slots__ = ("expected", "idle", "on_duty", "places", "ready", "rostered", "trips", "trips_begun")

    def __init__(self) -> None:
        self.rostered: dict[CourierId, OnDuty] = {}
        self.on_duty: dict[CourierId, OnDuty] = {}
        self.idle: dict[CourierId, int] = {}
        self.places: dict[OrderId, tuple[Place, int]] = {}
        self.expected: dict[OrderId, None] = {}
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
                self.rostered[fact.courier] = OnDuty(
                    courier=fact.courier,
                    off_at_s=fact.off_at_s,
                    speed_mm_s=fact.speed_mm_s,
                    ml=(fact.ambient_ml, fact.chilled_ml, fact.frozen_ml),
                )
            case CourierStarted():
                self.on_duty[fact.courier] = self.rostered[fact.courier]
                self.idle[fact.courier] = at_s
            case CourierEnded():
                del self.on_duty[fact.courier]
                self.idle.pop(fact.courier, None)
            case Quoted():
                self.places[fact.order] = (fact.at, fact.promised_at_s)
            case PaymentAuthorised():
                self.expected[fact.order] = None
            case OrderCancelled():
                self.expected.pop(fact.order, None)
            case OrderPacked():
                self.expected.pop(fact.order, None)
                at, promised_at_s = self.places[fact.order]
                self.ready[fact.order] = Ready(
                    order=fact.order,
                    at=at,
                    ready_at_s=at_s,
                    promised_at_s=promised_at_s,
                    ml=(fact.ambient_ml, fact.chilled_ml, fact.frozen_ml),
                )
            case TripPlanned():
                self.idle.pop(fact.courier, None)
                self.trips[fact.trip] = (fact.courier, dict.fromkeys(fact.orders))
                self.trips_begun += 1
                for order in fact.orders:
                    del self.ready[order]
            case OrderHandedOver():
                self.trips[fact.trip][1].pop(fact.order)
            case TripEnded():
                del self.trips[fact.trip]
                if fact.courier in self.on_duty:
                    self.idle[fact.courier] = at_s
            case _:
                pass


def fits(box_ml: tuple[int, int, int], used_ml: tuple[int, int, int]) -> bool:
    """Whether a box has the room, in every zone."""
    return all(used <= box for used, box in zip(used_ml, box_ml, strict=True))
