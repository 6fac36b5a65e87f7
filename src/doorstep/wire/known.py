"""The known future of one city out of files that may speak of several, as long as it is asked for."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec.structs import replace

from doorstep.intake.freshretailnet.panel import read_ahead
from doorstep.intake.freshretailnet.rows import read_rows
from doorstep.model.demand import KEYS, Ahead, Panel

SATURDAY = 5


def cities_in(path: Path, *, sold: bool) -> set[str]:
    """
    Name the cities of a file.

    Parameters
    ----------
    sold
        Whether it is a history, or a known future.

    Raises
    ------
    BadFile
        It cannot be read right: then it is read whole, which says what is wrong and where.
    """
    try:
        rows = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, infer_schema=False)
        found = rows.select(pl.col(KEYS[0]).cast(pl.String).unique()).collect()[KEYS[0]]
    except (pl.exceptions.PolarsError, OSError):
        found = pl.Series([None])
    if found.null_count() or not len(found):
        return {str(x) for x in read_rows(path, sold=sold).keys[0].values}
    return set(found)


def known_of(paths: Sequence[Path], panel: Panel, city: str, *, days: int) -> tuple[Ahead, int]:
    """
    Read what is known of the days after a panel's last.

    Parameters
    ----------
    paths
        Files that speak of the city, maybe of others too.
    days
        How many days are asked for. Those after the last that is known go on as that: on sale as then, at list price,
        without activities, weekends flagged as holidays, weather unknown.

    Returns
    -------
    What is known, and of how many days.

    Raises
    ------
    BadFile
        A file cannot be read right, or speaks of days that the history has.
    """
    mixed = any(cities_in(x, sold=False) != {city} for x in paths)
    known = _own(paths, panel, city, days) if mixed else read_ahead(paths, panel, days=days)
    last = int(np.flatnonzero(known.on_sale.any(axis=0))[-1]) + 1
    return _longer(known, last, days), last


def _own(paths: Sequence[Path], panel: Panel, city: str, days: int) -> Ahead:
    """Read the rows of one city alone."""
    with TemporaryDirectory(prefix="doorstep-") as scratch:
        own = []
        for at, path in enumerate(paths):
            read_rows(path, sold=False)  # looks at every cell, so that a place is named in the whole file
            rows = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
            part = Path(scratch, f"{at}-{path.name.split('.')[0]}.parquet")
            rows.filter(pl.col(KEYS[0]).cast(pl.String) == city).write_parquet(part)
            own.append(part)
        return read_ahead(own, panel, days=days)


def _longer(known: Ahead, last: int, days: int) -> Ahead:
    """Let the days after the last known one go on as it."""
    if last == days:
        return known
    more = slice(last, days)
    weekday = (known.first_day + 3 + np.arange(days)) % 7
    on_sale, discount, activity = known.on_sale.copy(), known.discount.copy(), known.activity.copy()
    holiday, weather = known.holiday.copy(), known.weather.copy()
    on_sale[:, more] = on_sale[:, last - 1 : last]
    discount[:, more], activity[:, more], weather[:, more] = 1.0, 0, np.nan
    holiday[:, more] = (weekday[more] >= SATURDAY).astype(np.int8)
    return replace(
        known,
        on_sale=on_sale,
        discount=discount,
        activity=activity,
        holiday=holiday,
        weather=weather,
        live=_quiet(known.live, more),
        preorders=_quiet(known.preorders, more),
    )


def _quiet(values: npt.NDArray[np.float32] | None, more: slice) -> npt.NDArray[np.float32] | None:
    if values is None:
        return None
    found = values.copy()
    found[:, more] = 0.0
    return found
