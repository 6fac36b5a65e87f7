"""A dispatch day: orders that are ready by a given instant, couriers, and what time costs."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from doorstep.base.ids import OrderId, ShopperId, SiteId
from doorstep.model.orders import Drop
from doorstep.model.people import Courier, Place, Site

Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class Travel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How places are joined: straight, times a detour in thousandths (formats, section 2)."""

    kind: Literal["straight"] = "straight"
    detour_e3: Annotated[int, Meta(ge=1, le=100_000)] = 1_350


class DayRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What time a dispatch day takes and what it costs (formats, section 2).

    Parameters
    ----------
    service_s, loading_s
        Time at each door, and to load the box at the site.
    late_fixed_s, late_per_s
        What a late order costs, in seconds: once, and for each second late.
    overtime_per_s
        What a second costs that a courier returns after the shift, in seconds.
    """

    travel: Travel = field(default_factory=Travel)
    service_s: Seconds = 120
    loading_s: Seconds = 60
    late_fixed_s: Seconds = 600
    late_per_s: Seconds = 2
    overtime_per_s: Seconds = 1


class ReadyOrder(Struct, frozen=True, kw_only=True):
    """An order as dispatch sees it: when it is packed, what is promised, the room it takes in each zone of a box."""

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


class DispatchDay(Struct, frozen=True, kw_only=True):
    """One site's day of bringing: when orders are ready is given, who brings them is not. Orders by `placed_at_s`."""

    seed: int
    date: str
    tz: str
    site: Site
    couriers: tuple[Courier, ...]
    orders: tuple[ReadyOrder, ...]
    rules: DayRules
