"""Numbers of the stock room."""

from msgspec import Struct

from doorstep.base.units import HOUR_S


class StockParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How the shelf is kept.

    Parameters
    ----------
    count_every_s
        Seconds between two cycle counts of a part of the shelf; one hour, as sites count by section each shift.
    count_lots
        Lots counted at a time; 120 takes one person about 20 minutes at 10 s a lot.
    tomorrow_s
        Seconds from the close to the first doorstep of tomorrow; a lot that cannot reach it with its minimum life
        is written off. 9 hours: closing at 22:00, first delivery at 07:00.
    """

    count_every_s: int = HOUR_S
    count_lots: int = 120
    tomorrow_s: int = 9 * HOUR_S
