"""`skus.csv`, `lots.csv`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from doorstep.base.ids import LotId, SiteId, SkuId
from doorstep.base.units import DAY_S, GRAMS_PER_KG, ZONES, SoldBy
from doorstep.intake.dayfolder.people import FIRST_S, LAST_S, NEAR_S, site_of
from doorstep.intake.dayfolder.table import Row, Table
from doorstep.model.goods import Lot, Sku
from doorstep.model.people import Site

SKUS, LOTS = "skus.csv", "lots.csv"
SKU_COLUMNS: Final = tuple(x for x in Sku.__struct_fields__ if x != "aisle")
LOT_COLUMNS: Final = Lot.__struct_fields__
SOLD_BY: Final[tuple[SoldBy, ...]] = ("pack", "g")

MOST_FEN: Final = 10**7  # 100,000 yuan a pack or kilogram
MOST_G: Final = 10**6
MOST_ML: Final = 10**7
MOST_LIFE_S: Final = 20 * 366 * DAY_S
MOST_LOT: Final = 10**9  # 1,000 t: no lot of a neighbourhood is larger


def read_skus(folder: Path) -> dict[SkuId, Sku]:
    """Read what is on sale."""
    table = Table(folder / SKUS, needed=SKU_COLUMNS, optional=("aisle",))
    skus: dict[SkuId, Sku] = {}
    for row in table.rows():
        sku = SkuId(row.new("sku", skus))
        skus[sku] = _sku(row, sku, aisled=table.has("aisle"))
    if not skus:
        raise table.bad(what="holds no row; a day needs something on sale")
    return skus


def _sku(row: Row, sku: SkuId, *, aisled: bool) -> Sku:
    sold_by = row.word("sold_by", SOLD_BY)
    unit_g = row.whole("unit_g", least=1, most=MOST_G)
    if sold_by == "g" and unit_g != GRAMS_PER_KG:
        raise row.bad("unit_g", "must be 1000 where sold_by is g: it is per kilogram")
    life_s = row.whole("life_s", least=1, most=MOST_LIFE_S)
    min_life_s = row.whole("min_life_s", least=0, most=MOST_LIFE_S)
    if min_life_s >= life_s:
        raise row.bad("min_life_s", f"must be below life_s, {life_s}, or it could never be sold")
    return Sku(
        sku=sku,
        name_zh=row.name("name_zh"),
        name_en=row.name("name_en"),
        category=row.label("category"),
        zone=row.word("zone", ZONES),
        sold_by=sold_by,
        unit_g=unit_g,
        unit_ml=row.whole("unit_ml", least=1, most=MOST_ML),
        price_fen=row.whole("price_fen", least=0, most=MOST_FEN),
        cost_fen=row.whole("cost_fen", least=0, most=MOST_FEN),
        life_s=life_s,
        min_life_s=min_life_s,
        swap_group=row.label("swap_group"),
        aisle=row.whole("aisle", least=0, most=10**6) if aisled else 0,
    )


def read_lots(folder: Path, skus: Mapping[SkuId, Sku], sites: Mapping[SiteId, Site]) -> dict[LotId, Lot]:
    """Read all lots, of every site."""
    lots: dict[LotId, Lot] = {}
    for row in Table(folder / LOTS, needed=LOT_COLUMNS).rows():
        lot = LotId(row.new("lot", lots))
        sku = SkuId(row.known("sku", skus, file=SKUS))
        site = site_of(row, sites)
        arrives_at_s = row.whole("arrives_at_s", least=FIRST_S, most=site.closes_at_s + NEAR_S)
        sell_by_s = row.whole("sell_by_s", least=FIRST_S, most=LAST_S)
        if sell_by_s <= arrives_at_s:
            raise row.bad("sell_by_s", f"must be after arrives_at_s, {arrives_at_s}")
        lots[lot] = Lot(
            lot=lot,
            sku=sku,
            site=site.site,
            supplier=row.label("supplier"),
            arrives_at_s=arrives_at_s,
            sell_by_s=sell_by_s,
            amount=row.whole("amount", least=1, most=MOST_LOT),
        )
    return lots
