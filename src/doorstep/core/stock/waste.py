"""What is thrown when the day closes."""

from collections.abc import Mapping

from doorstep.base.ids import SkuId
from doorstep.base.units import goods_fen
from doorstep.core.stock.params import StockParams
from doorstep.core.stock.shelf import Shelf
from doorstep.model.facts.goods import LotWasted
from doorstep.model.goods import Sku


def write_off(shelf: Shelf, skus: Mapping[SkuId, Sku], *, now_s: int, params: StockParams) -> tuple[LotWasted, ...]:
    """
    Throw what cannot be sold tomorrow.

    Returns
    -------
    One fact for each lot that is blocked, or whose life at the first doorstep of tomorrow would be below the
    sku's minimum; in order of lot id, at cost.
    """
    tomorrow_s = now_s + params.tomorrow_s
    facts = []
    for lot in sorted(shelf.lots.values(), key=lambda x: x.lot):
        sku = skus[lot.sku]
        expired = lot.sell_by_s - sku.min_life_s < tomorrow_s
        if lot.free and (lot.blocked or expired):
            facts.append(
                LotWasted(
                    lot=lot.lot,
                    sku=lot.sku,
                    amount=lot.free,
                    cost_fen=goods_fen(lot.free, price_fen=sku.cost_fen, sold_by=sku.sold_by),
                    cause="blocked" if lot.blocked else "expired",
                )
            )
    return tuple(facts)
