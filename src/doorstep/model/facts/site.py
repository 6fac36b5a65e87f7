"""Facts about the site, its people and what it has on offer."""

from typing import Any, Literal

from msgspec import field

from doorstep.base.ids import CourierId, PickerId, SkuId
from doorstep.base.units import SoldBy, Zone
from doorstep.model.day import Assumption
from doorstep.model.facts.base import Fact
from doorstep.model.people import CourierKind


class SiteOpened(Fact, frozen=True, kw_only=True):
    """
    The day begins.

    `locker_doors` and `shelf_places` are the shared places for contactless handover; `params` the numbers in force
    that differ from their defaults, by room; `assumptions` what the day's records did not hold; `roads` the SHA-256 of
    the map that couriers go by, empty where they ride straight.
    """

    date: str
    tz: str
    seed: int
    lat_e6: int
    lng_e6: int
    opens_at_s: int
    closes_at_s: int
    locker_doors: int
    shelf_places: int
    assumptions: tuple[Assumption, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    roads: str = ""


class SkuListed(Fact, frozen=True, kw_only=True):
    """A sku is on sale today; the fields are those of `Sku`."""

    sku: SkuId
    name_zh: str
    name_en: str
    category: str
    zone: Zone
    sold_by: SoldBy
    unit_g: int
    unit_ml: int
    price_fen: int
    cost_fen: int
    life_s: int
    min_life_s: int
    swap_group: str
    aisle: int = 0


class SkuPriced(Fact, frozen=True, kw_only=True):
    """The price of a sku changes from now on, per pack or per kilogram."""

    sku: SkuId
    price_fen: int
    was_fen: int


class PickerRostered(Fact, frozen=True, kw_only=True):
    """A picker is planned for a shift today."""

    picker: PickerId
    on_at_s: int
    off_at_s: int


class CourierRostered(Fact, frozen=True, kw_only=True):
    """
    A courier is planned for a shift today; volumes of the box by zone.

    A break of `break_s` begins within its window, if there is one; `range_m` is the most that a trip may ride.
    """

    courier: CourierId
    kind: CourierKind
    on_at_s: int
    off_at_s: int
    ambient_ml: int
    chilled_ml: int
    frozen_ml: int
    speed_mm_s: int
    break_from_at_s: int = 0
    break_to_at_s: int = 0
    break_s: int = 0
    range_m: int | None = None


class PickerStarted(Fact, frozen=True, kw_only=True):
    """A picker came to work."""

    picker: PickerId


class CourierStarted(Fact, frozen=True, kw_only=True):
    """A courier came to work and stands at the site."""

    courier: CourierId


class PickerEnded(Fact, frozen=True, kw_only=True):
    """A picker went home."""

    picker: PickerId


class CourierEnded(Fact, frozen=True, kw_only=True):
    """A courier went home."""

    courier: CourierId


class BreakStarted(Fact, frozen=True, kw_only=True):
    """A courier began the break of the shift, at the site."""

    courier: CourierId
    until_at_s: int


class BreakEnded(Fact, frozen=True, kw_only=True):
    """A courier is back from the break and stands at the site."""

    courier: CourierId


class WorkerMissing(Fact, frozen=True, kw_only=True):
    """Someone planned for a shift did not come."""

    role: Literal["picker", "courier"]
    worker: str


class SiteClosed(Fact, frozen=True, kw_only=True):
    """The day is over: every order terminal, every hold released, the books balanced."""
