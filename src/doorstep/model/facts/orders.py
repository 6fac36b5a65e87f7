"""Facts about baskets, promises and orders, also those that came to nothing."""

from typing import Literal

from doorstep.base.ids import ClaimId, CourierId, LotId, OrderId, ShopperId, SkuId, TripId
from doorstep.model.facts.base import Fact
from doorstep.model.goods import Parcel
from doorstep.model.orders import Drop, PromiseReason, Taken, Wanted
from doorstep.model.people import Place

RefusedCause = Literal["closed", "below_minimum", "nothing_left", "too_large", "no_promise", "short", "lapsed"]


class BasketRefused(Fact, frozen=True, kw_only=True):
    """
    We could not sell: demand that a forecast must know about.

    `lost_fen` is what the basket was worth at list prices.
    """

    order: OrderId
    shopper: ShopperId
    cause: RefusedCause
    lines: tuple[Wanted, ...]
    lost_fen: int


class Quoted(Fact, frozen=True, kw_only=True):
    """
    A price and a promise, valid until `lapses_at_s`; until then it holds capacity, but no goods.

    `missing` are the wanted lines (of `lines`) that the shelf cannot fill now. `est_fen` is the most that can be
    charged, weighed goods at their heaviest, fee included.
    """

    order: OrderId
    shopper: ShopperId
    at: Place
    drop: Drop
    lines: tuple[Wanted, ...]
    goods_fen: int
    fee_fen: int
    est_fen: int
    promised_at_s: int
    p_kept_bp: int
    why: PromiseReason
    lapses_at_s: int
    missing: tuple[int, ...] = ()


class BasketAbandoned(Fact, frozen=True, kw_only=True):
    """The shopper saw the quote and left; `cause` is what weighed most."""

    order: OrderId
    cause: Literal["promise", "missing", "price", "other"]
    lost_fen: int


class QuoteLapsed(Fact, frozen=True, kw_only=True):
    """Nobody answered in time: the capacity is free again."""

    order: OrderId


class OrderPlaced(Fact, frozen=True, kw_only=True):
    """Goods are set aside, lot by lot; the order waits for its payment until `pay_by_s`."""

    order: OrderId
    key: str
    lines: tuple[Taken, ...]
    fee_fen: int
    est_fen: int
    pay_by_s: int
    short: tuple[int, ...] = ()


class OrderCancelled(Fact, frozen=True, kw_only=True):
    """An order ends before the door; what was set aside is on the shelf again."""

    order: OrderId
    cause: Literal["declined", "unpaid", "nothing_left"]
    held: tuple[Parcel, ...] = ()


class OrderPacked(Fact, frozen=True, kw_only=True):
    """
    Picked, weighed, bagged: ready.

    `due_fen` is what the shopper pays at the weights that were weighed. Volumes by zone decide the box.
    """

    order: OrderId
    goods: tuple[Parcel, ...]
    due_fen: int
    ambient_ml: int = 0
    chilled_ml: int = 0
    frozen_ml: int = 0


class OrderLoaded(Fact, frozen=True, kw_only=True):
    """The bags are in a courier's box."""

    order: OrderId
    trip: TripId
    courier: CourierId
    goods: tuple[Parcel, ...]


class OrderHandedOver(Fact, frozen=True, kw_only=True):
    """
    The order reached its door, shelf or locker.

    `code` opens a locker or finds the bag on a shared shelf. `kept_back` are goods of a lot recalled on the way:
    the courier brings them back. `drop` may differ from what was asked for where that place was full.
    """

    order: OrderId
    trip: TripId
    courier: CourierId
    drop: Drop
    goods: tuple[Parcel, ...]
    pay_fen: int
    kept_back: tuple[Parcel, ...] = ()
    late_s: int = 0
    code: str = ""


class DropCollected(Fact, frozen=True, kw_only=True):
    """The shopper took the bags out of the locker or off the shared shelf: the place is free."""

    order: OrderId


class ShopperTold(Fact, frozen=True, kw_only=True):
    """A shopper was told about something that went wrong."""

    order: OrderId
    about: Literal["recall", "late"]
    lot: LotId | None = None
    sku: SkuId | None = None


class ClaimMade(Fact, frozen=True, kw_only=True):
    """A shopper says that something of a delivered order was not right."""

    claim: ClaimId
    order: OrderId
    line: int
    reason: Literal["bruised", "missing", "wrong", "weight"]


class ClaimRefused(Fact, frozen=True, kw_only=True):
    """The record does not bear the claim out."""

    claim: ClaimId
    order: OrderId
    cause: Literal["no_such_line", "not_delivered", "already_refunded", "too_late"]
