"""Files of daily rows in FreshRetailNet's columns, as one panel; and what is known of the days to come."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from doorstep.base.errors import BadInput
from doorstep.intake.freshretailnet.rows import HOURS, Labels, Rows, read_rows
from doorstep.model.demand import GROUPS, KEYS, OPEN_HOURS, WEATHER, Ahead, Panel

LONGEST: Final = 3_700
"""Days between the first row and the last: ten years; more is a slip in a date."""

Array = npt.NDArray[Any]
Names = dict[str, tuple[str, ...]]


def read_panel(paths: Sequence[Path], *, done: Callable[[], None] = lambda: None) -> Panel:
    """
    Read history: every file, one row a series and day.

    Parameters
    ----------
    paths
        Files in FreshRetailNet's columns, in any order. Needed are the three keys, `dt`, and `sale_amount` or
        `hours_sale`; the rest where there is any.
    done
        Called after each file, for a progress bar.

    Raises
    ------
    BadFile
        A file cannot be read right, with its row, column and value.
    BadInput
        No file is named.

    Notes
    -----
    Peak memory is about twice the panel's. The order of the files changes nothing.
    """
    if not paths:
        raise BadInput("no history was named; name at least one parquet or csv file")
    found = []
    for path in paths:
        found.append(read_rows(path, sold=True))
        done()
    first_day, d = _span(found)
    names, keys, groups, series = _series(found, {})
    n = len(keys)
    whole = _Sold(n, d, hourly=any(x.hours is not None for x in found))
    known = _Known(n, d, found)
    for at, rows in enumerate(found):
        where = (series[at], rows.days - first_day)
        _refuse_twice(rows, where, ~np.isnan(whole.sales), found[:at])
        whole.put(rows, where)
        known.put(rows, where)
    return Panel(
        keys=keys,
        groups=groups,
        first_day=first_day,
        sales=whole.sales,
        hours=whole.hours,
        out=whole.out,
        out_known=whole.out_known,
        out_hours=whole.out_hours,
        names=names,
        **known.parts(),
    )


def read_ahead(paths: Sequence[Path], panel: Panel, *, days: int) -> Ahead:
    """
    Read what is known of the days after a panel's last.

    Parameters
    ----------
    paths
        Files with the three keys, `dt`, and what is known: `discount, holiday_flag, activity_flag`, weather,
        `live_event`, `preorders`. Rows after the last day asked for are left out.
    days
        How many days are asked for, at least 1.

    Raises
    ------
    BadFile
        A file cannot be read right; or a row is of a day that the history has already, or none of the days asked for.
    """
    found = [read_rows(path, sold=False) for path in paths]
    first_day = panel.first_day + panel.d
    for rows in found:
        if (rows.days < first_day).any():
            row = int(np.argmax(rows.days < first_day))
            what = f"the history ends on {_date(first_day - 1)}: the known future begins on {_date(first_day)}"
            raise rows.bad(row, "dt", _date(int(rows.days[row])), what)
        if not (rows.days < first_day + days).any():
            what = f"is after the days asked for, {_date(first_day)} to {_date(first_day + days - 1)}"
            raise rows.bad(0, "dt", _date(int(rows.days[0])), what)
    names, keys, groups, series = _series(found, panel.names)
    n = len(keys)
    on_sale = np.zeros((n, days), np.bool_)
    known = _Known(n, days, found)
    for at, rows in enumerate(found):
        near = rows.days < first_day + days
        where = (series[at][near], rows.days[near] - first_day)
        _refuse_twice(rows, where, on_sale, found[:at], near)
        on_sale[where] = True
        known.put(rows, where, near)
    kept = on_sale.any(axis=1)
    known_groups = _groups_known(panel, keys, groups)
    parts: dict[str, Any] = {x: None if a is None else a[kept] for x, a in known.parts().items()}
    return Ahead(
        keys=keys[kept], groups=known_groups[kept], first_day=first_day, on_sale=on_sale[kept], names=names, **parts
    )


class _Sold:
    """The columns that only a history has."""

    def __init__(self, n: int, d: int, *, hourly: bool) -> None:
        self.sales = np.full((n, d), np.nan, np.float32)
        self.hours = np.zeros((n, d, HOURS), np.float32) if hourly else None
        self.out = np.zeros((n, d), np.uint32)
        self.out_known = np.zeros((n, d), np.bool_)
        self.out_hours = np.full((n, d), -1, np.int8)

    def put(self, rows: Rows, where: tuple[Array, Array]) -> None:
        assert rows.sales is not None, "history is read with its sales"
        self.sales[where] = rows.sales
        if self.hours is not None and rows.hours is not None:
            self.hours[where] = rows.hours
        if rows.out is not None:
            self.out[where] = rows.out
            self.out_known[where] = True
            self.out_hours[where] = sum((rows.out >> np.uint32(h)) & np.uint32(1) for h in OPEN_HOURS)
        if rows.out_hours is not None:
            self.out_hours[where] = rows.out_hours


class _Known:
    """The columns that a panel and a known future share."""

    def __init__(self, n: int, d: int, found: Sequence[Rows]) -> None:
        self.discount = np.ones((n, d), np.float32)
        self.flags = [np.zeros((n, d), np.int8) for _ in range(2)]
        self.weather = np.full((n, d, len(WEATHER)), np.nan, np.float32)
        self.ahead = [
            np.zeros((n, d), np.float32) if any(x.ahead[i] is not None for x in found) else None for i in range(2)
        ]

    def put(self, rows: Rows, where: tuple[Array, Array], near: Array | slice = slice(None)) -> None:
        if rows.discount is not None:
            self.discount[where] = rows.discount[near]
        for whole, part in zip(self.flags, rows.flags, strict=True):
            if part is not None:
                whole[where] = part[near]
        for i, part in enumerate(rows.weather):
            if part is not None:
                self.weather[*where, i] = part[near]
        for whole_ahead, part in zip(self.ahead, rows.ahead, strict=True):
            if whole_ahead is not None and part is not None:
                whole_ahead[where] = part[near]

    def parts(self) -> dict[str, Any]:
        return {
            "discount": self.discount,
            "holiday": self.flags[0],
            "activity": self.flags[1],
            "weather": self.weather,
            "live": self.ahead[0],
            "preorders": self.ahead[1],
        }


def _span(found: Sequence[Rows]) -> tuple[int, int]:
    first = min(int(x.days.min()) for x in found)
    last = max(int(x.days.max()) for x in found)
    if last - first >= LONGEST:
        rows = max(found, key=lambda x: int(x.days.max()))
        row = int(rows.days.argmax())
        what = f"is {last - first} days after the first row of all; a history is at most {LONGEST} days long"
        raise rows.bad(row, "dt", _date(last), what)
    return first, last - first + 1


def _series(found: Sequence[Rows], before: Names) -> tuple[Names, Array, Array, list[Array]]:
    """Find the series of all files: names of text, keys `[n, 3]` sorted, groups `[n, 4]`, each row's series."""
    names: Names = dict(before)
    numbers = [_numbered(x, [r.keys[i] for r in found], found, names) for i, x in enumerate(KEYS)]
    compact = [_compact(np.stack([x[at] for x in numbers], axis=1)) for at in range(len(found))]
    keys, inverse = np.unique(np.concatenate([x[0] for x in compact]), axis=0, return_inverse=True)
    inverse = inverse.ravel()
    groups = np.full((len(keys), len(GROUPS)), -1, np.int64)
    tagged = [_numbered(x, [r.groups[i] for r in found], found, names) for i, x in enumerate(GROUPS)]
    series, start = [], 0
    for at, (some, back) in enumerate(compact):
        here = inverse[start : start + len(some)][back]
        start += len(some)
        series.append(here)
        for i in range(len(GROUPS)):
            tags = tagged[i][at]
            said = tags >= 0
            groups[here[said], i] = tags[said]
    return names, keys, groups, series


def _compact(keys: Array) -> tuple[Array, Array]:
    """Return the different rows of `[r, 3]` sorted, and which of them each row is; by one number a row, for speed."""
    ranks, one = [], np.zeros(len(keys), np.int64)
    for column in keys.T:
        values, back = np.unique(column, return_inverse=True)
        ranks.append(values)
        one = one * len(values) + back
    different, first, back = np.unique(one, return_index=True, return_inverse=True)
    assert len(different) == len(first), "each number stands once"
    return keys[first], back


def _numbered(column: str, labels: Sequence[Labels | None], found: Sequence[Rows], names: Names) -> list[Array]:
    """Turn the ids of each file into numbers that hold for all; texts are numbered in `names`."""
    there = [x for x in labels if x is not None]
    values = {v for x in there for v in x.values}
    if column in names or any(isinstance(v, str) for v in values):  # one text, and all are taken as text
        texts = {str(v) for v in values}
        known = names.get(column, ())
        names[column] = (*known, *sorted(texts - set(known)))
        at = {text: i for i, text in enumerate(names[column])}
        tables = [None if x is None else [*(at[str(v)] for v in x.values), -1] for x in labels]
    else:
        tables = [None if x is None else [*x.values, -1] for x in labels]
    numbers = []
    for x, table, rows in zip(labels, tables, found, strict=True):
        if x is None or table is None:
            numbers.append(np.full(len(rows.days), -1, np.int64))
        else:
            numbers.append(np.array(table, np.int64)[x.codes])  # code -1, an empty cell, takes the last entry: -1
    return numbers


def _groups_known(panel: Panel, keys: Array, groups: Array) -> Array:
    """Take the groups that the history knows where the known future does not say them."""
    at = {tuple(key): i for i, key in enumerate(panel.keys.tolist())}
    rows = np.array([at.get(tuple(key), -1) for key in keys.tolist()], np.int64)
    from_panel = np.where((rows >= 0)[:, None], panel.groups[rows], -1)
    return np.where(groups >= 0, groups, from_panel)


def _refuse_twice(
    rows: Rows, where: tuple[Array, Array], filled: Array, before: Sequence[Rows], near: Array | None = None
) -> None:
    """Refuse a series' day that stands in two rows."""
    cells = where[0] * filled.shape[1] + where[1]
    again = filled.ravel()[cells]
    first = np.zeros(filled.size, np.bool_) if again.any() else None
    if first is None:
        counts = np.zeros(filled.size, np.int32)
        np.add.at(counts, cells, 1)
        if counts.max(initial=0) <= 1:
            return
        order = np.argsort(cells, kind="stable")
        same = np.flatnonzero(np.diff(cells[order]) == 0) + 1
        at = int(order[same].min())
        where_else = "an earlier row of the file"
    else:
        at = int(np.argmax(again))
        where_else = "another file" if before else "an earlier row"
    row = at if near is None else int(np.flatnonzero(near)[at])
    what = f"{where_else} has this day of this store and product already; keep one"
    raise rows.bad(row, "dt", _date(int(rows.days[row])), what)


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))
