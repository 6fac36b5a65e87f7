"""Numbers of the dispatch room."""

from msgspec import Struct


class DispatchParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How trips are made. Times in seconds.

    Parameters
    ----------
    tick_s
        How often trips are decided: every 30 s; a minute costs four points of on-time arrivals (research notes).
    loading_s, service_s
        Loading the box at the site, and the time at each door (formats, section 2).
    orders_a_trip
        A trip takes at most this many orders.
    leg_max_s
        No ride between two doors of a trip is longer.
    margin_s
        Nobody joins a trip who would bring an order of it closer than this to its promise; orders that are late
        even if they go first do not count.
    hold_slack_s
        A trip that could still take more waits for them until its least time to spare falls to this.
    """

    tick_s: int = 30
    loading_s: int = 60
    service_s: int = 120
    orders_a_trip: int = 5
    leg_max_s: int = 420
    margin_s: int = 180
    hold_slack_s: int = 480
