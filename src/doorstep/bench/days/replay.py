"""A dispatch day lived again: orders are shown when they are placed, trips are settled when they leave."""

from collections import deque
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from doorstep.bench.days.lived import Replay, Rest, Ridden, Shown, Spell, Stop
from doorstep.bench.days.promises import ON_DAYS, Quote, Quoter
from doorstep.bench.days.world import DayArrays, World
from doorstep.core.dispatch.limits import rows_of
from doorstep.core.dispatch.problem import NONE, Prices
from doorstep.core.dispatch.tick import Decision, Known, Leaving
from doorstep.core.promise import Ahead

OVERRUNS: Final = 200
"""Handovers that the usual overrun is taken from; a tenth of them are enough to begin with."""
UNPACKED_S: Final = 45
AWAY_S: Final = 60
"""What should be packed, or back, and is not, is expected so much later; chosen on a made day with noise."""
STEP_S: Final = 30
LATE_S: Final = 6 * 3600
"""So long after the last shift is over, nobody will come any more for what still waits."""


class Policy(Protocol):
    """Whoever decides: shown what is known at an instant, answers with the trips that leave."""

    name: str
    on_events: bool

    def decide(self, known: Known) -> Decision:
        """Decide one tick."""
        ...


class _Yard:
    """What is true at an instant of a replay: who is where, what waits."""

    def __init__(self, day: DayArrays, world: World) -> None:
        self.day, self.world = day, world
        orders, couriers = len(day.placed_at_s), len(day.on_at_s)
        self.due_s = day.promised_at_s.copy()
        self.placed_before = 0
        self.waiting: list[int] = []
        self.gone = np.zeros(orders, bool)
        self.free_s = day.on_at_s.copy()
        self.expected_s = day.on_at_s.copy()
        self.trips = np.zeros(couriers, np.int64)
        self.spells: dict[int, Spell] = {}
        self.wanted_s: Mapping[int, int] = {}
        self.overruns: list[tuple[int, int]] = []
        self.recent: deque[int] = deque(maxlen=OVERRUNS)
        self.break_s = day.courier_more.get("break_s", np.zeros(couriers, np.int64)).copy()
        self.carried = np.zeros(couriers, np.int64)
        self.prices = Prices.of_rules(day.day.rules)

    def reveal(self, now_s: int, promise: Callable[[int, Ahead], Quote] | None) -> None:
        """Show the orders placed until now, each promised if somebody promises."""
        placed = self.day.placed_at_s
        while self.placed_before < len(placed) and placed[self.placed_before] <= now_s:
            order = self.placed_before
            if promise is not None:
                self.due_s[order] = promise(order, self.ahead(order)).promised_at_s
            self.waiting.append(order)
            self.placed_before += 1

    def ahead(self, order: int) -> Ahead:
        """Gather what stands between an order placed just now and its door."""
        day, now_s = self.day, int(self.day.placed_at_s[order])
        here = (day.on_at_s <= now_s) & (day.off_at_s >= now_s + day.day.rules.loading_s)
        free_s = self.in_s(now_s)[here] if here.any() else day.on_at_s[day.off_at_s > now_s][:1]
        return Ahead(
            queue_s=0,
            pick_s=int(day.ready_at_s[order]) - now_s,
            free_s=tuple(sorted(max(x, now_s) for x in free_s.tolist())) or (now_s,),
            orders=len(self.waiting),
            ride_s=int(day.legs.leaving(slice(None), now_s)[:, 0, order + 1].min()),
            trip_s=ON_DAYS.trip_s,
        )

    def in_s(self, now_s: int) -> NDArray[np.int64]:
        """When each courier is, or should be, free at the site; who is late is expected soon."""
        coming_s = np.where(self.expected_s > now_s, self.expected_s, now_s + AWAY_S)
        return np.where(self.free_s <= now_s, self.free_s, coming_s)

    def known(self, now_s: int, shown: Mapping[int, Shown]) -> Known:
        """Gather what may be known; what should be over and is not is expected soon."""
        day, waiting = self.day, np.array(self.waiting, np.int64)
        while self.overruns and self.overruns[0][0] <= now_s:
            self.recent.append(heappop(self.overruns)[1])
        enough = len(self.recent) >= OVERRUNS // 10
        overrun_s = sorted(self.recent)[len(self.recent) * 19 // 20] if enough else 0
        ready_s = np.where(self.world.ready_at_s[waiting] <= now_s, self.world.ready_at_s[waiting], 0)
        expected_s = self.world.expected_at_s[waiting]
        expected_s = np.where(expected_s > now_s, expected_s, now_s + UNPACKED_S)
        here = np.nonzero((day.off_at_s >= now_s + day.day.rules.loading_s) | (self.free_s > now_s))[0]
        return Known(
            now_s=now_s,
            orders=waiting,
            placed_s=day.placed_at_s[waiting],
            ready_s=np.where(ready_s > 0, ready_s, expected_s),
            due_s=self.due_s[waiting],
            volume_ml=day.ml[waiting],
            couriers=here,
            free_s=self.in_s(now_s)[here],
            on_s=day.on_at_s[here],
            off_s=day.off_at_s[here],
            box_ml=day.box_ml[here],
            kind=day.kind[here],
            travel=day.legs.seconds,
            past_placed_s=day.placed_at_s[: self.placed_before],
            past_ready_s=day.ready_at_s[: self.placed_before],
            past_due_s=self.due_s[: self.placed_before],
            past_ml=day.ml[: self.placed_before],
            loading_s=day.day.rules.loading_s,
            service_s=day.day.rules.service_s,
            prices=self.prices,
            overrun_s=max(0, overrun_s),
            slices_s=day.legs.slices_s,
            metres=day.legs.metres,
            order_more={**rows_of(day.order_more, waiting), **self._announced(waiting, shown)},
            courier_more=rows_of({**day.courier_more, **self._today()}, here),
            past_more=rows_of(day.order_more, slice(self.placed_before)),
        )

    def _announced(self, waiting: NDArray[np.int64], shown: Mapping[int, Shown]) -> dict[str, NDArray[np.int64]]:
        """Tell what shoppers were shown, where it costs that this moves."""
        if self.prices.moved_per_s == 0:
            return {}
        return {"announced_s": np.array([shown[x].at_s if x in shown else NONE for x in waiting.tolist()], np.int64)}

    def _today(self) -> dict[str, NDArray[np.int64]]:
        """Tell what couriers did today, where it matters."""
        made = {"carried": self.carried} if self.prices.unfair_s else {}
        return {**made, "break_s": self.break_s} if "break_s" in self.day.courier_more else made

    def rest_due(self, now_s: int) -> bool:
        """Whether somebody stands at the site who could have a break now."""
        if not self.break_s.any():
            return False
        from_s = self.day.courier_more["break_from_s"]
        return bool(((self.break_s > 0) & (self.free_s <= now_s) & (from_s <= now_s)).any())

    def rest(self, courier: int, now_s: int) -> Rest:
        """Let a break begin."""
        end_s = now_s + int(self.break_s[courier])
        self.free_s[courier] = self.expected_s[courier] = end_s
        self.break_s[courier] = 0
        return Rest(courier, now_s, end_s)

    def ride(self, leaving: Leaving, now_s: int) -> Ridden:
        """Let a trip leave: loading begins now."""
        courier, rules = leaving.courier, self.day.day.rules
        departed_s = now_s + rules.loading_s
        legs_s = self.day.legs.leaving(int(self.day.kind[courier]), departed_s)
        self.trips[courier] += 1
        trip = int(self.trips[courier])
        clock_s, travel_s, place, stops = departed_s, 0, 0, []
        expected_s = departed_s
        for leg, order in enumerate((*leaving.orders, -1)):
            planned_s = int(legs_s[place, order + 1])
            ride_s = self.world.ride_s(courier, trip, leg, planned_s)
            place, travel_s, clock_s = order + 1, travel_s + ride_s, clock_s + ride_s
            expected_s += planned_s
            if order >= 0:
                stops.append(Stop(order, clock_s, clock_s + rules.service_s))
                clock_s += rules.service_s
                expected_s += rules.service_s
                heappush(self.overruns, (clock_s, clock_s - expected_s))
                self.gone[order] = True
        self.waiting = [x for x in self.waiting if not self.gone[x]]
        self.carried[courier] += len(stops)
        self.free_s[courier], self.expected_s[courier] = clock_s, expected_s
        return Ridden(
            courier=courier,
            trip=trip,
            loaded_at_s=departed_s,
            departed_at_s=departed_s,
            stops=tuple(stops),
            back_at_s=clock_s,
            travel_s=travel_s,
            leaving=leaving,
        )


def replay(
    day: DayArrays,
    policy: Policy,
    *,
    world: World,
    clock_ns: Callable[[], int],
    progress: Callable[[int, int], None] | None = None,
    until_s: int | None = None,
    quoter: Quoter | None = None,
) -> Replay:
    """
    Live a day with a policy.

    Parameters
    ----------
    world
        How the day turns out.
    clock_ns
        What times a decision; nothing is decided by it.
    progress
        Told after every decision how many orders left, of how many.
    until_s
        Stop before the first decision at or after this instant.
    quoter
        Who promises orders as they are placed; the day's own promises hold where it is missing.

    Notes
    -----
    Decisions every 30 s from the opening, and where the policy asks for it also when an order is placed or ready or a
    courier is back; all that happens in one second is one decision.
    """
    yard, lived = _Yard(day, world), Replay()
    happens: list[int] = []
    if policy.on_events:
        breaks = day.courier_more.get("break_from_s", day.on_at_s)
        instants: set[int] = {int(x) for y in (day.placed_at_s, world.ready_at_s, day.on_at_s, breaks) for x in y}
        happens = sorted(instants)
    total, open_s = len(day.placed_at_s), day.day.site.opens_at_s
    end_s = max([open_s, *map(int, day.off_at_s), *map(int, day.placed_at_s)]) + LATE_S
    now_s = open_s
    promise = None if quoter is None else _timed(quoter, day, lived, clock_ns)
    while now_s <= end_s and (until_s is None or now_s < until_s):
        yard.reveal(now_s, promise)
        for at_s in world.pick(now_s, yard.waiting, yard.wanted_s):
            heappush(happens, at_s)
        if yard.waiting or yard.rest_due(now_s):
            _decide(yard, policy, lived, happens, now_s, clock_ns)
            if progress is not None:
                progress(int(yard.gone.sum()), total)
        if yard.placed_before == total and not yard.waiting:
            break
        grid_s = now_s + STEP_S - (now_s - open_s) % STEP_S
        while happens and happens[0] <= now_s:
            heappop(happens)
        now_s = min(grid_s, happens[0]) if happens else grid_s
    lived.waiting = list(yard.waiting)
    return lived


def _timed(
    quoter: Quoter, day: DayArrays, lived: Replay, clock_ns: Callable[[], int]
) -> Callable[[int, Ahead], Quote]:
    """Keep what is promised, and how long it took."""

    def promise(order: int, ahead: Ahead) -> Quote:
        begun_ns = clock_ns()
        quote = quoter.quote(order, ahead, now_s=int(day.placed_at_s[order]))
        lived.quote_ns.append(clock_ns() - begun_ns)
        lived.quotes.append(quote)
        return quote

    return promise


def _decide(
    yard: _Yard, policy: Policy, lived: Replay, happens: list[int], now_s: int, clock_ns: Callable[[], int]
) -> None:
    known = yard.known(now_s, lived.shown)
    begun_ns = clock_ns()
    decision = policy.decide(known)
    lived.decision_ns.append(clock_ns() - begun_ns)
    lived.decided_at_s.append(now_s)
    _refuse_impossible(known, decision)
    _show(yard, lived, known, decision)
    if policy.on_events and decision.wake_s is not None:
        heappush(happens, max(decision.wake_s, now_s + 1))
    lived.rests += [yard.rest(x, now_s) for x in decision.resting]
    for leaving in decision.leaving:
        ridden = yard.ride(leaving, now_s)
        lived.ridden.append(ridden)
        for stop in ridden.stops:
            due_s = int(yard.due_s[stop.order])
            shown = lived.shown.setdefault(stop.order, Shown(now_s, min(stop.handed_over_at_s, due_s)))
            shown.becomes(stop.handed_over_at_s)  # who was shown nothing yet believed the promise
        if policy.on_events:
            heappush(happens, ridden.back_at_s)


def _show(yard: _Yard, lived: Replay, known: Known, decision: Decision) -> None:
    """Keep what shoppers are shown, and what packed goods waited for."""
    for order, spell in list(yard.spells.items()):
        spell.to_s = known.now_s
        if decision.held.get(order) != spell.why:
            del yard.spells[order]
    for order, why in decision.held.items():
        if order not in yard.spells:
            spell = Spell(order=order, from_s=known.now_s, to_s=known.now_s, why=why, waits=decision.waits.get(order))
            yard.spells[order] = spell
            lived.spells.append(spell)
    yard.wanted_s = decision.wanted_s
    for order, at_s in decision.arrivals_s.items():
        shown = lived.shown.setdefault(order, Shown(known.now_s, at_s))
        if at_s > yard.due_s[order]:
            shown.becomes(at_s)  # a plan that is late is told; one that flickers is not


def _refuse_impossible(known: Known, decision: Decision) -> None:
    """Stop: a policy that sends what is not there is wrong, not unlucky."""
    ready = {int(x) for x, y in zip(known.orders, known.ready_s, strict=True) if y <= known.now_s}
    free = {int(x) for x, y in zip(known.couriers, known.free_s, strict=True) if y <= known.now_s}
    for x in decision.leaving:
        assert x.courier in free, "a trip leaves with a courier who stands at the site"
        assert ready.issuperset(x.orders), "a trip takes what is packed"
        assert x.orders, "a trip takes something"
        free.discard(x.courier)
        ready.difference_update(x.orders)
    assert free.issuperset(decision.resting), "who rests stands at the site and does not ride"
