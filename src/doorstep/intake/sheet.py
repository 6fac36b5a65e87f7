"""A table of somebody else's making, cell by cell: comma or tab separated, or what a workbook held, all as text."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Final

from doorstep.base.errors import BadFile
from doorstep.intake.dayfolder.cells import PLAIN, RULES
from doorstep.intake.dayfolder.table import Table
from doorstep.intake.opened import text_of
from doorstep.model.people import Place

DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
SHOWN = 60
"""Characters of a wrong value that a sentence shows."""

Rows = Iterable[tuple[int, Sequence[str]]]


class Sheet:
    """
    Named columns and numbered rows of text.

    Parameters
    ----------
    path
        The file, for errors.
    names
        Its columns, each once.
    rows
        Gives the rows, each with its number (1 = first after the header) and as many cells as there are names.
    """

    def __init__(self, path: Path, names: Sequence[str], rows: Callable[[], Rows]) -> None:
        self.path, self.names, self._rows = path, tuple(names), rows
        self.at = {x: n for n, x in enumerate(self.names)}
        for n, x in enumerate(self.names):
            if self.at[x] != n:
                raise self.bad(column=x, what="the header names this column twice; keep one")

    def need(self, *columns: str) -> None:
        """Refuse the file where one of these columns is missing."""
        for x in columns:
            if x not in self.at:
                there = ", ".join(self.names)[:200]
                raise self.bad(column=x, what=f"the column is missing; the header has {there}")

    def rows(self) -> Iterator["Line"]:
        """Read row by row."""
        return (Line(self, number, cells) for number, cells in self._rows())

    def bad(self, *, what: str, row: int = 0, column: str = "", value: str = "") -> BadFile:
        """Make the error that names a place of this file."""
        shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
        return BadFile(str(self.path), row=row, column=column, value=shown, what=what)


class Line:
    """One row: each method reads a cell, or raises the `BadFile` that names it."""

    __slots__ = ("_cells", "_sheet", "number")

    def __init__(self, sheet: Sheet, number: int, cells: Sequence[str]) -> None:
        self._sheet, self.number, self._cells = sheet, number, cells

    def text(self, column: str) -> str:
        """Return a cell as it stands."""
        return self._cells[self._sheet.at[column]]

    def bad(self, column: str, what: str) -> BadFile:
        """Make the error that names this cell."""
        return self._sheet.bad(row=self.number, column=column, value=self.text(column), what=what)

    def label(self, column: str) -> str:
        """Read an id: some characters, none of them invisible, no blanks around them."""
        text = self.text(column)
        if PLAIN.fullmatch(text) and text == text.strip():
            return text
        raise self.bad(column, RULES if text.strip() else "is empty; write a name")

    def new(self, column: str, there: Collection[str]) -> str:
        """Read an id that no row before had."""
        label = self.label(column)
        if label in there:
            raise self.bad(column, "stands in an earlier row already; each may stand once")
        return label

    def known(self, column: str, there: Collection[str], *, where: str) -> str:
        """Read an id that another file defines."""
        label = self.label(column)
        if label not in there:
            raise self.bad(column, f"is not in {where}; add it there or correct it here")
        return label

    def whole(self, column: str, *, least: int, most: int) -> int:
        """Read an integer from `least` to `most`, both possible."""
        text = self.text(column)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise self.bad(column, "is no whole number; write digits only, such as 12")
        value = int(text)
        if not least <= value <= most:
            raise self.bad(column, f"must lie between {least} and {most}")
        return value

    def decimal(self, column: str) -> Decimal:
        """Read a number, exactly as it is written."""
        text = self.text(column)
        if len(text) > SHOWN or not DECIMAL.fullmatch(text):
            raise self.bad(column, "is no number; write digits with a decimal point, such as 12.5")
        return Decimal(text)

    def minutes(self, column: str) -> int:
        """Read a clock, ``HH:MM``, as minutes of the day."""
        found = CLOCK.fullmatch(self.text(column))
        if not found:
            raise self.bad(column, "is no clock; write HH:MM, 00:00 to 23:59")
        return 60 * int(found[1]) + int(found[2])

    def place(self, lat: str, lng: str) -> Place:
        """Read a position in degrees, rounded to micro-degrees."""
        at = Place(self._micro(lat), self._micro(lng))
        if abs(at.lat_e6) > 90_000_000 and abs(at.lng_e6) <= 90_000_000:
            raise self.bad(lat, f"is no latitude; {lat} and {lng} look swapped")
        for column, value, most in ((lat, at.lat_e6, 90_000_000), (lng, at.lng_e6, 180_000_000)):
            if abs(value) > most:
                raise self.bad(column, "is off the earth; write degrees, such as 31.193")
        if at == Place(0, 0):
            raise self.bad(lat, "is the sea off Africa: no position was known; correct it or take the row out")
        return at

    def _micro(self, column: str) -> int:
        value = self.decimal(column)
        if abs(value) > 1_000:
            raise self.bad(column, "is off the earth; write degrees, such as 31.193")
        return int((value * 1_000_000).to_integral_value(rounding=ROUND_HALF_EVEN))


def comma_sheet(path: Path) -> Sheet:
    """
    Read a CSV file, RFC 4180, as strictly as the files of a day folder.

    Raises
    ------
    BadFile
        It cannot be read right; rows are looked at when they are asked for.
    """
    refuse_missing(path)
    names = Table(path, needed=()).names
    if len(names) < 2:
        raise BadFile(str(path), value=names[0][:SHOWN], what="has one column only; separate columns by commas")
    return Sheet(path, names, Table(path, needed=names).cells)


def refuse_missing(path: Path) -> None:
    """Refuse what is not there, or is no plain file, or empty."""
    if not path.is_file():
        raise BadFile(str(path), what="is not there, or is no file; name a file that exists")
    if not path.stat().st_size:
        raise BadFile(str(path), what="is empty; its first line names the columns")


def tab_sheet(path: Path) -> Sheet:
    """
    Read a tab-separated file: no quoting, one row a line.

    Raises
    ------
    BadFile
        It cannot be read, or a row has other fields than the header.
    """
    header, *lines = text_of(path).removesuffix("\n").split("\n")
    names = header.split("\t")
    rows = [(number, line.split("\t")) for number, line in enumerate(lines, start=1)]
    for number, cells in rows:
        if len(cells) != len(names):
            what = f"the row has {len(cells)} fields, the header {len(names)}; separate them by single tabs"
            raise BadFile(str(path), row=number, what=what)
    return Sheet(path, names, lambda: rows)
