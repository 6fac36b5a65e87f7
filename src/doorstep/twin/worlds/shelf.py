"""The built-in catalogue, and what lies on the shelf of an ordinary morning."""

import csv
from collections.abc import Sequence
from importlib.resources import files
from math import sqrt

from msgspec import Struct, convert

from doorstep.base.chance import Chance
from doorstep.base.ids import LotId, SiteId
from doorstep.base.units import DAY_S, HOUR_S
from doorstep.model.goods import Lot, Sku

WEIGHED_MEAN_G = 500
"""Mean of a weighed line: 500 g, the customary jin."""


class Listed(Struct, frozen=True):
    """A sku of the catalogue with its popularity: a weight, larger for what more order lines ask for."""

    sku: Sku
    popularity: int


def catalogue() -> tuple[Listed, ...]:
    """
    Read the 2,000 skus that come with the project.

    Everyday produce and groceries of Shanghai in 2020: names, weights, volumes, prices and lives are estimates made
    for this project; popularity is set so that an order brings 1.0 kg of vegetables and 0.3 kg of pork (the city's
    figures of spring 2020).
    """
    text = files("doorstep.twin.worlds").joinpath("skus.csv").read_text("utf-8")
    return tuple(
        Listed(convert({x: row[x] for x in Sku.__struct_fields__}, Sku, strict=False), int(row["popularity"]))
        for row in csv.DictReader(text.splitlines())
    )


def morning_lots(
    listed: Sequence[Listed], *, site: SiteId, lines: int, opens_at_s: int, chance: Chance
) -> tuple[Lot, ...]:
    """
    Fill the shelf for a day.

    Parameters
    ----------
    lines
        Order lines expected today.

    Returns
    -------
    For each sku up to three lots: of what lives for days what was left yesterday (nearer to its sell-by), what came in
    the night, and of chilled goods that sell what comes on the noon truck. Together about a fifth more
    than is expected to sell, more for what sells little: ordered by a simple cover rule, not by a forecast.
    """
    total = sum(x.popularity for x in listed)
    lots: list[Lot] = []
    for x in listed:
        draw = chance.child(x.sku.sku)
        amount_a_line = WEIGHED_MEAN_G if x.sku.sold_by == "g" else 1.2
        expected = lines * x.popularity / total * amount_a_line
        cover = expected * (1.10 + 0.25 * draw.uniform()) + _safety(x.sku, expected)
        days = 1 if x.sku.life_s <= 4 * DAY_S else min(5, x.sku.life_s // (4 * DAY_S))
        kept = 0.35 if 2 * DAY_S <= x.sku.life_s <= 30 * DAY_S else 0.0
        noon = 0.35 if x.sku.zone == "chilled" and x.popularity * 400 > total else 0.0
        for part, share, arrives_at_s, age_s in (
            ("a", kept, opens_at_s - HOUR_S, min(DAY_S, x.sku.life_s // 4)),
            ("b", 1 - kept - noon, opens_at_s - HOUR_S, 0),
            ("c", noon, opens_at_s + 6 * HOUR_S, 0),
        ):
            amount = _whole(cover * days * share, x.sku)
            if amount:
                life_s = x.sku.life_s - age_s - draw.below(max(1, x.sku.life_s // 20))
                lots.append(
                    Lot(
                        lot=LotId(f"L{x.sku.sku[1:]}{part}"),
                        sku=x.sku.sku,
                        site=site,
                        supplier=_supplier(x.sku, part),
                        arrives_at_s=arrives_at_s,
                        sell_by_s=arrives_at_s + life_s,
                        amount=amount,
                    )
                )
    return tuple(lots)


def _safety(sku: Sku, expected: float) -> float:
    """Two standard deviations of a Poisson demand, in packs or in pieces of the mean weight."""
    piece = WEIGHED_MEAN_G if sku.sold_by == "g" else 1
    return 2 * piece * sqrt(max(0.5, expected / piece))


def _whole(amount: float, sku: Sku) -> int:
    return round(amount / 100) * 100 if sku.sold_by == "g" else round(amount)


def _supplier(sku: Sku, part: str) -> str:
    """Goods of a category come from one of three suppliers, named by number; the noon truck is one of its own."""
    turn = int(sku.sku[1:]) % 3 + 1
    return f"noon-{sku.category}" if part == "c" else f"{sku.category}-{turn}"
