"""
A city's night: `doorstep forecast run` from files of history on disk to `F.parquet`, and the refresh of a day.

The files are made by a seeded generator, one a site: products × days with weekdays, promotions, drift, bursts and
shelves that run empty. Two processes. `--files 300` is the full form (600,000 series); fewer files measure the same
steps and say what the full form would take, in proportion. Peers: seasonal naive by polars over the same files, which
is the least that any forecast of them must read and write; AutoETS at the 19 series a second and core that the
research measured.
"""

import argparse
import hashlib
import json
import os
import resource
import tempfile
import time
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"), "1"))

import numpy as np
import polars as pl

from doorstep.adapters.engine import Local
from doorstep.core.forecast import rest_of_day
from doorstep.intake.freshretailnet.forecasts import read_forecast
from doorstep.model.demand import Forecast
from doorstep.wire.forecast import run_forecast
from doorstep.wire.shards import Sharding

SEED, FIRST_DAY = 20_200_401, 19_800
SITES, SKUS, DAYS, AHEAD = 300, 2_000, 97, 7
AUTOETS_SERIES_A_SECOND = 19
HUMPS = np.exp(-0.5 * ((np.arange(24) - 10) / 2.0) ** 2) + 0.9 * np.exp(-0.5 * ((np.arange(24) - 18) / 1.8) ** 2)


def make_file(site: int, folder: Path, *, skus: int, days: int) -> Path:
    """Write one site's history; the same city, skus and promotions in every file."""
    city = np.random.default_rng(SEED)
    level = city.lognormal(1.0, 1.0, skus)
    weekday = city.normal(0, 0.08, (20, 7))
    promoted = city.random((skus, days)) < 0.08
    depth = np.where(promoted, city.uniform(0.05, 0.4, (skus, days)), 0.0)
    elastic = city.normal(1.8, 0.4, skus)
    shock = city.normal(0, 0.08, (skus, days))
    rain, heat = np.maximum(city.normal(0, 6, days), 0), 15 + city.normal(0, 4, days)
    chance = np.random.default_rng([SEED, site])
    third = np.arange(skus) % 20
    week = (FIRST_DAY + 3 + np.arange(days)) % 7
    drift = np.cumsum(chance.normal(0, 0.02, (skus, days)), axis=1)
    own = chance.normal(0, 0.4, (skus, 1)) + chance.normal(0, 0.3)
    log_rate = (
        np.log(level)[:, None] + own + weekday[third][:, week] - elastic[:, None] * np.log1p(-depth) + shock + drift
    )
    burst = chance.gamma(8, 1 / 8, (skus, days))
    profile = np.where((np.arange(24) >= 6) & (np.arange(24) < 22), HUMPS, 0)
    wanted = chance.poisson((np.exp(log_rate) * burst)[:, :, None] * (profile / profile.sum()))
    shelf = np.ceil(np.exp(log_rate - drift - shock) * chance.lognormal(0.35, 0.25, (skus, days)) + 1)
    before = np.cumsum(wanted, axis=2) - wanted
    sold = np.clip(np.minimum(wanted, shelf[:, :, None] - before), 0, None)
    empty = before + sold >= shelf[:, :, None]
    frame = pl.DataFrame(
        {
            "city_id": np.zeros(skus * days, np.int32),
            "store_id": np.full(skus * days, site, np.int32),
            "management_group_id": np.zeros(skus * days, np.int32),
            "first_category_id": np.repeat(third // 5, days).astype(np.int32),
            "second_category_id": np.repeat(third // 2, days).astype(np.int32),
            "third_category_id": np.repeat(third, days).astype(np.int32),
            "product_id": np.repeat(np.arange(skus), days).astype(np.int32),
            "dt": [str(np.datetime64(FIRST_DAY + x, "D")) for x in range(days)] * skus,
            "sale_amount": sold.sum(axis=2).ravel().astype(np.float64),
            "stock_hour6_22_cnt": empty[:, :, 6:22].sum(axis=2).ravel().astype(np.int32),
            "discount": (1 - depth).round(3).ravel(),
            "holiday_flag": np.tile((week >= 5).astype(np.int8), skus),
            "activity_flag": np.zeros(skus * days, np.int8),
            "precpt": np.tile(rain, skus),
            "avg_temperature": np.tile(heat, skus),
            "avg_humidity": np.full(skus * days, 70.0),
            "avg_wind_level": np.full(skus * days, 2.0),
        }
    )
    lists = {"hours_sale": (sold, np.float32, pl.Float32), "hours_stock_status": (empty, np.int8, pl.Int8)}
    for name, (values, kind, inner) in lists.items():
        flat = pl.Series(name, values.reshape(-1, 24).astype(kind))
        frame = frame.with_columns(flat.cast(pl.List(inner)).alias(name))
    path = folder / f"site{site:03d}.parquet"
    frame.write_parquet(path, compression="zstd", compression_level=1)
    return path


class Night:
    """Watches a command: when it said what, and what memory its processes take."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int, int, float]] = []
        self.own = self.child = self.all = 0.0
        self._over = Event()
        self._watch = Thread(target=self._look, daemon=True)

    def tell(self, what: str, done: int, total: int) -> None:
        """Be told how far the command is."""
        self.said.append((what, done, total, time.monotonic()))

    def __enter__(self) -> Self:
        self.wall, self.cpu = time.monotonic(), _cpu()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        self.end = time.monotonic()
        self.wall, self.begin, self.cpu = self.end - self.wall, self.wall, _cpu() - self.cpu

    def steps(self) -> dict[str, float]:
        """Return the wall seconds of the steps of a city forecast by parts; none of a small one."""
        at = {done: when for what, done, _, when in self.said if what.startswith("parts")}
        if not at:
            return {}
        marks = {"look_and_read": at[0], "teach": at[1], "others": at[max(at)], "write": self.end}
        found, last = {}, self.begin
        for name, when in marks.items():
            found[name], last = when - last, when
        return found

    def _look(self) -> None:
        while not self._over.wait(0.2):
            own, *children = (_resident(x) for x in (os.getpid(), *_children()))
            self.own = max(self.own, own)
            self.child = max(self.child, *children, 0.0)
            self.all = max(self.all, own + sum(children))


def scale(*, files: int, skus: int = SKUS, days: int = DAYS) -> dict[str, Any]:
    """Time `doorstep forecast run` on so many files of one city, and in proportion on all."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = list(Local(2).map(partial(make_file, folder=folder, skus=skus, days=days), range(files)))
        out, sharding = folder / "F.parquet", Sharding(more_than=min(Sharding().more_than, files * skus - 1))
        with Night() as night:
            done = run_forecast(paths, (), out, days=AHEAD, seed=1, processes=2, tell=night.tell, sharding=sharding)
        some = paths[:4]
        start = time.process_time()
        _naive(some, folder / "naive.parquet")
        naive = (time.process_time() - start) / len(some)
        refresh = _refresh(read_forecast(out))
        digest = hashlib.sha256(out.read_bytes()).hexdigest()[:16]
    steps = night.steps()
    taught = files + 1 - max((total for what, _, total, _ in night.said if what.startswith("parts")), default=1)
    grows = dict.fromkeys(steps, SITES / files)
    grows |= {"teach": 1.0, "others": (SITES - taught) / max(files - taught, 1)}
    whole = sum(v * grows[name] for name, v in steps.items())
    return {
        "seed": SEED,
        "files": files,
        "series": files * skus,
        "rows": done.rows,
        "wall_s": round(night.wall, 1),
        "cpu_s": round(night.cpu, 1),
        "wall_s_by_step": {x: round(v, 1) for x, v in steps.items()},
        "full_wall_min": round(whole / 60, 2),
        "gib_own": round(night.own, 2),
        "gib_largest_child": round(night.child, 2),
        "gib_all": round(night.all, 2),
        "refresh_s_600k": round(refresh * 600_000 / (files * skus), 2),
        "ratio_to_seasonal_naive": round(night.cpu / files / naive, 2),
        "ratio_to_autoets": round(night.cpu / (files * skus / AUTOETS_SERIES_A_SECOND), 4),
        "digest": digest,
    }


def _cpu() -> float:
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + gone.ru_utime + gone.ru_stime


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(x) for task in tasks for x in _text(task).split()]


def _resident(process: int) -> float:
    """Return what memory a process takes, GiB; what it shares with others is counted with each."""
    words = _text(Path(f"/proc/{process}/statm")).split()
    return int(words[1]) * resource.getpagesize() / 2**30 if words else 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended
        return ""


def _naive(paths: list[Path], out: Path) -> None:
    last = [str(np.datetime64(FIRST_DAY + DAYS - x, "D")) for x in range(1, AHEAD + 1)]
    frames = [pl.read_parquet(x, columns=["store_id", "product_id", "dt", "sale_amount"]) for x in paths]
    pl.concat(frames).filter(pl.col("dt").is_in(last)).write_parquet(out)


def _refresh(city: Forecast) -> float:
    chance = np.random.default_rng(SEED)
    mean, shape = city.mean[:, 0].astype(np.float64), city.spread[:, 0, 0].astype(np.float64)
    seen = chance.uniform(0, 0.5, len(mean))
    sold = chance.poisson(mean * seen).astype(np.float64)
    site = np.unique(city.keys[:, 1], return_inverse=True)[1]
    sku = np.unique(city.keys[:, 2], return_inverse=True)[1]
    start = time.process_time()
    rest_of_day(mean, shape, sold, seen, 1 - seen, site, sku, site_variance=0.01, sku_variance=0.01)
    return time.process_time() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--skus", type=int, default=SKUS)
    given = parser.parse_args()
    print(json.dumps(scale(files=given.files, skus=given.skus)))
