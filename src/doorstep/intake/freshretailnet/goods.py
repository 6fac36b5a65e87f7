"""Skus and lots of a real day: what the sales file does not hold is borrowed from the built-in catalogue."""

from collections.abc import Mapping, Sequence
from typing import Final

from doorstep.base.chance import Chance
from doorstep.base.errors import BadInput
from doorstep.base.ids import LotId, SiteId, SkuId
from doorstep.base.units import HOUR_S
from doorstep.intake.freshretailnet.fill import Asked
from doorstep.intake.freshretailnet.sales import HOURS, Series
from doorstep.model.day import Event
from doorstep.model.goods import Lot, Sku

EARLY_S: Final = 1_800
"""What is there in the morning comes half an hour before the site opens."""
LEAST_LIFE_S: Final = 30 * HOUR_S
"""A row is borrowed only if it can be sold for so long: a lot of midnight must last until the last doorstep."""
LARGEST_ML: Final = 4_000
"""… and only if a few of its packs fit a courier's box."""
SPARE_BP: Final = 2_000
SPARE_PACKS: Final = 2
"""Where the record never runs empty, a fifth more than is asked for and two packs lie on the shelf."""
LEAST_DISCOUNT: Final = 0.1


def borrowed(ranking: Sequence[SkuId], rows: Sequence[tuple[Sku, int]], chance: Chance) -> dict[SkuId, Sku]:
    """
    Give every sku of a file a row of a catalogue to borrow price, life, zone and size from.

    Parameters
    ----------
    ranking
        Every sku of the file, the one that sells most in front.
    rows
        The catalogue: skus with their popularity.

    Returns
    -------
    A row each. Rows are drawn without return, those in packs that live and fit long enough; the more popular ones go
    to the skus that sell more. The same file and seed give a sku the same row at every store and on every date.

    Raises
    ------
    BadInput
        The file has more skus than the catalogue has rows that fit.
    """
    fit = [x for x in rows if _fits(x[0])]
    if len(ranking) > len(fit):
        raise BadInput(f"the file has {len(ranking)} products, more than the {len(fit)} rows there are to borrow from")
    drawn = sorted(fit, key=lambda x: chance.child(x[0].sku).uniform())[: len(ranking)]
    drawn.sort(key=lambda x: (-x[1], x[0].sku))
    return {sku: row for sku, (row, _) in zip(ranking, drawn, strict=True)}


def named(series: Series, row: Sku) -> Sku:
    """Make a sku of a series and its borrowed row; nothing is alike, so that nothing stands in for it."""
    group = f"{series.first}-{series.second}" if series.second else series.first or "?"
    return Sku(
        sku=series.sku,
        name_zh=f"品类 {group} 商品 {series.sku}",
        name_en=f"Category {group} product {series.sku}",
        category=f"category-{series.first or '?'}",
        zone=row.zone,
        sold_by="pack",
        unit_g=row.unit_g,
        unit_ml=row.unit_ml,
        price_fen=row.price_fen,
        cost_fen=row.cost_fen,
        life_s=row.life_s,
        min_life_s=row.min_life_s,
        swap_group=f"only-{series.sku}",
        aisle=row.aisle,
    )


def discounts(series: Sequence[Series], skus: Mapping[SkuId, Sku], date: str, *, at_s: int) -> tuple[Event, ...]:
    """Set the day's prices before the site opens: list price times the recorded discount, a tenth to the whole."""
    events = []
    for x in series:
        part = min(max(x.days[date].discount, LEAST_DISCOUNT), 1.0)
        was_fen = skus[x.sku].price_fen
        price_fen = max(1, round(was_fen * part))
        if price_fen != was_fen:
            events.append(Event(at_s=at_s, kind="price", subject=x.sku, value=price_fen))
    return tuple(events)


def lots(
    asked: Asked, skus: Mapping[SkuId, Sku], *, site: SiteId, midnight_s: int, opens_at_s: int
) -> tuple[Lot, ...]:
    """
    Fill the shelf so that it runs empty when the record does.

    Returns
    -------
    A lot for each stretch of hours in stock, there when it begins. One that ends in a stock-out holds exactly what
    is asked for until then and what was still sold in the hour in which it ran out; one that lasts to the end of the
    day a fifth and two packs more. What was sold in the midst of a stock-out gets a small lot of its own. Lots of the
    first hour come before the site opens.
    """
    found: list[Lot] = []
    for sku, hours in asked.asked.items():
        empty, sold = asked.empty[sku], asked.sold[sku]
        for start, end in _stretches(empty, sold):
            last = end == HOURS and not empty[HOURS - 1]
            supply = sum(sold[x] if empty[x] else hours[x] for x in range(start, end))
            amount = supply + (-(-supply * SPARE_BP // 10_000) + SPARE_PACKS if last else 0)
            if not amount:
                continue
            arrives_at_s = midnight_s + start * HOUR_S
            if arrives_at_s <= opens_at_s:
                arrives_at_s = opens_at_s - EARLY_S
            found.append(
                Lot(
                    lot=LotId(f"L{sku}-{start:02d}"),
                    sku=sku,
                    site=site,
                    supplier=f"{skus[sku].zone}-{skus[sku].category}",
                    arrives_at_s=arrives_at_s,
                    sell_by_s=arrives_at_s + skus[sku].life_s,
                    amount=amount,
                )
            )
    return tuple(found)


def _stretches(empty: Sequence[bool], sold: Sequence[int]) -> list[tuple[int, int]]:
    """Find from which hour to before which each delivery lasts: a run in stock and the hour after, or a lone sale."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for hour in range(HOURS):
        if not empty[hour]:
            start = hour if start is None else start
        elif start is not None or sold[hour]:
            found.append((hour if start is None else start, hour + 1))
            start = None
    if start is not None:
        found.append((start, HOURS))
    return found


def _fits(sku: Sku) -> bool:
    return sku.sold_by == "pack" and sku.life_s - sku.min_life_s >= LEAST_LIFE_S and sku.unit_ml <= LARGEST_ML
