"""Facts about picking and riding."""

from typing import Literal

from msgspec import Struct

from doorstep.base.ids import CourierId, LotId, OrderId, PickerId, SkuId, TripId, WaveId
from doorstep.model.facts.base import Fact
from doorstep.model.goods import Parcel


class WaveStarted(Fact, frozen=True, kw_only=True):
    """A picker set out with one or more orders; `expected_s` is how long that should take."""

    wave: WaveId
    picker: PickerId
    orders: tuple[OrderId, ...]
    lines: int
    expected_s: int


class LinePicked(Fact, frozen=True, kw_only=True):
    """
    Goods of one lot went from the shelf into a bag.

    `held` was set aside of this lot for this line, `amount` was taken; the rest is on sale again. `amount` is 0 where
    earlier lots weighed enough.
    """

    order: OrderId
    line: int
    picker: PickerId
    lot: LotId
    held: int
    amount: int


class LineMissed(Fact, frozen=True, kw_only=True):
    """What was set aside could not be taken: it was not there, or the lot is blocked. It counts as shelf again."""

    order: OrderId
    line: int
    lot: LotId
    held: int
    cause: Literal["not_found", "blocked"]


class LineSwapped(Fact, frozen=True, kw_only=True):
    """
    Something alike stands in for what is missing; the dearer thing is never charged.

    The same sku from another lot is a swap too: `sku` is then the line's own.
    """

    order: OrderId
    line: int
    sku: SkuId
    amount: int
    price_fen: int
    held: tuple[Parcel, ...]
    cause: Literal["not_found", "blocked"]


class LineDropped(Fact, frozen=True, kw_only=True):
    """A line, or the rest of one, will not come and is not charged."""

    order: OrderId
    line: int
    cause: Literal["not_found", "blocked"]


class WaveEnded(Fact, frozen=True, kw_only=True):
    """The picker is free again."""

    wave: WaveId
    picker: PickerId


Leaves = Literal["at_once", "due", "full", "no_company", "kernel_failed", "scarce", "cheaper"]


class TripReason(Struct, frozen=True, array_like=True):
    """
    Why this trip now.

    `couriers_free` = how many could have gone, `slack_s` = the least time to spare of its orders at its doors,
    `left_waiting` = ready orders that did not come along, `leaves` = why it did not wait any longer.
    """

    couriers_free: int
    slack_s: int
    left_waiting: int
    leaves: Leaves


class TripPlanned(Fact, frozen=True, kw_only=True):
    """A courier is given orders in a sequence; `etas_at_s` are the expected ends of service at each door."""

    trip: TripId
    courier: CourierId
    orders: tuple[OrderId, ...]
    etas_at_s: tuple[int, ...]
    back_at_s: int
    why: TripReason


class TripDeparted(Fact, frozen=True, kw_only=True):
    """The courier rides off."""

    trip: TripId
    courier: CourierId


class CourierArrived(Fact, frozen=True, kw_only=True):
    """The courier stands at the door of an order."""

    order: OrderId
    trip: TripId


class TripEnded(Fact, frozen=True, kw_only=True):
    """The courier is back at the site with an empty box."""

    trip: TripId
    courier: CourierId
