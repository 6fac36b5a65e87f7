"""Goods: what is sold, the lots it comes in, and parcels of a lot."""

from msgspec import Struct

from doorstep.base.ids import LotId, SiteId, SkuId
from doorstep.base.units import SoldBy, Zone, goods_fen, goods_per_unit


class Sku(Struct, frozen=True, kw_only=True):
    """
    One thing on sale.

    `price_fen`, `cost_fen`, `unit_g` and `unit_ml` are per pack, or per kilogram where `sold_by` is ``"g"``.
    `life_s` is the life a lot has when it arrives in order; `min_life_s` what must be left at the doorstep.
    """

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

    def fen(self, amount: int) -> int:
        """Price of `amount` at today's list price, in fen."""
        return goods_fen(amount, price_fen=self.price_fen, sold_by=self.sold_by)

    def grams(self, amount: int) -> int:
        """Mass of `amount`, in g."""
        return amount if self.sold_by == "g" else amount * self.unit_g

    def ml(self, amount: int) -> int:
        """Volume of `amount`, in ml."""
        return goods_per_unit(amount, per_unit=self.unit_ml, sold_by=self.sold_by)


class Lot(Struct, frozen=True, kw_only=True):
    """Goods of one sku that arrive at one site together and expire together, as the supplier announces them."""

    lot: LotId
    sku: SkuId
    site: SiteId
    supplier: str
    arrives_at_s: int
    sell_by_s: int
    amount: int


class Parcel(Struct, frozen=True, array_like=True):
    """Some of one lot: packs, or grams of what is weighed."""

    lot: LotId
    amount: int
