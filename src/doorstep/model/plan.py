"""A planning moment of one site and a plan for it (formats, section 5)."""

from typing import Annotated

from msgspec import Meta, Struct, field

from doorstep.base.ids import CourierId, OrderId
from doorstep.model.dispatch import DayRules
from doorstep.model.people import CourierKind, Place

Millilitres = Annotated[int, Meta(ge=0, le=10_000_000)]
Instant = Annotated[int, Meta(ge=0, le=10_000_000_000)]
LatE6 = Annotated[int, Meta(ge=-90_000_000, le=90_000_000)]
LngE6 = Annotated[int, Meta(ge=-180_000_000, le=180_000_000)]


class SnapshotPlace(Struct, frozen=True, kw_only=True):
    """Where the site is."""

    lat_e6: LatE6
    lng_e6: LngE6

    @property
    def place(self) -> Place:
        """The position."""
        return Place(self.lat_e6, self.lng_e6)


class SnapshotCourier(Struct, frozen=True, kw_only=True):
    """
    A courier: when back at the site (or on shift), when the shift ends, the box by zone, the speed.

    Parameters
    ----------
    break_from_at_s, break_to_at_s, break_s
        A break still to be had, that begins at the site within the window, and its length; length 0: none.
    range_m
        The most metres a trip may ride; None: as many as it takes.
    carried
        Orders carried today so far.
    """

    courier: CourierId
    free_at_s: Instant
    off_at_s: Instant
    ambient_ml: Millilitres
    chilled_ml: Millilitres
    frozen_ml: Millilitres
    speed_mm_s: Annotated[int, Meta(ge=1, le=100_000)]
    kind: CourierKind = "ebike"
    break_from_at_s: Instant = 0
    break_to_at_s: Instant = 0
    break_s: Annotated[int, Meta(ge=0, le=86_400)] = 0
    range_m: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    carried: Annotated[int, Meta(ge=0, le=10_000)] = 0


class SnapshotOrder(Struct, frozen=True, kw_only=True):
    """
    An order: when it is packed, what is promised, where it goes, the room it takes by zone.

    Parameters
    ----------
    kinds
        The only kinds of courier that may go there; none named: any.
    announced_at_s
        The handover that the shopper was shown; None: nothing yet.
    """

    order: OrderId
    ready_at_s: Instant
    promised_at_s: Instant
    lat_e6: LatE6
    lng_e6: LngE6
    ambient_ml: Millilitres
    chilled_ml: Millilitres
    frozen_ml: Millilitres
    kinds: tuple[CourierKind, ...] = ()
    announced_at_s: Instant | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """What one site knows at `now_s`: orders to bring, couriers to bring them, what time costs."""

    now_s: Instant
    site: SnapshotPlace
    params: DayRules = field(default_factory=DayRules)
    couriers: tuple[SnapshotCourier, ...]
    orders: tuple[SnapshotOrder, ...]


class PlannedTrip(Struct, frozen=True, kw_only=True):
    """A courier rides off at `depart_at_s`, loading done, and visits the orders in this sequence."""

    courier: CourierId
    depart_at_s: Instant
    orders: tuple[OrderId, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """A plan for a snapshot; trips of one courier by departure."""

    trips: tuple[PlannedTrip, ...]
