"""Read an operator's orders through a mapping."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from doorstep.base.calendar import parsed
from doorstep.base.errors import BadFile, BadInput
from doorstep.base.ids import OrderId, ShopperId, SiteId, SkuId
from doorstep.intake.datum import to_wgs84
from doorstep.intake.dayfolder.cells import PLAIN, RULES
from doorstep.intake.dayfolder.orders import DROPS, LINES, MOST_LINE, ORDERS, READY_COLUMNS, SWAPS
from doorstep.intake.dayfolder.people import BOX_ML, FIRST_S, LAST_S
from doorstep.intake.orders.mapping import Mapped, Source
from doorstep.intake.orders.workbook import any_sheet
from doorstep.intake.sheet import DECIMAL, Line
from doorstep.intake.summary import Summary
from doorstep.model.orders import Drop, Swap, Wanted
from doorstep.model.people import Place

Word = TypeVar("Word", bound=str)
SHOWN: Final = 60


class Bought(Struct, frozen=True, kw_only=True):
    """
    An order as the operator's table has it.

    Parameters
    ----------
    ready
        `ready_at_s`, `promised_at_s`, and the room it takes in the three zones (ml); empty where they are not mapped.
    lines
        In the order of the table; each sku once.
    """

    order: OrderId
    site: SiteId
    shopper: ShopperId
    placed_at_s: int
    at: Place
    drop: Drop
    ready: tuple[int, ...]
    lines: tuple[Wanted, ...]


def read_bought(path: Path, mapped: Mapped) -> tuple[tuple[Bought, ...], Summary]:
    """
    Read a table of orders.

    Returns
    -------
    The orders as they come first in the table, and what was done.

    Raises
    ------
    BadFile
        A cell that cannot be read right, an order whose rows say different things.
    BadInput
        The file is of no kind that is read, or every row is skipped.

    Notes
    -----
    With lines mapped, each row is a line and the rows of an order need not stand together; without, each row is an
    order. Lines of one sku in one order are joined. Positions and volumes are rounded, amounts never.
    """
    sheet = any_sheet(path, columns=mapped.columns(), sheet=mapped.file.sheet)
    reader = _Reader(mapped)
    skipped: Counter[str] = Counter()
    rows = 0
    for line in sheet.rows():
        rows += 1
        reason = next((x for x, texts in mapped.skip.items() if line.text(x) in texts), None)
        if reason is not None:
            skipped[f"rows whose {reason} is {line.text(reason)}"] += 1
            continue
        reader.take(line)
    orders = reader.orders()
    if not orders:
        raise BadInput(f"{path} holds no order" + (" that is not skipped; see [skip] of the mapping" if rows else ""))
    return orders, Summary(
        reader="orders",
        source=str(path),
        files=(ORDERS, LINES) if mapped.lines else (ORDERS,),
        counts={
            "rows": rows,
            "orders": len(orders),
            "lines": sum(len(x.lines) for x in orders),
            "sites": len({x.site for x in orders}),
            "skus": len({y.sku for x in orders for y in x.lines}),
        },
        dropped={**dict(sorted(skipped.items())), "lines joined to an earlier line of the same sku": reader.joined},
        assumed=tuple(_sentences(mapped)),
    )


def _sentences(mapped: Mapped) -> list[str]:
    said = [f"{x} is {y.constant} everywhere" for x, y in mapped.orders.items() if y.constant is not None]
    said += [f"{x} is {y.constant} everywhere" for x, y in mapped.lines.items() if y.constant is not None]
    if "shopper" not in mapped.orders:
        said.append("each order is a shopper's of its own; none is mapped")
    if "drop" not in mapped.orders:
        said.append("orders are left at the door; no drop is mapped")
    if mapped.lines and "swap" not in mapped.lines:
        said.append("nothing may be swapped; no swap is mapped")
    if mapped.lines and "line" not in mapped.lines:
        said.append("lines are numbered as they come")
    said.append("positions are GCJ-02, turned into WGS-84" if mapped.file.datum == "gcj02" else "positions are WGS-84")
    return said


class _Reader:
    """The orders so far."""

    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped
        self._texts: dict[OrderId, tuple[str, ...]] = {}
        self._heads: dict[OrderId, Bought] = {}
        self._lines: dict[OrderId, dict[SkuId, Wanted]] = {}
        self.joined = 0

    def take(self, line: Line) -> None:
        """Read one row."""
        cells = _Cells(line, self._mapped.orders, self._mapped)
        order = OrderId(cells.label("order"))
        texts = cells.texts()
        if order not in self._heads:
            self._heads[order] = self._head(order, cells)
            self._texts[order] = texts
            self._lines[order] = {}
        elif not self._mapped.lines:
            raise cells.bad("order", "stands in an earlier row already; map [lines] if a row is a line")
        elif texts != self._texts[order]:
            self._compare(self._head(order, cells), cells)
        if self._mapped.lines:
            self._add(order, _Cells(line, self._mapped.lines, self._mapped))

    def orders(self) -> tuple[Bought, ...]:
        """Put heads and lines together."""
        return tuple(
            Bought(
                order=x.order,
                site=x.site,
                shopper=x.shopper,
                placed_at_s=x.placed_at_s,
                at=x.at,
                drop=x.drop,
                ready=x.ready,
                lines=tuple(self._lines[order].values()),
            )
            for order, x in self._heads.items()
        )

    def _head(self, order: OrderId, cells: "_Cells") -> Bought:
        mapped = self._mapped
        placed_at_s = cells.instant("placed_at_s")
        ready: list[int] = []
        for x in READY_COLUMNS if "ready_at_s" in mapped.orders else ():
            ready.append(cells.instant(x) if x.endswith("_at_s") else cells.rounded(x, least=0, most=BOX_ML))
            if x.endswith("_at_s") and ready[-1] < placed_at_s:
                raise cells.bad(x, f"is before the order was placed, at {placed_at_s} in epoch seconds")
        return Bought(
            order=order,
            site=SiteId(cells.label("site")),
            shopper=ShopperId(cells.label("shopper") if "shopper" in mapped.orders else order),
            placed_at_s=placed_at_s,
            at=to_wgs84(cells.place(), mapped.file.datum),
            drop=cells.word("drop", DROPS) if "drop" in mapped.orders else "door",
            ready=tuple(ready),
            lines=(),
        )

    def _compare(self, again: Bought, cells: "_Cells") -> None:
        first = self._heads[again.order]
        for ours in ("site", "shopper", "placed_at_s", "at", "drop", "ready"):
            if getattr(first, ours) != getattr(again, ours):
                column = {"at": "lat_e6", "ready": "ready_at_s"}.get(ours, ours)
                what = f"is another than in the first row of order {again.order}; an order's rows must agree"
                raise cells.bad(column, what)

    def _add(self, order: OrderId, cells: "_Cells") -> None:
        lines = self._lines[order]
        sku = SkuId(cells.label("sku"))
        amount = cells.exact("amount", least=1, most=MOST_LINE)
        swap: Swap = cells.word("swap", SWAPS) if "swap" in self._mapped.lines else "no"
        first = lines.get(sku)
        if first is not None:
            if first.swap != swap:
                raise cells.bad("swap", f"is another than in the first line of {sku} in order {order}; say one thing")
            if first.amount + amount > MOST_LINE:
                raise cells.bad("amount", f"makes more than {MOST_LINE} of {sku} in order {order}")
            self.joined += 1
            lines[sku] = Wanted(first.line, sku, first.amount + amount, swap)
            return
        number = len(lines) + 1
        if "line" in self._mapped.lines:
            number = cells.exact("line", least=1, most=10**6)
            if any(x.line == number for x in lines.values()):
                raise cells.bad("line", f"stands twice in order {order}; each line needs a number of its own")
        lines[sku] = Wanted(number, sku, amount, swap)


class _Cells:
    """One row seen through the mapping: each method reads one of our columns, or raises naming theirs."""

    __slots__ = ("_line", "_mapped", "_sources")

    def __init__(self, line: Line, sources: Mapping[str, Source], mapped: Mapped) -> None:
        self._line, self._sources, self._mapped = line, sources, mapped

    def texts(self) -> tuple[str, ...]:
        return tuple(self._text(x) for x in self._sources)

    def _text(self, ours: str) -> str:
        source = self._sources[ours]
        return self._line.text(source.column) if source.column is not None else str(source.constant)

    def bad(self, ours: str, what: str) -> BadFile:
        source = self._sources[ours]
        if source.column is not None:
            return self._line.bad(source.column, f"as {ours}: {what}")
        constant = str(source.constant)[:SHOWN]
        return BadFile(str(self._mapped.path), column=f"{ours}.constant", value=constant, what=what)

    def label(self, ours: str) -> str:
        text = self._text(ours).strip(" ")
        if PLAIN.fullmatch(text):
            return text
        raise self.bad(ours, RULES if text else "is empty; write a name, or skip such rows")

    def word(self, ours: str, known: Sequence[Word]) -> Word:
        text = self._text(ours)
        said = self._sources[ours].words.get(text, text)
        for x in known:
            if x == said:
                return x
        raise self.bad(ours, f"is none of {', '.join(known)}; give it a meaning in `words`")

    def exact(self, ours: str, *, least: int, most: int) -> int:
        value = self._number(ours)
        if value != value.to_integral_value():
            raise self.bad(ours, f"makes {value:.9g}, which is not whole; correct it or the factor")
        return self._within(ours, int(value), least, most)

    def rounded(self, ours: str, *, least: int, most: int) -> int:
        value = self._number(ours).to_integral_value(rounding=ROUND_HALF_UP)
        return self._within(ours, int(value), least, most)

    def instant(self, ours: str) -> int:
        source, text = self._sources[ours], self._text(ours).strip()
        if source.format in ("epoch_s", "epoch_ms"):
            seconds = self._number(ours) / (1000 if source.format == "epoch_ms" else 1)
            return self._within(ours, int(seconds // 1), FIRST_S, LAST_S)
        assert source.format is not None, "the mapping was checked: an instant has its format"
        try:
            at_s = parsed(text, form=source.format, tz=source.tz or self._mapped.file.tz)
        except BadInput as error:
            raise self.bad(ours, f'{error}; a real date of a workbook or Parquet file reads as "iso"') from error
        return self._within(ours, at_s, FIRST_S, LAST_S)

    def place(self) -> Place:
        lat_e6 = self.rounded("lat_e6", least=-(10**10), most=10**10)
        lng_e6 = self.rounded("lng_e6", least=-(10**10), most=10**10)
        if abs(lat_e6) > 90_000_000 and abs(lng_e6) <= 90_000_000:
            raise self.bad("lat_e6", f"is no latitude; the columns of lat_e6 and lng_e6 ({lng_e6}) look swapped")
        for ours, value, most in (("lat_e6", lat_e6, 90_000_000), ("lng_e6", lng_e6, 180_000_000)):
            if abs(value) > most:
                raise self.bad(ours, "is off the earth; micro-degrees are degrees with factor = 1000000")
        if abs(lat_e6) <= 180 and abs(lng_e6) <= 180:
            raise self.bad("lat_e6", "looks like degrees; add factor = 1000000, or skip rows without a position")
        return Place(lat_e6, lng_e6)

    def _number(self, ours: str) -> Decimal:
        text = self._text(ours).strip()
        if len(text) > SHOWN or not DECIMAL.fullmatch(text):
            raise self.bad(
                ours, "is empty; write a number" if not text else "is no number; write digits, such as 12.5"
            )
        factor = self._sources[ours].factor
        value = Decimal(text) * (1 if factor is None else Decimal(str(factor)))
        if abs(value) >= 10**15:
            raise self.bad(ours, "is far too large")
        return value

    def _within(self, ours: str, value: int, least: int, most: int) -> int:
        if not least <= value <= most:
            raise self.bad(ours, f"makes {value}, which must lie between {least} and {most}")
        return value
