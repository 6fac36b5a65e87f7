"""
Read hourly sales with stock-out flags in FreshRetailNet's columns: parquet, or CSV as in the sample.

Polars is asked for rows of one store at a time; its thread count is pinned before (`cli.frames`).
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl
from msgspec import Struct

from doorstep.base.errors import BadFile, BadInput
from doorstep.base.ids import SkuId

HOURS: Final = 24
UNITS_A_SALE: Final = 10
"""FreshRetailNet's sales are normalised; its smallest step is 0.1, which is taken for one pack."""
KEYS: Final = ("store_id", "product_id", "dt")
LISTS: Final = ("hours_sale", "hours_stock_status")
OPTIONAL: Final = ("first_category_id", "second_category_id", "precpt", "avg_temperature")


class SoldDay(Struct, frozen=True, kw_only=True):
    """One sku's day: packs sold (maybe in parts) and whether the shelf was flagged empty, for each of 24 hours."""

    sold: tuple[float, ...]
    empty: tuple[bool, ...]
    discount: float
    rain_mm: float | None = None
    temp_c: float | None = None


class Series(Struct, frozen=True, kw_only=True):
    """One sku at one store: its days by date, and the categories it is filed under."""

    sku: SkuId
    first: str
    second: str
    days: dict[str, SoldDay]


class Sales:
    """
    One file of sales.

    Parameters
    ----------
    path
        `*.parquet`; or `*.csv`, `*.csv.gz` with `hours_sale` joined by ``;`` and `hours_stock_status` as 24 digits.

    Raises
    ------
    BadFile
        It is not there, is neither, or lacks a column. Rows are checked when a store is read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise self.bad("is not there; name a parquet or csv file of hourly sales")
        self.units_a_sale = UNITS_A_SALE
        try:
            rows = self._parquet() if path.suffix == ".parquet" else self._csv()
            self.columns = dict(rows.collect_schema())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.bad(f"cannot be read ({_short(error)}); is it a whole parquet or csv file?") from error
        for x in (*KEYS, *LISTS, "discount"):
            if x not in self.columns:
                raise self.bad(f"the column is missing; the file has {', '.join(self.columns)[:200]}", column=x)
        for x in LISTS:
            kind = self.columns[x]
            inner = getattr(kind, "inner", None)
            if inner is None or not inner.is_numeric():
                raise self.bad(f"must hold 24 numbers a row, but is {kind}", column=x)
        for x in ("discount", *(x for x in OPTIONAL[2:] if x in self.columns)):
            if not self.columns[x].is_numeric():
                raise self.bad(f"must hold numbers, but is {self.columns[x]}", column=x)
        texts = [pl.col(x).cast(pl.String) for x in (*KEYS, *OPTIONAL[:2]) if x in self.columns]
        self._rows = rows.with_row_index("row", offset=1).with_columns(texts)

    def bad(self, what: str, *, row: int = 0, column: str = "", value: str = "") -> BadFile:
        """Make the error that names a place of this file."""
        return BadFile(str(self.path), row=row, column=column, value=value[:60], what=what)

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every store and date of the file, sorted; stores by number where they have one."""
        rows = self._collect(self._rows.select("store_id", "dt").unique())
        found = [(str(store), str(date)) for store, date in rows.iter_rows()]
        return tuple(sorted(found, key=lambda x: (_by_number(x[0]), x[1])))

    @cached_property
    def ranking(self) -> tuple[SkuId, ...]:
        """Every sku of the file, the one that sells most in the stores that have it in front."""
        sold = pl.col("hours_sale").list.eval(pl.element().fill_nan(0)).list.sum()
        rows = self._collect(self._rows.group_by("product_id").agg(sold.mean().alias("sold")))
        found = sorted(((-(sold or 0.0), _by_number(str(sku)), str(sku)) for sku, sold in rows.iter_rows()))
        return tuple(SkuId(x[2]) for x in found)

    def series(self, store: str) -> tuple[Series, ...]:
        """
        Read all that one store sold, sku by sku in the order of their ids.

        Raises
        ------
        BadFile
            A row of this store is no day of 24 hours.
        BadInput
            There is no such store.
        """
        there = [x for x in (*OPTIONAL, "discount") if x in self.columns]
        rows = self._collect(
            self._rows.filter(pl.col("store_id") == store).select("row", "product_id", "dt", *LISTS, *there)
        )
        if rows.is_empty():
            stores = ", ".join(list(dict.fromkeys(x for x, _ in self.pairs))[:10])
            raise BadInput(f"{self.path} has no store {store!r}; it has {stores} …")
        found: dict[str, Series] = {}
        for x in rows.iter_rows(named=True):
            day = self._day(x)
            sku = self._text(x, "product_id")
            series = found.get(sku)
            if series is None:
                first, second = (str(x.get(c) or "") for c in OPTIONAL[:2])
                series = found[sku] = Series(sku=SkuId(sku), first=first, second=second, days={})
            date = self._text(x, "dt")
            if date in series.days:
                what = f"store {store} has this day of product {sku} in another row already; keep one"
                raise self.bad(what, row=x["row"], column="dt", value=date)
            series.days[date] = day
        return tuple(found[x] for x in sorted(found, key=_by_number))

    def _day(self, row: dict[str, Any]) -> SoldDay:
        sold = self._hours(row, "hours_sale", "sales of an hour are numbers from 0 on")
        empty = self._hours(row, "hours_stock_status", "1 = out of stock, 0 = in stock")
        if any(x not in (0, 1) for x in empty):
            raise self.bad("a flag is 0 or 1", row=row["row"], column="hours_stock_status", value=str(list(empty)))
        discount = row["discount"]
        if discount is None or not 0 <= discount < 100:
            what = "must be a number such as 0.9 for 10% off"
            raise self.bad(what, row=row["row"], column="discount", value=str(discount))
        return SoldDay(
            sold=tuple(x * self.units_a_sale for x in sold),
            empty=tuple(x == 1 for x in empty),
            discount=discount,
            rain_mm=row.get("precpt"),
            temp_c=row.get("avg_temperature"),
        )

    def _hours(self, row: dict[str, Any], column: str, rule: str) -> tuple[float, ...]:
        values = row[column]
        if values is None or len(values) != HOURS:
            what = f"must hold {HOURS} numbers, one an hour"
            raise self.bad(what, row=row["row"], column=column, value=str(values))
        for hour, x in enumerate(values):
            if x is None or not 0 <= x < 1e9:  # NaN fails both
                raise self.bad(f"{rule}; hour {hour} is not", row=row["row"], column=column, value=str(x))
        return tuple(values)

    def _text(self, row: dict[str, Any], column: str) -> str:
        if not row[column]:
            raise self.bad("is empty; every row names its store, product and day", row=row["row"], column=column)
        return str(row[column])

    def _parquet(self) -> pl.LazyFrame:
        said = pl.read_parquet_metadata(self.path).get("doorstep")
        if said:  # written by `doorstep history`: its sales are packs already
            units = json.loads(said).get("units_a_sale")
            self.units_a_sale = units if type(units) is int and units >= 1 else UNITS_A_SALE
        return pl.scan_parquet(self.path)

    def _csv(self) -> pl.LazyFrame:
        if not self.path.name.endswith((".csv", ".csv.gz")):
            raise self.bad("is neither *.parquet nor *.csv nor *.csv.gz")
        rows = pl.read_csv(self.path, schema_overrides=dict.fromkeys((*KEYS, *LISTS), pl.String))
        if not set(LISTS) <= set(rows.columns):
            return rows.lazy()  # refused by its missing column
        numbers = pl.col("hours_sale").str.split(";").list.eval(pl.element().cast(pl.Float64, strict=False))
        flags = pl.col("hours_stock_status").str.split("").list.eval(pl.element().cast(pl.Int8, strict=False))
        return rows.with_columns(numbers, flags).lazy()

    def _collect(self, rows: pl.LazyFrame) -> pl.DataFrame:
        try:
            return rows.collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.bad(f"cannot be read ({_short(error)}); is it a whole parquet or csv file?") from error


def check_day(series: Sequence[Series], *, sales: Sales, store: str, date: str) -> None:
    """
    Refuse a date that a store has no sales of.

    Raises
    ------
    BadInput
        There is no such day; the sentence says which there are.
    """
    dates = sorted({x for row in series for x in row.days})
    if date not in dates:
        raise BadInput(
            f"{sales.path} has no day {date!r} of store {store}; it has {len(dates)} from {dates[0]} to {dates[-1]}"
        )


def _by_number(name: str) -> tuple[int, str]:
    """Sort 9 before 10; names that are no numbers come after, by letter."""
    return (int(name), name) if name.isascii() and name.isdigit() else (2**63, name)


def _short(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]
