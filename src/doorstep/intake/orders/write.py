"""Write `orders.csv` and `lines.csv` of a day folder."""

from collections.abc import Sequence
from pathlib import Path

from doorstep.intake.dayfolder.orders import LINE_COLUMNS, LINES, ORDER_COLUMNS, ORDERS, READY_COLUMNS
from doorstep.intake.dispatch import write_table
from doorstep.intake.orders.read import Bought


def write_bought(orders: Sequence[Bought], folder: Path) -> None:
    """Write the tables into a folder that exists; without lines there is no `lines.csv`."""
    ready = READY_COLUMNS if orders and orders[0].ready else ()
    rows = ((x.order, x.site, x.shopper, x.placed_at_s, x.at.lat_e6, x.at.lng_e6, x.drop, *x.ready) for x in orders)
    write_table(folder / ORDERS, (*ORDER_COLUMNS, *ready), rows)
    if any(x.lines for x in orders):
        lines = ((x.order, y.line, y.sku, y.amount, y.swap) for x in orders for y in x.lines)
        write_table(folder / LINES, LINE_COLUMNS, lines)
