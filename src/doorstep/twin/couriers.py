"""Couriers: shifts, trips, streets, doors."""

from doorstep.app.params import Params
from doorstep.base.ids import CourierId, OrderId, TripId
from doorstep.model.facts.site import BreakStarted
from doorstep.model.facts.work import TripPlanned
from doorstep.model.people import Place
from doorstep.roads import Map, metres_between
from doorstep.twin.happenings import (
    CourierArrives,
    CourierComes,
    CourierGoes,
    CourierHandsOver,
    CourierLeaves,
    CourierRested,
    CourierReturns,
)
from doorstep.twin.shoppers import Shoppers
from doorstep.twin.world import World

LAWFUL_MM_S = 6_944
"""25 km/h, the lawful speed of an e-bike in China (GB 17761-2018)."""


class Couriers:
    """Everyone who delivers today."""

    def __init__(self, world: World, params: Params, shoppers: Shoppers, streets: Map | None = None) -> None:
        self._world, self._params, self._shoppers, self._streets = world, params, shoppers, streets
        self._people = {x.courier: x for x in world.day.couriers}
        self._homes: dict[OrderId, Place] = {x.basket.order: x.basket.at for x in world.day.visits}
        self._trips: dict[TripId, TripPlanned] = {}
        self._here: dict[CourierId, None] = {}
        world.handlers[CourierComes] = self._comes
        world.handlers[CourierGoes] = self._goes
        world.handlers[CourierRested] = self._rested
        world.handlers[CourierLeaves] = self._leaves
        world.handlers[CourierArrives] = self._arrives
        world.handlers[CourierHandsOver] = self._hands_over
        world.handlers[CourierReturns] = self._returns

    def schedule(self) -> None:
        """Put the shifts on the timeline."""
        for x in self._world.day.couriers:
            self._world.timeline.add(max(self._world.now_s, x.on_at_s), CourierComes(x.courier), priority=2)

    def send(self, decided: tuple[TripPlanned | BreakStarted, ...]) -> None:
        """Give couriers their trips and breaks."""
        for x in decided:
            if isinstance(x, BreakStarted):
                self._world.timeline.add(x.until_at_s, CourierRested(x.courier), priority=2)
                continue
            self._trips[x.trip] = x
            chance = self._world.chance.child("load", x.trip)
            loading_s = self._world.noisy(self._params.dispatch.loading_s, chance)
            self._world.after(loading_s, CourierLeaves(x.trip))

    def go_home(self) -> None:
        """Send everybody home: the day is over, and nobody may be needed any more."""
        for courier in self._here:
            assert self._world.desk.end_courier(courier, now_s=self._world.now_s), "nothing is left to bring"
        self._here.clear()

    def _comes(self, what: CourierComes) -> None:
        world = self._world
        if any(x.kind == "no_show" and x.subject == what.courier for x in world.day.events):
            world.desk.report_missing(what.courier, role="courier", now_s=world.now_s)
            return
        world.desk.start_courier(what.courier, now_s=world.now_s)
        self._here[what.courier] = None
        off_at_s = self._people[what.courier].off_at_s
        world.timeline.add(max(world.now_s, off_at_s), CourierGoes(what.courier))

    def _goes(self, what: CourierGoes) -> None:
        world = self._world
        if what.courier not in self._here:
            return
        if world.desk.end_courier(what.courier, now_s=world.now_s):
            del self._here[what.courier]
        else:
            world.after(300, what)

    def _rested(self, what: CourierRested) -> None:
        self._world.desk.end_break(what.courier, now_s=self._world.now_s)

    def _leaves(self, what: CourierLeaves) -> None:
        world, trip = self._world, self._trips[what.trip]
        world.desk.depart(what.trip, now_s=world.now_s)
        for order in trip.orders:
            world.rack.box(order)
        self._ride(what.trip, 0)

    def _ride(self, trip_id: TripId, stop: int) -> None:
        """Ride to a stop, or home after the last."""
        world, trip = self._world, self._trips[trip_id]
        start = self._homes[trip.orders[stop - 1]] if stop else world.day.site.place
        last = stop == len(trip.orders)
        target = world.day.site.place if last else self._homes[trip.orders[stop]]
        who = self._people[trip.courier]
        roads = self._params.roads if self._streets is None else self._streets.roads(who.kind)
        seconds = roads.seconds(start, target, speed_mm_s=world.speed(who.speed_mm_s))
        # However good the day, nobody rides faster than the law allows; nor is a door that lies off the street nearer
        # than the line there.
        line_s = int(metres_between(start, target) * 1000 / LAWFUL_MM_S)
        fastest = max(line_s, roads.seconds(start, target, speed_mm_s=LAWFUL_MM_S))
        noisy_s = world.noisy(seconds, world.chance.child("ride", trip_id, stop)) if seconds else 0
        seconds = max(fastest, noisy_s)
        world.after(seconds, CourierReturns(trip_id) if last else CourierArrives(trip_id, stop))

    def _arrives(self, what: CourierArrives) -> None:
        world = self._world
        world.desk.arrive(self._trips[what.trip].orders[what.stop], what.trip, now_s=world.now_s)
        chance = world.chance.child("service", what.trip, what.stop)
        world.after(world.noisy(self._params.dispatch.service_s, chance), CourierHandsOver(what.trip, what.stop))

    def _hands_over(self, what: CourierHandsOver) -> None:
        world, trip = self._world, self._trips[what.trip]
        order = trip.orders[what.stop]
        handed = world.desk.deliver(order, trip=what.trip, courier=trip.courier, now_s=world.now_s)
        assert handed is not None, "what is in the box was not handed over before"
        world.rack.door(order, handed.kept_back)
        self._shoppers.served(handed)
        self._ride(what.trip, what.stop + 1)

    def _returns(self, what: CourierReturns) -> None:
        world, trip = self._world, self._trips[what.trip]
        world.desk.end_trip(what.trip, now_s=world.now_s)
        if world.now_s >= self._people[trip.courier].off_at_s:
            self._goes(CourierGoes(trip.courier))
