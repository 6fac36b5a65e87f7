"""Numbers of the history room."""

from msgspec import Struct

from doorstep.base.units import HOUR_S


class HistoryParams(Struct, frozen=True, kw_only=True):
    """
    What counts as an empty shelf.

    Parameters
    ----------
    ahead_s
        A lot is sellable while it would still have the sku's minimum life at a doorstep this much later: one hour, as
        the shop looks ahead (`order.shelf_ahead_s`). A journal that names another number is read with that.
    """

    ahead_s: int = HOUR_S
