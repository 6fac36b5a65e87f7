"""The built-in catalogue."""

import csv
from importlib.resources import files
from typing import Final

from msgspec import Struct, convert

from doorstep.base.units import DAY_S
from doorstep.model.goods import Sku

WEIGHED_MEAN_G: Final = 500
"""Mean of a weighed line: 500 g, the customary jin."""
PACKS_A_LINE: Final = 1.2
"""Mean of a line in packs: a fifth takes two."""


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


def cover_days(sku: Sku) -> int:
    """For how many days a sku is laid in: what keeps for four days comes daily, what keeps longer less often."""
    return 1 if sku.life_s <= 4 * DAY_S else min(5, sku.life_s // (4 * DAY_S))
