"""A dispatch day whose goods are picked by few people, who may be told what dispatch wants first."""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from typing import Final

import numpy as np

from doorstep.base.units import ONE_BP
from doorstep.bench.days.world import DayArrays, World

NEVER_S: Final = 1 << 40
WORK_BP: Final = 6_000
"""Of the time from the click until an order is ready, this much is taken as work; the rest as waiting for a picker."""
URGENT_S: Final = 900
"""Orders that no trip is planned for yet are wanted so long before their promise."""


class Picked(World):
    """
    A day as written, but with `pickers` people who pick one order after another.

    Parameters
    ----------
    told
        Whether they take next what dispatch wants first, so that the orders of a trip are finished together; in the
        sequence of placing otherwise.
    """

    __slots__ = ("_begun", "_free_s", "_told", "_work_s")

    def __init__(self, day: DayArrays, *, pickers: int, told: bool) -> None:
        super().__init__(day, seed=1, noise=False)
        self._told = told
        self._work_s = (day.ready_at_s - day.placed_at_s) * WORK_BP // ONE_BP
        self._begun = np.zeros(len(day.placed_at_s), bool)
        self._free_s = [day.day.site.opens_at_s] * pickers
        self.ready_at_s = np.full(len(day.placed_at_s), NEVER_S)
        self.expected_at_s = self.ready_at_s.copy()

    def pick(self, now_s: int, waiting: Sequence[int], wanted_s: Mapping[int, int]) -> list[int]:
        """Let whoever is free begin, and expect the rest in the same sequence; O(waiting × log waiting)."""

        def key(order: int) -> tuple[int, int]:
            wanted = wanted_s.get(order, int(self.day.promised_at_s[order]) - URGENT_S)
            return (wanted if self._told else 0, order)

        done_s = []
        rest = sorted((x for x in waiting if not self._begun[x]), key=key, reverse=True)
        while rest and self._free_s[0] <= now_s:
            order = rest.pop()
            end_s = now_s + int(self._work_s[order])
            heapreplace(self._free_s, end_s)
            self._begun[order] = True
            self.ready_at_s[order] = self.expected_at_s[order] = end_s
            done_s.append(end_s)
        free_s = list(self._free_s)
        heapify(free_s)
        for order in reversed(rest):
            end_s = max(now_s, heappop(free_s)) + int(self._work_s[order])
            heappush(free_s, end_s)
            self.expected_at_s[order] = end_s
        return done_s
