"""Closing the bags of an order: it is ready."""

from collections.abc import Mapping, Sequence

from doorstep.base.ids import OrderId, SkuId
from doorstep.base.units import ZONES
from doorstep.model.facts.orders import OrderCancelled, OrderPacked
from doorstep.model.goods import Parcel, Sku


def pack(
    order: OrderId,
    *,
    bag: Sequence[tuple[SkuId, int]],
    goods: tuple[Parcel, ...],
    due_fen: int,
    skus: Mapping[SkuId, Sku],
) -> OrderPacked | OrderCancelled:
    """
    Make an order ready.

    Parameters
    ----------
    bag
        Sku and amount of everything that was picked; `goods` is the same by lot.
    due_fen
        What it costs at the weights that were weighed.

    Returns
    -------
    `OrderPacked` with its volume by zone; or `OrderCancelled` where nothing at all could be picked.
    """
    if not goods:
        return OrderCancelled(order=order, cause="nothing_left")
    ml = dict.fromkeys(ZONES, 0)
    for sku, amount in bag:
        ml[skus[sku].zone] += skus[sku].ml(amount)
    return OrderPacked(
        order=order,
        goods=goods,
        due_fen=due_fen,
        ambient_ml=ml["ambient"],
        chilled_ml=ml["chilled"],
        frozen_ml=ml["frozen"],
    )
