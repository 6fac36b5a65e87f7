"""What a basket costs, and whether we can sell it at all."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from doorstep.base.ids import SkuId
from doorstep.base.units import ONE_BP, ZONES, half_up
from doorstep.core.order.params import OrderParams
from doorstep.model.facts.orders import BasketRefused, Quoted, RefusedCause
from doorstep.model.goods import Sku
from doorstep.model.orders import Basket, PromiseReason, Wanted


class Priced(Struct, frozen=True, kw_only=True):
    """A basket with its price: lines that can be had now, those that cannot, and fen."""

    can_have: tuple[Wanted, ...]
    missing: tuple[int, ...]
    goods_fen: int
    fee_fen: int
    est_fen: int


def most(sku: Sku, amount: int, params: OrderParams) -> int:
    """Return the most that may be charged of a line: for weighed goods a little more than was ordered."""
    return amount if sku.sold_by == "pack" else half_up(amount * (ONE_BP + params.weigh_over_bp), ONE_BP)


def price_basket(
    basket: Basket,
    *,
    skus: Mapping[SkuId, Sku],
    free_of: Callable[[SkuId], int],
    can_carry: Callable[[tuple[int, int, int]], bool],
    closed: bool,
    params: OrderParams,
) -> Priced | BasketRefused:
    """
    Price what a shopper asks for.

    Parameters
    ----------
    basket
        Lines of known skus, one line a sku, amounts at least 1.
    free_of
        How much of a sku could still reach a doorstep with its minimum life, packs or grams.
    can_carry
        Whether some courier of today has room for these volumes, ml by zone (ambient, chilled, frozen).
    closed
        True when the site takes no orders now.

    Returns
    -------
    `Priced`; or `BasketRefused` with the first cause that holds: closed, nothing left, below the minimum basket,
    too large for a box.
    """
    can_have = tuple(x for x in basket.lines if free_of(x.sku) >= most(skus[x.sku], x.amount, params))
    goods = sum(skus[x.sku].fen(x.amount) for x in can_have)
    cause: RefusedCause | None = None
    if closed:
        cause = "closed"
    elif not can_have:
        cause = "nothing_left"
    elif goods < params.min_basket_fen:
        cause = "below_minimum"
    elif not can_carry(_largest_ml(can_have, skus, params)):
        cause = "too_large"
    if cause:
        return refuse(basket, cause, skus=skus)
    fee = 0 if goods >= params.free_delivery_fen else params.delivery_fee_fen
    kept = {x.line for x in can_have}
    return Priced(
        can_have=can_have,
        missing=tuple(x.line for x in basket.lines if x.line not in kept),
        goods_fen=goods,
        fee_fen=fee,
        est_fen=fee + sum(skus[x.sku].fen(most(skus[x.sku], x.amount, params)) for x in can_have),
    )


def refuse(basket: Basket, cause: RefusedCause, *, skus: Mapping[SkuId, Sku]) -> BasketRefused:
    """Turn a basket away and remember what it was worth."""
    return BasketRefused(
        order=basket.order,
        shopper=basket.shopper,
        cause=cause,
        lines=basket.lines,
        lost_fen=sum(skus[x.sku].fen(x.amount) for x in basket.lines),
    )


def quote(
    basket: Basket,
    priced: Priced,
    *,
    promised_at_s: int,
    p_kept_bp: int,
    why: PromiseReason,
    now_s: int,
    params: OrderParams,
) -> Quoted:
    """Put price and promise together into what the shopper sees."""
    return Quoted(
        order=basket.order,
        shopper=basket.shopper,
        at=basket.at,
        drop=basket.drop,
        lines=basket.lines,
        missing=priced.missing,
        goods_fen=priced.goods_fen,
        fee_fen=priced.fee_fen,
        est_fen=priced.est_fen,
        promised_at_s=promised_at_s,
        p_kept_bp=p_kept_bp,
        why=why,
        lapses_at_s=now_s + params.quote_valid_s,
    )


def _largest_ml(lines: tuple[Wanted, ...], skus: Mapping[SkuId, Sku], params: OrderParams) -> tuple[int, int, int]:
    """Volume by zone with weighed goods at their heaviest."""
    ml = dict.fromkeys(ZONES, 0)
    for x in lines:
        ml[skus[x.sku].zone] += skus[x.sku].ml(most(skus[x.sku], x.amount, params))
    return ml["ambient"], ml["chilled"], ml["frozen"]
