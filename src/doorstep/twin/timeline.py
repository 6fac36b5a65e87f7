"""The twin's clock: events in order of time, then priority, then birth."""

from heapq import heappop, heappush

from msgspec import Struct


class Happening(Struct, frozen=True):
    """Something that will happen to the city; plain data, so that a run can be saved and forked."""


class Timeline:
    """A heap of `(at_s, priority, seq, happening)`. `seq` makes the order total, so no two runs differ."""

    __slots__ = ("_heap", "_seq", "now_s")

    def __init__(self, now_s: int) -> None:
        self.now_s = now_s
        self._heap: list[tuple[int, int, int, Happening]] = []
        self._seq = 0

    def add(self, at_s: int, what: Happening, *, priority: int = 5) -> None:
        """Let something happen later, or at this instant after what is happening now."""
        assert at_s >= self.now_s, "the past cannot be changed"
        heappush(self._heap, (at_s, priority, self._seq, what))
        self._seq += 1

    def next(self, *, until_s: int | None = None) -> Happening | None:
        """Move on to the next happening; None where there is none before `until_s`."""
        if not self._heap or (until_s is not None and self._heap[0][0] > until_s):
            return None
        at_s, _, _, what = heappop(self._heap)
        self.now_s = at_s
        return what
