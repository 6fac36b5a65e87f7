"""What every actor of the twin shares."""

from collections.abc import Callable
from math import exp
from typing import Any, Protocol

from doorstep.base.chance import Chance
from doorstep.model.day import Day, Weather
from doorstep.ports import Desk
from doorstep.twin.bank import Bank
from doorstep.twin.rack import Rack
from doorstep.twin.timeline import Happening, Timeline
from doorstep.twin.troubles import Troubles

Handler = Callable[[Any], None]

RAIN_SPEED_BP = 8_000
"""Everyone rides at 80% of their speed in rain, as in the frozen dispatch days."""


class Service(Protocol):
    """The running software behind the desk. `restart` forgets everything but the journal, as a power cut does."""

    @property
    def desk(self) -> Desk:
        """The counter, as it is now; another one after a restart."""

    def restart(self) -> None:
        """Lose all memory and come back from the journal."""


class World:
    """The city outside the software: time, chance, things and money as they really are."""

    def __init__(self, day: Day, service: Service, bank: Bank, chance: Chance, troubles: Troubles) -> None:
        self.day, self.service, self.bank, self.chance, self.troubles = day, service, bank, chance, troubles
        self.timeline = Timeline(day.site.opens_at_s - 3_600)
        self.rack = Rack()
        self.handlers: dict[type[Happening], Handler] = {}

    @property
    def desk(self) -> Desk:
        """The counter of the running software."""
        return self.service.desk

    @property
    def now_s(self) -> int:
        """The instant of what is happening now."""
        return self.timeline.now_s

    def after(self, wait_s: int, what: Happening, *, priority: int = 5) -> None:
        """Let something happen `wait_s` seconds from now."""
        self.timeline.add(self.now_s + max(0, wait_s), what, priority=priority)

    def noisy(self, seconds: int, chance: Chance) -> int:
        """Stretch or shrink a duration by this day's noise: log-normal with mean 1, at least a second."""
        sigma = self.troubles.noise_bp / 10_000
        return max(1, round(seconds * exp(sigma * chance.normal() - sigma * sigma / 2)))

    def weather(self) -> Weather | None:
        """Return the weather now, or None where the day says nothing about it."""
        return max((x for x in self.day.weather if x.at_s <= self.now_s), key=lambda x: x.at_s, default=None)

    def speed(self, speed_mm_s: int) -> int:
        """How fast somebody rides now, mm/s."""
        weather = self.weather()
        wet = weather is not None and weather.rain_mm_h > 0
        return speed_mm_s * RAIN_SPEED_BP // 10_000 if wet else speed_mm_s
