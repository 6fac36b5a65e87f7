"""A CSV file read strictly: UTF-8, one header, whole rows; and its rows, cell by cell."""

import csv
from collections.abc import Collection, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NoReturn, TypeVar

from doorstep.base.errors import BadFile
from doorstep.intake.dayfolder.cells import CONTROL, PLAIN, RULES, no_whole, unguarded, unsaid

Word = TypeVar("Word", bound=str)
SHOWN = 60
"""Characters of a wrong value that a sentence shows."""


class Table:
    """
    One CSV file of a folder.

    Parameters
    ----------
    path
        The file; `FileNotFoundError` never leaves this class, `BadFile` does.
    needed, optional
        Columns that must and that may be there, in any order. Others are allowed and not read.

    Notes
    -----
    RFC 4180 with the module `csv` in strict mode. A byte order mark and Windows line ends are accepted, empty lines
    at the end too. A quote inside a field that does not begin with one is a character like any other.
    """

    def __init__(self, path: Path, *, needed: Sequence[str], optional: Sequence[str] = ()) -> None:
        self.path = path
        header = self._header()
        self._refuse_header(header, needed)
        self.names = header
        self.columns = (*needed, *(x for x in optional if x in header))
        self.at = {x: n for n, x in enumerate(self.columns)}

    def rows(self) -> Iterator["Row"]:
        """Read row by row."""
        return (Row(self, number, cells) for number, cells in self.cells())

    def cells(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Read row by row as bare cells in the order of `columns`, each with its number: fast, for long files."""
        pick = itemgetter(*(self.names.index(x) for x in self.columns))
        width, number, blank = len(self.names), 0, 0
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file, strict=True)
                next(reader)
                for cells in reader:
                    number += 1
                    if len(cells) != width:
                        if cells:
                            raise self.bad(row=number, what=_count(len(cells), width))
                        blank = blank or number
                        continue
                    if blank:
                        raise self.bad(row=blank, what="the line is empty; take it out")
                    yield number, pick(cells)
        except UnicodeDecodeError:
            raise self._not_utf8() from None
        except csv.Error as error:
            raise self.bad(row=number + 1, what=_quoting(error)) from error
        except OSError as error:
            raise self._unread(error) from error

    def bad(self, *, what: str, row: int = 0, column: str = "", value: str = "") -> BadFile:
        """Make the error that names a place of this file."""
        shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
        return BadFile(str(self.path), row=row, column=column, value=shown, what=what)

    def has(self, column: str) -> bool:
        """Whether an optional column is there."""
        return column in self.at

    def _header(self) -> list[str]:
        if not self.path.is_file():
            what = "is not there; a day folder holds it"
            if self.path.exists() or self.path.is_symlink():
                what = "is no file, or a link that leads nowhere; put the file itself there"
            raise self.bad(what=what)
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                header = next(csv.reader(file, strict=True), None)
        except UnicodeDecodeError:
            raise self._not_utf8() from None
        except csv.Error as error:
            raise self.bad(what=f"in the header: {_quoting(error)}") from error
        except OSError as error:
            raise self._unread(error) from error
        if not header:
            raise self.bad(what="is empty; its first line names the columns")
        return header

    def _refuse_header(self, header: Sequence[str], needed: Sequence[str]) -> None:
        seen: set[str] = set()
        for x in header:
            if x in seen:
                raise self.bad(column=x, what="the header names this column twice; keep one")
            seen.add(x)
        for x in needed:
            if x not in seen:
                what = f"the column is missing; the header has {', '.join(header)[:200]}"
                if len(header) == 1 and any(sign in header[0] for sign in ";\t|"):
                    what = "the column is missing: the columns must be separated by commas"
                raise self.bad(column=x, what=what)

    def _not_utf8(self) -> BadFile:
        """Find the cell: bytes read as Latin-1 are split like UTF-8, since the signs that split are ASCII."""
        what = "is not UTF-8; save the file as “CSV UTF-8”"
        names: list[str] = []
        try:
            with self.path.open(encoding="latin-1", newline="") as file:
                for number, cells in enumerate(csv.reader(file)):
                    names = names or cells
                    for n, x in enumerate(cells):
                        text = x.encode("latin-1").decode("utf-8", errors="backslashreplace")
                        if text.encode("utf-8") != x.encode("latin-1"):
                            column = names[n] if number and n < len(names) and names[n].isascii() else ""
                            return self.bad(row=number, column=column, value=text, what=what)
        except csv.Error:
            pass
        return self.bad(what=what)

    def _unread(self, error: OSError) -> BadFile:
        return self.bad(what=f"cannot be read ({error.strerror}); mend that and try again")


class Row:
    """One row of a table: each method reads a cell, or raises the `BadFile` that names it."""

    __slots__ = ("_cells", "_table", "number")

    def __init__(self, table: Table, number: int, cells: tuple[str, ...]) -> None:
        self._table, self.number, self._cells = table, number, cells

    def raw(self, column: str) -> str:
        """Return a cell as it is written."""
        return self._cells[self._table.at[column]]

    def filled(self, column: str) -> bool:
        """Whether an optional column is there, and this cell of it is not empty."""
        return self._table.has(column) and self.raw(column) != ""

    def bad(self, column: str, what: str) -> BadFile:
        """Make the error that names this cell."""
        return self._table.bad(row=self.number, column=column, value=self.raw(column), what=what)

    def whole(self, column: str, *, least: int, most: int) -> int:
        """Read an integer from `least` to `most`, both possible."""
        text = self.raw(column)
        digits = text[1:] if text[:1] == "-" else text
        if not digits.isdigit() or not digits.isascii() or len(digits) > 19 or (digits[0] == "0" and text != "0"):
            raise self.bad(column, no_whole(text, column))
        value = int(text)
        if not least <= value <= most:
            raise self.bad(column, f"must lie between {least} and {most}{unsaid(column)}")
        return value

    def label(self, column: str) -> str:
        """Read an id or a group: some characters, none of them invisible, no blanks around them."""
        text = unguarded(self.raw(column))
        if PLAIN.fullmatch(text) and text == text.strip():
            return text
        what = "is empty; write a name" if not text else RULES
        raise self.bad(column, what)

    def name(self, column: str) -> str:
        """Read text that people read: anything but control characters, or nothing."""
        text = unguarded(self.raw(column))
        if CONTROL.search(text):
            raise self.bad(column, "holds a control character (a line break, a tab, a NUL …); take it out")
        if len(text) > 1_000:
            raise self.bad(column, "is longer than 1,000 characters; shorten it")
        return text

    def word(self, column: str, words: Collection[Word]) -> Word:
        """Read one of a few words."""
        text = self.raw(column)
        for x in words:
            if x == text:
                return x
        raise self.bad(column, f"must be one of {', '.join(words)}")

    def known(self, column: str, there: Collection[str], *, file: str) -> str:
        """Read an id that another file defines."""
        text = self.label(column)
        if text not in there:
            raise self.bad(column, f"is not in {file}; add it there or correct it here")
        return text

    def new(self, column: str, there: Collection[str]) -> str:
        """Read an id that this file must not have had before."""
        text = self.label(column)
        if text in there:
            self._twice(column, text)
        return text

    def _twice(self, column: str, text: str) -> NoReturn:
        first = next((x.number for x in self._table.rows() if x.label(column) == text), 0)
        raise self.bad(column, f"stands in row {first} already; each may stand once, at one site")


def _count(there: int, wanted: int) -> str:
    return f"the row has {there} fields, the header {wanted}; quote a field that holds a comma or a line end"


def _quoting(error: csv.Error) -> str:
    text = str(error)
    if "limit" in text:
        return "a field is longer than 131,072 characters; is a closing quote missing?"
    if "unexpected end" in text:
        return "a quote is opened and never closed; close it, or double a quote that is meant as a character"
    return f"the quotes do not fit ({text}); double a quote that is meant as a character"
