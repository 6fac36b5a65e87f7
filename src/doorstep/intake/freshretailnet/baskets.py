"""From packs an hour to shoppers with baskets: each pack in exactly one line, one line a sku and order."""

from collections.abc import Mapping, Sequence
from math import ceil, log
from typing import Final

from msgspec import Struct

from doorstep.base.chance import Chance
from doorstep.base.ids import OrderId, ShopperId, SkuId
from doorstep.base.units import HOUR_S, Zone
from doorstep.intake.freshretailnet.fill import Asked
from doorstep.intake.freshretailnet.sales import HOURS
from doorstep.intake.points import Spot
from doorstep.model.day import Visit
from doorstep.model.goods import Sku
from doorstep.model.orders import Basket, Drop, Wanted

ROOM_ML: Final[dict[Zone, int]] = {"ambient": 90_000, "chilled": 36_000, "frozen": 18_000}
"""A basket fills at most nine tenths of a courier's box in each zone."""


class BasketParams(Struct, frozen=True, kw_only=True):
    """
    How baskets are made.

    Parameters
    ----------
    packs_mean
        Packs a basket, in the mean: 6. The file holds a part of what a store sells (20 to 160 of some 2,000 skus), so
        a basket here is the part of a real one that the file knows.
    packs_a_line
        Nobody takes more of one sku at once: 3.
    two_bp
        How often a line takes two packs where one would do: a fifth, as in the built-in day.
    shoppers_a_point
        Shoppers at one delivery point: 40 households.
    """

    packs_mean: int = 6
    packs_a_line: int = 3
    two_bp: int = 2_000
    shoppers_a_point: int = 40


class _Cart:
    """One basket while it is filled."""

    __slots__ = ("lines", "room_ml", "weight")

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.lines: dict[SkuId, int] = {}
        self.room_ml = dict(ROOM_ML)

    def takes(self, sku: Sku, packs: int) -> bool:
        """Put packs of a sku in, unless it has some already or they do not fit."""
        needs_ml = sku.ml(packs)
        if sku.sku in self.lines or self.room_ml[sku.zone] < needs_ml:
            return False
        self.lines[sku.sku] = packs
        self.room_ml[sku.zone] -= needs_ml
        return True


def visits(
    asked: Asked,
    skus: Mapping[SkuId, Sku],
    points: Sequence[Spot],
    *,
    midnight_s: int,
    chance: Chance,
    params: BasketParams,
) -> tuple[Visit, ...]:
    """
    Group what is asked for in each hour into baskets.

    Parameters
    ----------
    points
        Where shoppers live, at least one; each basket comes from one of them, all alike.

    Returns
    -------
    Visits in order of time, each at a random second of its hour. For every sku and hour their lines sum to exactly
    what is asked for.

    Notes
    -----
    An hour has about one basket per `packs_mean` packs, of uneven size; a line goes to a basket that has none of its
    sku and room for it, or else opens a new one.
    """
    assert points, "shoppers live somewhere"
    made: list[tuple[int, int, _Cart]] = []
    for hour in range(HOURS):
        draw = chance.child("hour", hour)
        for n, cart in enumerate(_carts(hour, asked, skus, draw, params)):
            made.append((midnight_s + hour * HOUR_S + draw.child("second", n).below(HOUR_S), len(made), cart))
    made.sort(key=lambda x: x[:2])
    width = max(4, len(str(len(made))))
    return tuple(
        Visit(
            at_s=at_s,
            basket=_basket(OrderId(f"O{number:0{width}d}"), cart, points, chance.child("who", made_as), params=params),
        )
        for number, (at_s, made_as, cart) in enumerate(made, start=1)
    )


def _carts(hour: int, asked: Asked, skus: Mapping[SkuId, Sku], chance: Chance, params: BasketParams) -> list[_Cart]:
    packs = {sku: hours[hour] for sku, hours in asked.asked.items() if hours[hour]}
    if not packs:
        return []
    least = max(ceil(x / params.packs_a_line) for x in packs.values())
    count = max(least, round(sum(packs.values()) / params.packs_mean), 1)
    sizes = chance.child("size")
    carts = [_Cart(2.718281828 ** (0.5 * sizes.normal())) for _ in range(count)]
    for sku in sorted(packs, key=lambda x: (-packs[x], x)):
        draw = chance.child("sku", sku)
        waiting = _lines(packs[sku], len(carts), draw, params)
        # Exponential keys: the larger a basket, the sooner its turn, and none has two.
        turn = sorted(range(len(carts)), key=lambda n: (-log(1 - draw.uniform()) / carts[n].weight, n))
        for n in turn:
            if waiting and carts[n].takes(skus[sku], waiting[-1]):
                waiting.pop()
        for x in waiting:
            carts.append(_Cart(1.0))
            assert carts[-1].takes(skus[sku], x), "a few packs fit an empty box: larger ones are not borrowed"
    return [x for x in carts if x.lines]


def _lines(packs: int, carts: int, chance: Chance, params: BasketParams) -> list[int]:
    """Cut packs into lines of one or two, or of more where there are fewer baskets than that would need."""
    lines: list[int] = []
    left = packs
    while left:
        take = min(left, 1 + chance.happens(params.two_bp))
        lines.append(take)
        left -= take
    if len(lines) > carts:
        whole, more = divmod(packs, carts)
        lines = [whole + (n < more) for n in range(carts)]
    return lines


def _basket(order: OrderId, cart: _Cart, points: Sequence[Spot], chance: Chance, *, params: BasketParams) -> Basket:
    point = points[chance.below(len(points))]
    drop: Drop = ("door", "shelf", "locker")[chance.weighted((55, 80, 100))]
    return Basket(
        order=order,
        shopper=ShopperId(f"{point.name}-{chance.below(params.shoppers_a_point) + 1:02d}"),
        at=point.place,
        drop=drop,
        lines=tuple(Wanted(line, sku, packs) for line, (sku, packs) in enumerate(cart.lines.items(), start=1)),
    )
