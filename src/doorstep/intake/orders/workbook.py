"""Parquet files and Excel workbooks as sheets of text. Both libraries are loaded when a file needs them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from doorstep.base.errors import BadFile, BadInput
from doorstep.intake.opened import opened
from doorstep.intake.sheet import Rows, Sheet, comma_sheet

KINDS = (".csv", ".parquet", ".xlsx")


def any_sheet(path: Path, *, columns: Sequence[str], sheet: str | None) -> Sheet:
    """
    Read a table by the end of its file's name.

    Parameters
    ----------
    columns
        Those that will be asked for; each must be there.
    sheet
        Of a workbook; None for its first.

    Raises
    ------
    BadFile
        It cannot be read, or a column is missing.
    BadInput
        It is none of the kinds that are read, or a sheet is named and it is no workbook.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise BadInput(f"{path} is none of {', '.join(KINDS)}; save it as one of them")
    if sheet is not None and kind != ".xlsx":
        raise BadInput(f"{path} is no workbook; take `sheet` out of the mapping")
    if kind == ".csv":
        found = comma_sheet(path)
        found.need(*columns)
        return found
    with opened(path):
        pass  # there, and not empty
    return _parquet(path, columns) if kind == ".parquet" else _workbook(path, columns, sheet)


def _parquet(path: Path, columns: Sequence[str]) -> Sheet:
    import polars as pl  # noqa: PLC0415 a quarter of a second, only where a file needs it

    try:
        names = tuple(pl.read_parquet_schema(path))
        Sheet(path, names, tuple).need(*columns)
        frame = pl.read_parquet(path, columns=list(columns))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadFile(str(path), what=f"is no Parquet that can be read ({_first(error)}); write it again") from error

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for number, cells in enumerate(frame.iter_rows(), start=1):
            yield number, [as_text(x) for x in cells]

    return Sheet(path, frame.columns, rows)


def _workbook(path: Path, columns: Sequence[str], sheet: str | None) -> Sheet:
    import python_calamine  # noqa: PLC0415 only where a file needs it

    try:
        book = python_calamine.load_workbook(str(path))
        if sheet is not None and sheet not in book.sheet_names:
            what = f"has no such sheet; it has {', '.join(book.sheet_names)[:200]}"
            raise BadFile(str(path), column="sheet", value=sheet[:60], what=what)
        name = sheet if sheet is not None else book.sheet_names[0]
        found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise BadFile(str(path), what=f"is no workbook that can be read ({_first(error)}); save it again") from error
    table = [[as_text(x) for x in row] for row in found]
    while table and not any(table[-1]):
        table.pop()
    if not table or not any(table[0]):
        raise BadFile(str(path), what=f"sheet {name!r} has no names of columns in its first row")
    while not table[0][-1]:
        table = [x[:-1] for x in table]  # styled columns without a name
    header, *rest = table
    rows: Rows = list(enumerate(rest, start=1))
    made = Sheet(path, _numbered(header), lambda: rows)
    made.need(*columns)
    return made


def _numbered(header: Sequence[str]) -> list[str]:
    """Name columns without a name by their number, so that only named ones can be doubled."""
    return [x or f"(column {n})" for n, x in enumerate(header, start=1)]


def as_text(value: Any) -> str:  # noqa: ANN401 what a cell holds
    """Write what a cell holds as a CSV file would: whole floats without a point, instants as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _first(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]
