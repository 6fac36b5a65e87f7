"""When the shelf had nothing to sell of a sku: one account, watched through the day."""

from doorstep.base.ids import LotId


class ShelfLot:
    """What is free of a lot, and the last instant at which it may be sold; a blocked lot has none."""

    __slots__ = ("free", "until_s")

    def __init__(self, until_s: int) -> None:
        self.free, self.until_s = 0, until_s


class Watch:
    """
    One sku's sellable shelf between two instants.

    `gaps` are the stretches, in order, in which nothing was there to be sold: from an instant to before another.
    """

    __slots__ = ("_end_s", "_lots", "_seen_s", "_until_s", "gaps")

    def __init__(self, start_s: int, end_s: int) -> None:
        self._seen_s, self._end_s = start_s, end_s
        self._lots: dict[LotId, ShelfLot] = {}
        self._until_s: int | None = None
        self.gaps: list[tuple[int, int]] = []

    def receive(self, lot: LotId, *, until_s: int) -> None:
        """Know a lot; what is on the shelf of it comes by `move`."""
        self._lots[lot] = ShelfLot(until_s)

    def move(self, lot: LotId, amount: int, *, at_s: int) -> None:
        """Put some of a lot on the shelf, or take it off where `amount` is below zero."""
        self.look(at_s)
        self._lots[lot].free += amount
        self._settle()

    def block(self, lot: LotId, *, at_s: int) -> None:
        """Sell nothing of a lot any more."""
        self.look(at_s)
        self._lots[lot].until_s = -1
        self._settle()

    def look(self, at_s: int) -> None:
        """Remember what was there from the last look until now; what is before the start or after the end is not."""
        at_s = min(at_s, self._end_s)
        if at_s <= self._seen_s:
            return
        empty_s = self._seen_s if self._until_s is None else max(self._seen_s, self._until_s + 1)
        if empty_s < at_s:
            if self.gaps and self.gaps[-1][1] == empty_s:
                self.gaps[-1] = (self.gaps[-1][0], at_s)
            else:
                self.gaps.append((empty_s, at_s))
        self._seen_s = at_s

    def _settle(self) -> None:
        there = [x.until_s for x in self._lots.values() if x.free > 0]
        self._until_s = max(there, default=None)
