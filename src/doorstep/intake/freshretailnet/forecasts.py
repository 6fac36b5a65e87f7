"""A forecast as a file, `F.parquet`, and back: formats.md, section 4."""

import json
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from doorstep.base.errors import BadFile, StoreUnavailable
from doorstep.model.demand import GROUPS, KEYS, LEVELS, METHODS, Forecast

QUANTILES: Final = tuple(f"q{round(100 * x):02d}" for x in LEVELS)
SPREAD: Final = ("spread_shape", "spread_step", "spread_bulk")
VALUES: Final = ("mean", "sd", "in_stock_sales", *QUANTILES, *SPREAD)


def write_forecast(forecast: Forecast, path: Path) -> int:
    """
    Write a forecast as zstd parquet, sorted by city, store, product and day.

    Returns
    -------
    How many rows: one a series and day on sale.

    Raises
    ------
    StoreUnavailable
        The disk did not do its part; nothing is left behind.
    """
    series, day = np.nonzero(forecast.on_sale)
    columns: dict[str, Any] = {}
    for i, name in enumerate(KEYS):
        columns[name] = _labels(forecast.keys[:, i], forecast.names.get(name))[series]
    for i, name in enumerate(GROUPS):
        columns[name] = pl.Series(name, forecast.groups[:, i]).cast(pl.Int64)[series]
    dates = [str(np.datetime64(forecast.first_day + x, "D")) for x in range(forecast.on_sale.shape[1])]
    columns["dt"] = pl.Series("dt", dates)[day]
    for name in ("mean", "sd", "in_stock_sales"):
        columns[name] = getattr(forecast, name)[series, day]
    for i, name in enumerate(QUANTILES):
        columns[name] = forecast.quantiles[series, day, i]
    columns["method"] = pl.Series("method", METHODS)[forecast.method[series, day].astype(np.int64)]
    for i, name in enumerate(SPREAD):
        columns[name] = forecast.spread[series, day, i]
    told = {**forecast.about, "format": 1, "first_day": forecast.first_day, "days": forecast.on_sale.shape[1]}
    told["names"] = {x: list(forecast.names[x]) for x in forecast.names if x in GROUPS}
    scratch = path.with_name(f".{path.name}.part")
    try:
        try:
            about = json.dumps(told, sort_keys=True, separators=(",", ":"))
            pl.DataFrame(columns).write_parquet(scratch, compression="zstd", metadata={"doorstep": about})
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreUnavailable(f"{path}: cannot be written ({error})") from error
    return len(series)


def read_forecast(path: Path, *, city: str | None = None) -> Forecast:
    """
    Read a forecast as `write_forecast` wrote it.

    Parameters
    ----------
    city
        Which city of a file of several, as its `city_id` reads; None where there is one.

    Raises
    ------
    BadFile
        It is not there, is no forecast, or its rows contradict each other.
    """
    frame, told = _whole(path)
    about = _about(path, told, city)
    if city is not None and KEYS[0] in frame.columns:
        frame = frame.filter(frame[KEYS[0]].cast(pl.String) == city)
    for name in (*KEYS, "dt", *VALUES, "method"):
        if name not in frame.columns:
            raise BadFile(str(path), column=name, what="the column is missing; forecast again")
    h, first_day = about.pop("days"), about.pop("first_day")
    names = {x: tuple(v) for x, v in about.pop("names", {}).items()}
    coded = [_codes(frame[x], names) for x in KEYS]
    day = frame["dt"].str.to_date("%Y-%m-%d").to_physical().to_numpy().astype(np.int64) - first_day
    if frame.height and (day.min() < 0 or day.max() >= h):
        row = int(np.argmax((day < 0) | (day >= h)))
        raise BadFile(str(path), row=row + 1, column="dt", value=frame["dt"][row], what="lies outside the forecast")
    keys, first, series = np.unique(np.stack(coded, axis=1), axis=0, return_index=True, return_inverse=True)
    series = series.ravel()
    there = [x for x in GROUPS if x in frame.columns]
    groups = np.full((len(keys), len(GROUPS)), -1, np.int64)
    for name in there:
        groups[:, GROUPS.index(name)] = frame[name].to_numpy()[first]

    def laid(values: npt.NDArray[Any], kind: type) -> npt.NDArray[Any]:
        whole = np.zeros((len(keys), h), kind)
        whole[series, day] = values
        return whole

    numbers = {x: laid(frame[x].to_numpy(), np.float32) for x in VALUES}
    return Forecast(
        keys=keys,
        groups=groups,
        first_day=first_day,
        on_sale=laid(np.ones(frame.height), np.bool_),
        mean=numbers["mean"],
        sd=numbers["sd"],
        in_stock_sales=numbers["in_stock_sales"],
        quantiles=np.stack([numbers[x] for x in QUANTILES], axis=-1),
        spread=np.stack([numbers[x] for x in SPREAD], axis=-1),
        method=laid(frame["method"].replace_strict({x: i for i, x in enumerate(METHODS)}).to_numpy(), np.int8),
        about=about,
        names=names,
    )


def _whole(path: Path) -> tuple[pl.DataFrame, str | None]:
    if not path.is_file():
        raise BadFile(str(path), what="is not there, or is no file; name what `doorstep forecast run` wrote")
    try:
        return pl.read_parquet(path), pl.read_parquet_metadata(path).get("doorstep")
    except (OSError, pl.exceptions.PolarsError) as error:
        said = str(error).split("\n", 1)[0][:200]
        raise BadFile(str(path), what=f"cannot be read ({said}); is it a whole parquet file?") from error


def _codes(column: pl.Series, names: dict[str, tuple[str, ...]]) -> npt.NDArray[np.int64]:
    """Turn ids into numbers; texts are numbered in `names`."""
    if column.dtype != pl.String:
        return column.cast(pl.Int64).to_numpy()
    names[column.name] = tuple(column.unique().sort().to_list())
    table = {x: i for i, x in enumerate(names[column.name])}
    return column.replace_strict(table, return_dtype=pl.Int64).to_numpy()


def _about(path: Path, told: str | None, city: str | None) -> dict[str, Any]:
    what = "its metadata `doorstep` is not of a forecast; name what `doorstep forecast run` wrote"
    try:
        whole = msgspec.json.decode(told or "", type=dict[str, Any])
        parts = msgspec.convert(whole.get("parts", [whole]), list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise BadFile(str(path), what=what) from error
    cities = [str(x.get("city", "")) for x in parts]
    if city is None and len(parts) > 1:
        raise BadFile(str(path), what=f"has several cities; name one of {', '.join(cities)[:200]}")
    if city is not None and cities != [""]:
        if city not in cities:
            raise BadFile(str(path), value=city, what=f"has no such city; it has {', '.join(cities)[:200]}")
        parts = [parts[cities.index(city)]]
    about = dict(parts[0])
    if not {"days", "first_day", "seed"} <= set(about):
        raise BadFile(str(path), what=what)
    about.pop("format", None)
    return about


def _labels(codes: npt.NDArray[np.int64], names: tuple[str, ...] | None) -> pl.Series:
    if names is None:
        return pl.Series(codes)
    return pl.Series(names, dtype=pl.String)[codes]
