"""Numbers of the dispatch room."""

from msgspec import Struct, field

from doorstep.core.dispatch.decide import TickParams
from doorstep.core.dispatch.problem import Prices
from doorstep.core.dispatch.wait import WaitParams


class DispatchParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How trips are made. Times in seconds.

    Parameters
    ----------
    tick_s
        How often trips are decided: every 30 s; a minute costs four points of on-time arrivals (research notes).
    loading_s, service_s
        Loading the box at the site, and the time at each door (formats, section 2).
    margin_s
        Trips are planned to hand over so long before the promise: picking and riding do not turn out as planned.
    chilled_on_board_s, frozen_on_board_s
        The most that an order with such goods may take from riding off until it is handed over, as planned; 0: no
        limit. A door that is further away than that is ridden to straight.
    late_fixed_s, late_per_s, overtime_per_s, grace_s, steep_per_s, unfair_s
        What planning pays, in seconds (formats, section 2): a late order, once and for each second; each second that a
        courier returns after the shift; each second late beyond the grace, on top; each order that a courier carries
        above an equal share of the day.
    tick
        How a tick plans and what makes a trip wait.
    """

    tick_s: int = 30
    loading_s: int = 60
    service_s: int = 120
    margin_s: int = 240
    chilled_on_board_s: int = 2_700
    frozen_on_board_s: int = 1_800
    late_fixed_s: int = 600
    late_per_s: int = 2
    overtime_per_s: int = 1
    grace_s: int = 0
    steep_per_s: int = 0
    unfair_s: int = 0
    tick: TickParams = field(
        default_factory=lambda: TickParams(
            iterations=40,
            warm=False,
            trip_s=0,
            sure_bp=(10_000, 10_000),
            wait=WaitParams(rule="slack", slack_s=60),
        )
    )

    @property
    def prices(self) -> Prices:
        """What planning pays."""
        return Prices(
            late_fixed_s=self.late_fixed_s,
            late_per_s=self.late_per_s,
            overtime_per_s=self.overtime_per_s,
            grace_s=self.grace_s,
            steep_per_s=self.steep_per_s,
            unfair_s=self.unfair_s,
        )
