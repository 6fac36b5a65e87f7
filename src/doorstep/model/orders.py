"""What a shopper asks for and what we answered: baskets, lines, quotes."""

from typing import Literal

from msgspec import Struct

from doorstep.base.ids import OrderId, ShopperId, SkuId
from doorstep.model.goods import Parcel
from doorstep.model.people import Place

Drop = Literal["door", "shelf", "locker"]
Swap = Literal["no", "group"]


class Wanted(Struct, frozen=True, array_like=True):
    """One thing a shopper asks for: packs, or grams of what is weighed; `swap` says whether a like thing will do."""

    line: int
    sku: SkuId
    amount: int
    swap: Swap = "no"


class Basket(Struct, frozen=True, kw_only=True):
    """Everything one shopper asks for at once, and where it should go. `order` is its name for life."""

    order: OrderId
    shopper: ShopperId
    at: Place
    drop: Drop
    lines: tuple[Wanted, ...]


class PlaceOrder(Struct, frozen=True, kw_only=True):
    """The command to buy what was quoted. The same `key` twice is the same order once."""

    key: str
    order: OrderId


class Taken(Struct, frozen=True, array_like=True):
    """
    One line of a placed order.

    `amount` is what the shopper bought, `held` the lots set aside for it (for weighed goods up to the heaviest
    piece that may be charged), `price_fen` per pack or per kilogram.
    """

    line: int
    sku: SkuId
    amount: int
    price_fen: int
    swap: Swap
    held: tuple[Parcel, ...]


class PromiseReason(Struct, frozen=True, array_like=True):
    """Why this promise: what is expected to happen between the click and the door, all in seconds, and its spread."""

    queue_s: int
    pick_s: int
    wait_s: int
    ride_s: int
    spread_s: int
