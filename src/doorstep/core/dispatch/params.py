"""Numbers of the dispatch room."""

from msgspec import Struct, field

from doorstep.core.dispatch.decide import TickParams
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
    tick
        How a tick plans and what makes a trip wait.
    """

    tick_s: int = 30
    loading_s: int = 60
    service_s: int = 120
    margin_s: int = 240
    chilled_on_board_s: int = 2_700
    frozen_on_board_s: int = 1_800
    tick: TickParams = field(
        default_factory=lambda: TickParams(
            iterations=40,
            warm=False,
            trip_s=0,
            sure_bp=(10_000, 10_000),
            wait=WaitParams(rule="slack", slack_s=60),
        )
    )
