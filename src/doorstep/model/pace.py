"""How long trips really take: rain, crowds and wind slow everybody, and nobody writes it down."""

from typing import Final

from doorstep.base.ids import TripId
from doorstep.base.units import ONE_BP

WEIGHT: Final = 10
"""A trip counts for a tenth: after ten trips, some minutes of a busy site, two thirds of a change are known."""
SLOWEST_BP, FASTEST_BP = 20_000, 8_000


class Pace:
    """
    Running mean of the time that trips took over the time that was planned, kept by the fold that owns it.

    `bp` is 10,000 where trips take what is planned at the usual speed, more where they take longer.
    """

    __slots__ = ("_under_way", "bp")

    def __init__(self) -> None:
        self.bp = ONE_BP
        self._under_way: dict[TripId, tuple[int, int, int]] = {}

    def left(self, trip: TripId, at_s: int, back_at_s: int) -> None:
        """Note a trip that was planned at the present pace."""
        self._under_way[trip] = (at_s, back_at_s, self.bp)

    def ended(self, trip: TripId, at_s: int) -> None:
        """Learn from a trip that is back."""
        began_s, back_at_s, planned_bp = self._under_way.pop(trip)
        seen_bp = (at_s - began_s) * planned_bp // max(1, back_at_s - began_s)
        mean_bp = (self.bp * (WEIGHT - 1) + min(max(seen_bp, FASTEST_BP), SLOWEST_BP)) // WEIGHT
        self.bp = mean_bp

    def seconds(self, usual_s: int) -> int:
        """Tell what a ride of so many usual seconds takes now."""
        return usual_s * self.bp // ONE_BP
