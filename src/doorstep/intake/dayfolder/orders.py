"""`orders.csv`, `lines.csv`: what shoppers ask for, where and when."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from doorstep.base.errors import BadFile
from doorstep.base.ids import OrderId, ShopperId, SiteId, SkuId
from doorstep.intake.dayfolder.goods import SKUS
from doorstep.intake.dayfolder.people import BOX_COLUMNS, BOX_ML, KINDS, near, read_place, site_of
from doorstep.intake.dayfolder.table import Row, Table
from doorstep.model.day import Visit
from doorstep.model.dispatch import ReadyOrder
from doorstep.model.orders import Basket, Drop, Swap, Wanted
from doorstep.model.people import CourierKind, Place, Site

ORDERS, LINES = "orders.csv", "lines.csv"
ORDER_COLUMNS: Final = ("order", "site", "shopper", "placed_at_s", "lat_e6", "lng_e6", "drop")
READY_COLUMNS: Final = ("ready_at_s", "promised_at_s", *BOX_COLUMNS)
KINDS_COLUMN: Final = "kinds"
LINE_COLUMNS: Final = ("order", "line", "sku", "amount", "swap")
DROPS: Final[tuple[Drop, ...]] = ("door", "shelf", "locker")
SWAPS: Final[tuple[Swap, ...]] = ("no", "group")
MOST_LINE: Final = 10**6  # a tonne: nobody carries more to a door


class Asked(Struct, frozen=True, kw_only=True):
    """An order without its lines; `ready` where the file says when it is packed."""

    order: OrderId
    site: SiteId
    shopper: ShopperId
    placed_at_s: int
    at: Place
    drop: Drop
    ready: ReadyOrder | None


def is_dispatch(folder: Path) -> bool:
    """Whether the orders say when they are ready, and there are no lines that would have to be picked."""
    return not (folder / LINES).exists() and set(READY_COLUMNS) <= set(Table(folder / ORDERS, needed=()).names)


def read_orders(folder: Path, sites: Mapping[SiteId, Site], *, ready: bool) -> dict[OrderId, Asked]:
    """
    Read all orders, of every site, in the order of the file.

    Parameters
    ----------
    ready
        Whether the columns that a dispatch day needs must be there. Where one of them is, all must be.
    """
    path = folder / ORDERS
    names = set(Table(path, needed=()).names)
    given = ready or bool(set(READY_COLUMNS) & names)
    if KINDS_COLUMN in names and not given:
        what = "is for dispatch days: in a whole day everybody may go to every door; leave the column out"
        raise BadFile(str(path), column=KINDS_COLUMN, what=what)
    needed = (*ORDER_COLUMNS, *READY_COLUMNS) if given else ORDER_COLUMNS
    table = Table(path, needed=needed, optional=(KINDS_COLUMN,) if given else ())
    orders: dict[OrderId, Asked] = {}
    for row in table.rows():
        order = OrderId(row.new("order", orders))
        orders[order] = _asked(row, order, site_of(row, sites), given=given)
    return orders


def _asked(row: Row, order: OrderId, site: Site, *, given: bool) -> Asked:
    shopper = ShopperId(row.label("shopper"))
    placed_at_s = near(row, "placed_at_s", site)
    if not site.opens_at_s <= placed_at_s < site.closes_at_s:
        what = f"{site.site} is open from {site.opens_at_s} to before {site.closes_at_s}; correct it or the hours"
        raise row.bad("placed_at_s", what)
    at, drop = read_place(row, site=site), row.word("drop", DROPS)
    ready = None
    if given:
        ready_at_s, promised_at_s = near(row, "ready_at_s", site), near(row, "promised_at_s", site)
        for name, at_s in (("ready_at_s", ready_at_s), ("promised_at_s", promised_at_s)):
            if at_s < placed_at_s:
                raise row.bad(name, f"must not be before placed_at_s, {placed_at_s}")
        ambient_ml, chilled_ml, frozen_ml = (row.whole(x, least=0, most=BOX_ML) for x in BOX_COLUMNS)
        ready = ReadyOrder(
            order=order,
            site=site.site,
            shopper=shopper,
            placed_at_s=placed_at_s,
            at=at,
            drop=drop,
            ready_at_s=ready_at_s,
            promised_at_s=promised_at_s,
            ambient_ml=ambient_ml,
            chilled_ml=chilled_ml,
            frozen_ml=frozen_ml,
            kinds=_kinds(row),
        )
    return Asked(order=order, site=site.site, shopper=shopper, placed_at_s=placed_at_s, at=at, drop=drop, ready=ready)


def _kinds(row: Row) -> tuple[CourierKind, ...]:
    """Read which kinds of courier may go there: words with blanks between them; empty: any."""
    if not row.filled(KINDS_COLUMN):
        return ()
    words = row.raw(KINDS_COLUMN).split()
    if not words or len(set(words)) < len(words) or not set(words) <= set(KINDS):
        raise row.bad(KINDS_COLUMN, f"must name kinds out of {', '.join(KINDS)}, each once with a blank between")
    return tuple(x for x in KINDS if x in words)


def read_visits(
    folder: Path, orders: Mapping[OrderId, Asked], skus: Collection[SkuId], site: Site
) -> tuple[Visit, ...]:
    """
    Read the lines of all orders and make one site's visits, by `placed_at_s`, ties in the order of the file.

    Raises
    ------
    BadFile
        A line of no order or no sku, two lines of an order alike, an order without lines.

    Notes
    -----
    O(lines): about 2 µs a line, since what stands in many rows (skus, small numbers, words) is read once.
    """
    lines = read_lines(folder, orders, skus)
    for number, order in enumerate(orders, start=1):
        if not lines[order]:
            what = f"has no line in {LINES}; add one, or take the order out"
            raise BadFile(str(folder / ORDERS), row=number, column="order", value=order, what=what)
    asked = sorted((x for x in orders.values() if x.site == site.site), key=lambda x: x.placed_at_s)
    return tuple(
        Visit(
            at_s=x.placed_at_s,
            basket=Basket(order=x.order, shopper=x.shopper, at=x.at, drop=x.drop, lines=tuple(lines[x.order])),
        )
        for x in asked
    )


def read_lines(folder: Path, orders: Collection[OrderId], skus: Collection[SkuId]) -> dict[OrderId, list[Wanted]]:
    """Read the lines of each order, in the order of the file."""
    table = Table(folder / LINES, needed=LINE_COLUMNS)
    lines: dict[OrderId, list[Wanted]] = {x: [] for x in orders}
    # What begins with an apostrophe may be guarded, so it is not what it looks like: it is read with care.
    by_text: dict[str, list[Wanted]] = {x: y for x, y in lines.items() if x[0] != "'"}
    sku_of: dict[str, SkuId] = {x: x for x in skus if x[0] != "'"}
    numbers: dict[str, int] = {}
    amounts: dict[str, int] = {}
    swaps: dict[str, Swap] = {}
    for row_number, cells in table.cells():
        order, line, sku, amount, swap = cells
        try:
            by_text[order].append(Wanted(numbers[line], sku_of[sku], amounts[amount], swaps[swap]))
        except KeyError:  # seen for the first time, or wrong: read with care, once
            row = Row(table, row_number, cells)
            by_text[order] = lines[OrderId(row.known("order", lines, file=ORDERS))]
            numbers[line] = row.whole("line", least=1, most=10**6)
            sku_of[sku] = SkuId(row.known("sku", skus, file=SKUS))
            amounts[amount] = row.whole("amount", least=1, most=MOST_LINE)
            swaps[swap] = row.word("swap", SWAPS)
            by_text[order].append(Wanted(numbers[line], sku_of[sku], amounts[amount], swaps[swap]))
    for order_id, wanted in lines.items():
        if len({x.line for x in wanted}) < len(wanted) or len({x.sku for x in wanted}) < len(wanted):
            raise _alike(table, order_id)
    return lines


def _alike(table: Table, order: OrderId) -> BadFile:
    """Find the second of two lines that are alike, reading once more."""
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows():
        if row.label("order") != order:
            continue
        for column in ("line", "sku"):
            place = (column, row.raw(column))
            if place in seen:
                what = f"order {order} has it in row {seen[place]} already; give the line its own, or join the two"
                return row.bad(column, what)
            seen[place] = row.number
    raise AssertionError("two lines were alike, yet none is the second")
