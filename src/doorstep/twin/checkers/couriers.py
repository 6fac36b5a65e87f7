"""A courier is one person with one box: on shift, on one trip, never faster than the law allows."""

from typing import ClassVar, Final

from doorstep.app.certificate import Violation
from doorstep.base.ids import CourierId, OrderId, TripId
from doorstep.journal import Entry
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import OrderHandedOver, OrderLoaded, OrderPacked, Quoted
from doorstep.model.facts.site import (
    BreakEnded,
    BreakStarted,
    CourierEnded,
    CourierRostered,
    CourierStarted,
    SiteOpened,
)
from doorstep.model.facts.work import CourierArrived, TripDeparted, TripEnded, TripPlanned
from doorstep.model.people import Place
from doorstep.roads import metres_between

LAWFUL_MM_S: Final = 6_944
"""25 km/h, the lawful speed of an e-bike in China (GB 17761-2018)."""


class _Trip:
    """A trip as this law has seen it."""

    def __init__(self, fact: TripPlanned, start: Place) -> None:
        self.courier, self.left = fact.courier, dict.fromkeys(fact.orders)
        self.at, self.since_s, self.departed = start, 0, False


class CouriersLaw:
    """
    Every order is on exactly one trip; trips of a courier do not overlap.

    The load fits the box in every zone, and straight lines between doors are never ridden faster than 25 km/h. A break
    is had once, not before its window, at the site, and whole: nobody is sent out meanwhile.
    """

    law = "couriers"
    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            BreakEnded,
            BreakStarted,
            CourierArrived,
            CourierEnded,
            CourierRostered,
            CourierStarted,
            OrderHandedOver,
            OrderLoaded,
            OrderPacked,
            Quoted,
            SiteOpened,
            TripDeparted,
            TripEnded,
            TripPlanned,
        }
    )

    def __init__(self) -> None:
        self._site = Place(0, 0)
        self._break: dict[CourierId, tuple[int, int]] = {}
        self._rests: dict[CourierId, int] = {}
        self._box: dict[CourierId, tuple[int, int, int]] = {}
        self._here: dict[CourierId, TripId | None] = {}
        self._homes: dict[OrderId, Place] = {}
        self._ml: dict[OrderId, tuple[int, int, int]] = {}
        self._trips: dict[TripId, _Trip] = {}
        self._trip_of: dict[OrderId, TripId] = {}

    def see(self, entry: Entry) -> None:
        """Check one fact."""
        fact, seq = entry.fact, entry.seq
        match fact:
            case SiteOpened():
                self._site = Place(fact.lat_e6, fact.lng_e6)
            case CourierRostered():
                self._box[fact.courier] = (fact.ambient_ml, fact.chilled_ml, fact.frozen_ml)
                self._break[fact.courier] = (fact.break_from_at_s, fact.break_s)
            case BreakStarted():
                self._rest(fact, entry)
            case BreakEnded():
                if entry.at_s < self._rests.pop(fact.courier, entry.at_s + 1):
                    raise Violation(self.law, seq, f"{fact.courier} is back before the break is over, or had none")
            case CourierStarted():
                self._here[fact.courier] = None
            case CourierEnded():
                self._rests.pop(fact.courier, None)
                if self._here.pop(fact.courier, "absent") is not None:
                    raise Violation(self.law, seq, f"{fact.courier} left on a trip, or was not here")
            case Quoted():
                self._homes[fact.order] = fact.at
            case OrderPacked():
                self._ml[fact.order] = (fact.ambient_ml, fact.chilled_ml, fact.frozen_ml)
            case TripPlanned():
                self._plan(fact, seq)
            case OrderLoaded():
                if self._trip_of.get(fact.order) != fact.trip:
                    raise Violation(self.law, seq, f"{fact.order} is loaded on a trip that is not its own")
            case TripDeparted():
                trip = self._trips[fact.trip]
                trip.departed, trip.since_s = True, entry.at_s
            case CourierArrived():
                self._arrive(fact, entry)
            case OrderHandedOver():
                trip = self._trips[fact.trip]
                if fact.order not in trip.left or trip.courier != fact.courier:
                    raise Violation(self.law, seq, f"{fact.order} is handed over by someone else's trip, or twice")
                del trip.left[fact.order]
                trip.since_s = entry.at_s
            case TripEnded():
                self._end(fact, entry)
            case _:
                pass

    def close(self, seq: int) -> None:
        """Everybody went home."""
        if self._here:
            raise Violation(self.law, seq, f"still on duty: {list(self._here)}")

    def _rest(self, fact: BreakStarted, entry: Entry) -> None:
        from_s, length_s = self._break.pop(fact.courier, (0, 0))
        if self._here.get(fact.courier, "absent") is not None:
            raise Violation(self.law, entry.seq, f"{fact.courier} is not at the site to have a break")
        if length_s == 0 or entry.at_s < from_s or fact.until_at_s - entry.at_s != length_s:
            raise Violation(self.law, entry.seq, f"{fact.courier} has a break that is not planned so, or another one")
        self._rests[fact.courier] = fact.until_at_s

    def _plan(self, fact: TripPlanned, seq: int) -> None:
        if fact.courier in self._rests or self._here.get(fact.courier, "absent") is not None:
            raise Violation(self.law, seq, f"{fact.courier} is not free for trip {fact.trip}")
        twice = [x for x in fact.orders if x in self._trip_of]
        if twice:
            raise Violation(self.law, seq, f"{twice} are on two trips")
        load = [sum(self._ml[x][zone] for x in fact.orders) for zone in range(3)]
        if any(used > room for used, room in zip(load, self._box[fact.courier], strict=True)):
            raise Violation(self.law, seq, f"trip {fact.trip} carries {load} ml, more than its box")
        self._here[fact.courier] = fact.trip
        self._trips[fact.trip] = _Trip(fact, self._site)
        self._trip_of.update(dict.fromkeys(fact.orders, fact.trip))

    def _arrive(self, fact: CourierArrived, entry: Entry) -> None:
        trip = self._trips[fact.trip]
        if not trip.departed:
            raise Violation(self.law, entry.seq, f"trip {fact.trip} arrives before it departed")
        self._ride(trip, self._homes[fact.order], entry)

    def _end(self, fact: TripEnded, entry: Entry) -> None:
        trip = self._trips[fact.trip]
        if trip.left:
            raise Violation(self.law, entry.seq, f"trip {fact.trip} ends with {list(trip.left)} on board")
        self._ride(trip, self._site, entry)
        self._here[fact.courier] = None

    def _ride(self, trip: _Trip, to: Place, entry: Entry) -> None:
        metres, seconds = metres_between(trip.at, to), entry.at_s - trip.since_s
        if metres * 1_000 > LAWFUL_MM_S * (seconds + 1):
            raise Violation(
                self.law, entry.seq, f"{trip.courier} rode {metres:.0f} m in {seconds} s, faster than 25 km/h"
            )
        trip.at, trip.since_s = to, entry.at_s
