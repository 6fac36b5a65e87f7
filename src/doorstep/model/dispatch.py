"""A dispatch day: orders that are ready by a given instant, couriers, and what time costs."""

from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from doorstep.base.ids import OrderId, ShopperId, SiteId
from doorstep.model.orders import Drop
from doorstep.model.people import Courier, CourierKind, Place, Site

Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class Slice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From an instant on every ride takes so many 10,000ths of what it takes on free streets, rounded half up."""

    from_at_s: Annotated[int, Meta(ge=0, le=10_000_000_000)]
    slower_bp: Annotated[int, Meta(ge=10_000, le=100_000)]


class Travel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How places are joined: straight, times a detour in thousandths (formats, section 2).

    Parameters
    ----------
    slices
        Times of the day at which rides take longer, by `from_at_s`; which one holds for a trip is decided when it
        rides off.
    """

    kind: Literal["straight"] = "straight"
    detour_e3: Annotated[int, Meta(ge=1, le=100_000)] = 1_350
    slices: tuple[Slice, ...] = ()

    def __post_init__(self) -> None:
        """Refuse slices that do not follow each other."""
        if any(a.from_at_s >= b.from_at_s for a, b in pairwise(self.slices)):
            raise ValueError("slices follow each other: each from_at_s is later than the one before")


class DayRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What time a dispatch day takes and what it costs (formats, section 2; what it does not name is free here).

    Parameters
    ----------
    service_s, loading_s
        Time at each door, and to load the box at the site.
    late_fixed_s, late_per_s
        What a late order costs, in seconds: once, and for each second late.
    overtime_per_s
        What a second costs that a courier returns after the shift, in seconds.
    grace_s, steep_per_s
        What each second costs that an order is late beyond the grace, on top, in seconds.
    moved_per_s, tolerance_s
        What planning pays for each second that a shown arrival moves beyond the tolerance; no part of a day's cost.
    unfair_s
        What each order costs that a courier carries above an equal share of the day, in seconds.
    chilled_on_board_s, frozen_on_board_s
        The most seconds that an order with chilled or frozen goods may take from riding off until it is handed over;
        0: no limit.
    """

    travel: Travel = field(default_factory=Travel)
    service_s: Seconds = 120
    loading_s: Seconds = 60
    late_fixed_s: Seconds = 600
    late_per_s: Seconds = 2
    overtime_per_s: Seconds = 1
    grace_s: Seconds = 0
    steep_per_s: Seconds = 0
    moved_per_s: Seconds = 0
    tolerance_s: Seconds = 300
    unfair_s: Seconds = 0
    chilled_on_board_s: Seconds = 0
    frozen_on_board_s: Seconds = 0

    def on_board_s(self, *, chilled_ml: int, frozen_ml: int) -> int | None:
        """Tell how long such an order may be on board, seconds; None where nothing limits it."""
        caps = ((self.chilled_on_board_s, chilled_ml), (self.frozen_on_board_s, frozen_ml))
        return min((cap for cap, ml in caps if cap and ml), default=None)


class ReadyOrder(Struct, frozen=True, kw_only=True):
    """
    An order as dispatch sees it: when it is packed, what is promised, the room it takes in each zone of a box.

    Parameters
    ----------
    kinds
        The only kinds of courier that may go there; none named: any.
    """

    order: OrderId
    site: SiteId
    shopper: ShopperId
    placed_at_s: int
    at: Place
    drop: Drop
    ready_at_s: int
    promised_at_s: int
    ambient_ml: int
    chilled_ml: int
    frozen_ml: int
    kinds: tuple[CourierKind, ...] = ()


class DispatchDay(Struct, frozen=True, kw_only=True):
    """One site's day of bringing: when orders are ready is given, who brings them is not. Orders by `placed_at_s`."""

    seed: int
    date: str
    tz: str
    site: Site
    couriers: tuple[Courier, ...]
    orders: tuple[ReadyOrder, ...]
    rules: DayRules
