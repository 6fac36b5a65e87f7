"""
One file of daily rows in FreshRetailNet's columns, as arrays that have been looked at cell by cell.

Polars' thread count is pinned by whoever imports this module first (`wire.frames`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

from doorstep.base.errors import BadFile
from doorstep.model.demand import GROUPS, KEYS, WEATHER

HOURS: Final = 24
MOST: Final = 1e9
"""No amount of a day reaches this; what does is a slip."""
FIRST_DAY: Final = 7_305
LAST_DAY: Final = 47_482
"""1990-01-01 and 2100-01-01: a date outside is a slip of the pen."""
FLAGS: Final = ("holiday_flag", "activity_flag")
KNOWN_AHEAD: Final = ("live_event", "preorders")

Array = npt.NDArray[Any]


class Labels(Struct, frozen=True, eq=False):
    """A column of ids: `values` are all integers or all texts, sorted; `codes` point into them, -1 where empty."""

    codes: Array
    values: tuple[int, ...] | tuple[str, ...]


class Rows(Struct, frozen=True, kw_only=True, eq=False):
    """
    The rows of one file, in its order; `None` where the file has no such column.

    Parameters
    ----------
    days
        Counted from 1970-01-01.
    hours, out
        `[rows, 24]` sales by hour; bit h of `out` = hour h flagged out of stock.
    """

    path: Path
    keys: tuple[Labels, ...]
    groups: tuple[Labels | None, ...]
    days: Array
    sales: Array | None
    hours: Array | None
    out: Array | None
    out_hours: Array | None
    discount: Array | None
    flags: tuple[Array | None, ...]
    weather: tuple[Array | None, ...]
    ahead: tuple[Array | None, ...]

    def bad(self, row: int, column: str, value: object, what: str) -> BadFile:
        """Make the error that names a cell; `row` counts from 0."""
        return _bad(self.path, what, row=row + 1, column=column, value=value)


def read_rows(path: Path, *, sold: bool) -> Rows:
    """
    Read a file and look at every cell.

    Parameters
    ----------
    path
        `*.parquet`; or `*.csv`, `*.csv.gz` with `hours_sale` joined by ``;`` and `hours_stock_status` as 24 digits.
    sold
        Whether sales are asked for (history) or left alone (known future).

    Raises
    ------
    BadFile
        It is not there, lacks a column, or a cell cannot be right; with its row, column and value.
    """
    frame = _frame(path)
    if not frame.height:
        raise _bad(path, "has no rows; a history has one row a series and day")
    for x in (*KEYS, "dt"):
        if x not in frame.columns:
            raise _bad(path, f"the column is missing; the file has {', '.join(frame.columns)[:200]}", column=x)
    read = _Cells(path, frame)
    hours = read.hours("hours_sale") if sold else None
    sales = read.numbers("sale_amount", least=0) if sold else None
    if sold and sales is None:
        if hours is None:
            raise _bad(path, "the column is missing; say how much was sold each day", column="sale_amount")
        sales = hours.sum(axis=1, dtype=np.float64)
    status = read.hours("hours_stock_status", most=1) if sold else None
    count = read.numbers("stock_hour6_22_cnt", least=0, most=HOURS, empty=np.nan) if sold else None
    return Rows(
        path=path,
        keys=tuple(read.labels(x) for x in KEYS),
        groups=tuple(read.labels(x, empty=True) if x in frame.columns else None for x in GROUPS),
        days=read.dates("dt"),
        sales=sales,
        hours=hours,
        out=None if status is None else _bits(status),
        out_hours=None if count is None else np.where(np.isnan(count), -1, count).astype(np.int8),
        discount=read.numbers("discount", least=0, most=100),
        flags=tuple(read.numbers(x, least=0, most=1) for x in FLAGS),
        weather=tuple(read.numbers(x, empty=np.nan) for x in WEATHER),
        ahead=tuple(read.numbers(x, least=0, empty=0.0) for x in KNOWN_AHEAD),
    )


class _Cells:
    """Columns of one frame, each read with its rule."""

    def __init__(self, path: Path, frame: pl.DataFrame) -> None:
        self.path, self.frame = path, frame

    def refuse(self, wrong: Array, column: str, what: str) -> None:
        """Refuse the first row that is wrong, if there is one."""
        if wrong.any():
            row = int(np.argmax(wrong))
            raise _bad(self.path, what, row=row + 1, column=column, value=self.frame[column][row])

    def numbers(
        self, column: str, *, least: float = -MOST, most: float = MOST, empty: float | None = None
    ) -> Array | None:
        """Read numbers from `least` to `most`; `empty` stands for empty cells where those are allowed."""
        if column not in self.frame.columns:
            return None
        cells = self.frame[column]
        if not cells.dtype.is_numeric() and cells.dtype != pl.Boolean:
            cast = cells.cast(pl.Float64, strict=False)
            self.refuse((cast.is_null() & cells.is_not_null()).to_numpy(), column, "must be a number")
            cells = cast
        if empty is None:
            self.refuse(cells.is_null().to_numpy(), column, "is empty; write a number")
        values = cells.cast(pl.Float64).fill_null(np.nan if empty is None else empty).to_numpy()
        fits = (values >= least) & (values <= most)
        if empty is not None:
            fits |= np.isnan(values)
        rule = "must be a number from 0 on" if most == MOST else f"must be a number from {least:g} to {most:g}"
        self.refuse(~fits, column, "must be a finite number" if least == -MOST else rule)
        return values if empty is None else np.where(np.isnan(values), empty, values)

    def hours(self, column: str, *, most: float = MOST) -> Array | None:
        """Read 24 numbers a row: `[rows, 24]`."""
        if column not in self.frame.columns:
            return None
        cells = self.frame[column]
        inner = getattr(cells.dtype, "inner", None)
        if inner is None or not inner.is_numeric():
            raise _bad(self.path, f"must hold {HOURS} numbers a row, but is {cells.dtype}", column=column)
        if isinstance(cells.dtype, pl.Array):
            cells = cells.arr.to_list()
        counted = cells.list.len().fill_null(0).to_numpy()
        self.refuse(counted != HOURS, column, f"must hold {HOURS} numbers, one an hour")
        flat = cells.explode()
        values = flat.cast(pl.Float32).fill_null(np.nan).to_numpy().reshape(-1, HOURS)
        fits = (values >= 0) & (values <= most)
        if most == 1:
            fits &= (values == 0) | (values == 1)
        rule = "flags are 0 (in stock) or 1 (out of stock)" if most == 1 else "sales of an hour are numbers from 0 on"
        if not fits.all():
            row, hour = (int(x) for x in np.unravel_index(int(np.argmin(fits)), fits.shape))
            what = f"{rule}; hour {hour} is not"
            raise _bad(self.path, what, row=row + 1, column=column, value=flat[row * HOURS + hour])
        return values

    def dates(self, column: str) -> Array:
        """Read dates as days since 1970-01-01."""
        cells = self.frame[column]
        if cells.dtype != pl.Date:
            if isinstance(cells.dtype, pl.Datetime):
                cells = cells.dt.date()
            else:
                texts = cells.cast(pl.String)
                # Sales repeat their dates: each is parsed once.
                each = texts.unique(maintain_order=True)
                parsed = each.str.to_date("%Y-%m-%d", strict=False)
                parsed = parsed.set(each.str.len_bytes().fill_null(0) != 10, None)
                cells = texts.replace_strict(each, parsed, default=None, return_dtype=pl.Date)
        self.refuse(cells.is_null().to_numpy(), column, "is no date; write YYYY-MM-DD")
        days = cells.to_physical().to_numpy().astype(np.int64)
        self.refuse((days < FIRST_DAY) | (days > LAST_DAY), column, "must lie between 1990 and 2100")
        return days

    def labels(self, column: str, *, empty: bool = False) -> Labels:
        """Read ids, integers or texts."""
        cells = self.frame[column]
        if cells.dtype.is_float():
            whole = cells.cast(pl.Int64, strict=False)
            self.refuse(
                (cells.is_not_null() & ~(whole == cells).fill_null(value=False)).to_numpy(), column, "is no id"
            )
            cells = whole
        elif not cells.dtype.is_integer():
            cells = cells.cast(pl.String)
            if empty:
                cells = cells.set(cells == "", None)
        if not empty:
            wrong = cells.is_null()
            wrong = wrong if cells.dtype.is_integer() else wrong | (cells == "").fill_null(value=True)
            self.refuse(wrong.to_numpy(), column, "is empty; every row names its city, store and product")
        values = cells.drop_nulls().unique().sort()
        codes = cells.replace_strict(values, np.arange(len(values)), default=-1, return_dtype=pl.Int64).to_numpy()
        return Labels(codes, tuple(values.to_list()))


def _frame(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise _bad(path, "is not there, or is no file; name a parquet or csv file of daily rows")
    try:
        if path.suffix == ".parquet":
            wanted = pl.read_parquet_schema(path)
            return pl.read_parquet(path, columns=[x for x in wanted if x in WANTED])
        if not path.name.endswith((".csv", ".csv.gz")):
            raise _bad(path, "is neither *.parquet nor *.csv nor *.csv.gz")
        frame = pl.read_csv(path, infer_schema=False, columns=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).split("\n", 1)[0][:200]
        raise _bad(path, f"cannot be read ({said}); is it a whole parquet or csv file?") from error
    return _from_text(frame.select(x for x in frame.columns if x in WANTED))


def _from_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of a csv file their kinds; a cell that cannot have its kind is refused."""
    number = pl.element().cast(pl.Float64, strict=False)
    if "hours_sale" in frame.columns:
        frame = frame.with_columns(pl.col("hours_sale").fill_null("").str.split(";").list.eval(number))
    if "hours_stock_status" in frame.columns:
        digits = pl.col("hours_stock_status").fill_null("").str.replace_all(";", "", literal=True)
        frame = frame.with_columns(digits.str.split("").list.eval(number))
    for x in (*KEYS, *GROUPS):
        if x in frame.columns:
            whole = frame[x].cast(pl.Int64, strict=False)
            # 007 stays text: it would not be written back as it was.
            same = whole.cast(pl.String) == frame[x]
            if same.fill_null(value=x in GROUPS).all() or (x in GROUPS and same.all()):
                frame = frame.with_columns(whole.alias(x))
    return frame


def _bits(status: Array) -> npt.NDArray[np.uint32]:
    packed = np.packbits(status.astype(np.uint8), axis=1, bitorder="little").astype(np.uint32)
    bits: npt.NDArray[np.uint32] = packed[:, 0] | packed[:, 1] << np.uint32(8) | packed[:, 2] << np.uint32(16)
    return bits


def _bad(path: Path, what: str, *, row: int = 0, column: str = "", value: object = "") -> BadFile:
    shown = "empty" if value is None else str(value.to_list() if isinstance(value, pl.Series) else value)
    return BadFile(str(path), row=row, column=column, value=shown[:60], what=what)


WANTED: Final[Sequence[str]] = (
    *KEYS,
    *GROUPS,
    "dt",
    "sale_amount",
    "hours_sale",
    "stock_hour6_22_cnt",
    "hours_stock_status",
    "discount",
    *FLAGS,
    *WEATHER,
    *KNOWN_AHEAD,
)
