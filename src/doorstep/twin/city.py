"""One site's day, lived from the first truck to the last handover."""

from collections.abc import Callable, Sequence
from typing import Protocol

from doorstep.app.params import Params
from doorstep.base.chance import Chance
from doorstep.base.errors import CheckFailed
from doorstep.base.units import HOUR_S
from doorstep.model.day import Day
from doorstep.roads import Map
from doorstep.twin.bank import Bank
from doorstep.twin.couriers import Couriers
from doorstep.twin.happenings import DispatchTicks, ShelfIsCounted
from doorstep.twin.pickers import Pickers
from doorstep.twin.rack import Rack
from doorstep.twin.reaction import ReactionParams
from doorstep.twin.shoppers import Shoppers
from doorstep.twin.supply import Supply
from doorstep.twin.troubles import CALM, Troubles
from doorstep.twin.world import Service, World

LIVENESS_S = 4 * HOUR_S
"""With all troubles off, everything that was begun is finished within four hours of the close.

Long, because a swarm may leave a single courier, who then brings some thirty promised orders alone."""

Progress = Callable[[int, int], None]


class WorldCheck(Protocol):
    """A checker that holds the books against the world; called whenever the city stands still for a moment."""

    def look(self, rack: Rack, bank: Bank, *, full: bool) -> None:
        """Raise `Violation` where books and world differ."""

    def closed(self, rack: Rack, bank: Bank) -> None:
        """Raise `Violation` where they differ at the close, when nothing is under way any more."""


class City:
    """
    The twin of one site.

    Parameters
    ----------
    day
        What the world brings.
    streets
        The map that couriers ride by, in truth; they ride straight without one.
    service
        The software under test, behind its desk; its gateway must be `bank`.
    checks
        Hold the books against the world after every happening, in full at every count and at the close.
    """

    def __init__(
        self,
        day: Day,
        *,
        params: Params,
        streets: Map | None = None,
        service: Service,
        bank: Bank,
        chance: Chance,
        troubles: Troubles,
        reaction: ReactionParams | None = None,
        checks: Sequence[WorldCheck] = (),
    ) -> None:
        self.world = World(day, service, bank, chance, troubles)
        self._params, self._checks = params, tuple(checks)
        self._supply = Supply(self.world, params)
        self._shoppers = Shoppers(self.world, reaction or ReactionParams())
        self._pickers = Pickers(self.world, params)
        self._couriers = Couriers(self.world, params, self._shoppers, streets)
        self.world.handlers[DispatchTicks] = self._tick

    def live(self, progress: Progress | None = None) -> None:
        """
        Live the whole day and close it.

        Raises
        ------
        CheckFailed
            The books are not the world, a law is broken, or something that was begun is never finished.
        """
        world, day = self.world, self.world.day
        world.desk.open_site(day, now_s=world.now_s)
        for actor in (self._supply, self._pickers, self._couriers, self._shoppers):
            actor.schedule()
        world.after(0, DispatchTicks(), priority=8)
        self._run(until_s=day.site.closes_at_s, progress=progress)
        # Liveness: troubles off, and everything under way must come to its end.
        world.troubles = CALM
        world.bank.timeout_bp = 0
        self._run(until_s=day.site.closes_at_s + LIVENESS_S, stop=self._settled, progress=progress)
        if not self._settled():
            still = ", ".join(world.desk.open_work(now_s=world.now_s)) or "shoppers' errands"
            raise CheckFailed(f"liveness: {LIVENESS_S // HOUR_S} hours after the close there are still {still}")
        self._pickers.go_home()
        self._couriers.go_home()
        for parcel in world.desk.close_site(self._supply.count_all(), now_s=world.now_s):
            world.rack.remove(parcel)
        self._check(full=True)
        for check in self._checks:
            check.closed(world.rack, world.bank)

    def _settled(self) -> bool:
        return not self._shoppers.pending and not self.world.desk.open_work(now_s=self.world.now_s)

    def _run(self, *, until_s: int, progress: Progress | None, stop: Callable[[], bool] | None = None) -> None:
        world = self.world
        start_s = world.day.site.opens_at_s
        total_s = world.day.site.closes_at_s - start_s
        while (what := world.timeline.next(until_s=until_s)) is not None:
            world.handlers[type(what)](what)
            self._check(full=isinstance(what, ShelfIsCounted))
            if isinstance(what, DispatchTicks):
                if progress is not None:
                    progress(min(total_s, max(0, world.now_s - start_s)), total_s)
                if stop is not None and stop():
                    return

    def _tick(self, what: DispatchTicks) -> None:
        """Every half minute: trips are decided, deadlines swept, idle pickers look at the list."""
        world = self.world
        world.desk.sweep(now_s=world.now_s)
        self._couriers.send(world.desk.dispatch(now_s=world.now_s))
        self._pickers.wake()
        world.after(self._params.dispatch.tick_s, what, priority=8)

    def _check(self, *, full: bool) -> None:
        for check in self._checks:
            check.look(self.world.rack, self.world.bank, full=full)
