"""Forecasts of several cities in one file, with flags and the name of the run."""

import json
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import polars as pl

from doorstep.base.errors import BadInput
from doorstep.intake.freshretailnet.forecasts import read_forecast, write_forecast
from doorstep.model.demand import KEYS, Forecast
from doorstep.wire.files import write_whole

FORMAT: Final = 1
KEY: Final = "doorstep"
"""The metadata's key."""


def write_forecasts(
    forecasts: Sequence[Forecast], out: Path, *, cities: Sequence[str], flags: Sequence[Sequence[str]]
) -> int:
    """
    Write the forecasts of different cities as one file, sorted by keys and day.

    Parameters
    ----------
    forecasts, cities, flags
        One a city; flags as of `oddities.flags_of`, one text a series.

    Returns
    -------
    How many rows.

    Raises
    ------
    StoreUnavailable
        The disk did not do its part; nothing is left behind.

    Notes
    -----
    The same forecasts give the same bytes: `run_id` is a hash of them, and `made_at` the midnight that they look ahead
    from, not the clock. The metadata of one city is as `write_forecast` has it; of several it is one document a city
    under `parts`.
    """
    frames, parts = [], []
    with TemporaryDirectory(prefix="doorstep-") as scratch:
        path = Path(scratch, "F.parquet")
        for forecast, city, flag in zip(forecasts, cities, flags, strict=True):
            write_forecast(forecast, path)
            told: dict[str, Any] = json.loads(pl.read_parquet_metadata(path)[KEY])
            series = np.nonzero(forecast.on_sale)[0]
            frames.append(pl.read_parquet(path).with_columns(pl.Series("flag", flag, pl.String)[series]))
            parts.append({"city": city, **told})
    frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="vertical_relaxed").sort(*KEYS, "dt")
    last = max(x["data_cutoff"] for x in parts)
    head = {"format": FORMAT, "data_cutoff": last, "made_at": f"{_after(last)}T00:00:00", "seed": parts[0]["seed"]}
    told = {**parts[0], **head} if len(parts) == 1 else {**head, "parts": parts}
    told["run_id"] = _hash(frame, told)
    data = BytesIO()
    about = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    frame.write_parquet(data, compression="zstd", metadata={KEY: about})
    write_whole(out, data.getvalue())
    return frame.height


def _after(date: str) -> str:
    return str(np.datetime64(date, "D") + 1)


def _hash(frame: pl.DataFrame, told: dict[str, Any]) -> str:
    """Name a run by what it says: 16 digits of a hash of all its numbers, its ids and what is told with them."""
    found = sha256(json.dumps(told, sort_keys=True).encode())
    for column in frame:
        if column.dtype.is_numeric():
            found.update(column.to_numpy().tobytes())
        else:
            found.update("\n".join(column.unique().sort()).encode())
    return found.hexdigest()[:16]


def read_city(path: Path, city: str | None = None) -> Forecast:
    """
    Read one city's forecast out of a file of one or several.

    Parameters
    ----------
    city
        Its id as text; may be left out where the file has one city.

    Raises
    ------
    BadFile
        It is not there, is no forecast, or its rows contradict each other.
    BadInput
        The file has no such city, or several and none was named.
    """
    told = json.loads(pl.read_parquet_metadata(path).get(KEY, "{}")) if path.is_file() else {}
    if "parts" not in told:
        return read_forecast(path)
    parts = {x["city"]: x for x in told["parts"]}
    if city not in parts:
        raise BadInput(f"{path} holds the cities {', '.join(parts)}; name one of them, not {city}")
    rows = pl.scan_parquet(path).filter(pl.col(KEYS[0]).cast(pl.String) == city).collect()
    with TemporaryDirectory(prefix="doorstep-") as scratch:
        part = Path(scratch, path.name)
        rows.write_parquet(part, metadata={KEY: json.dumps(parts[city])})
        return read_forecast(part)
