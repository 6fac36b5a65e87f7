"""A city forecast by parts of its files: the same form of answer, near that of one panel, whoever does the work."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from doorstep.base.errors import BadInput
from doorstep.model.paths import paths
from doorstep.wire.forecast import Done, run_forecast
from doorstep.wire.forecasts import read_city
from doorstep.wire.shards import Sharding, plan_of
from tests.forecast.commands.cities import FIRST, city, week, write

BY_PARTS = Sharding(more_than=50, shard=24, lesson=60)
FILES = range(1, 9)
SKUS = 12
DAYS = 63


def silent(_what: str, _done: int, _total: int) -> None:
    """Say nothing."""


@cache
def one_file(number: int) -> pl.DataFrame:
    """Two sites of city 7, of twelve skus each."""
    return city(number, days=DAYS, skus=SKUS).with_columns(pl.lit(7, pl.Int32).alias("city_id"))


def history(folder: Path, *, files: int = len(FILES)) -> list[Path]:
    """Write city 7 as one file a pair of sites."""
    return [write(one_file(x), folder / f"{x - 1}.parquet") for x in FILES[:files]]


def run(
    files: list[Path], out: Path, *, known: tuple[Path, ...] = (), sharding: Sharding = BY_PARTS, processes: int = 1
) -> Done:
    """Forecast a week."""
    return run_forecast(files, known, out, days=7, seed=1, processes=processes, tell=silent, sharding=sharding)


def apart(one: Path, other: Path) -> float:
    """Sum of the distances of the means, over the sum of the means."""
    a, b = (pl.read_parquet(x).sort("store_id", "product_id", "dt") for x in (one, other))
    assert a.select("store_id", "product_id", "dt", "flag").equals(b.select("store_id", "product_id", "dt", "flag"))
    x, y = a["mean"].to_numpy().astype(float), b["mean"].to_numpy().astype(float)
    return float(np.abs(x - y).sum() / y.sum())


@pytest.mark.check
def test_a_city_by_parts_is_near_the_city_as_one_and_the_same_in_any_process(tmp_path: Path) -> None:
    """Every row is there, no number is missing, one or two processes give the same bytes; paths can be drawn."""
    files = history(tmp_path)
    one, two, whole = (tmp_path / f"{x}-F.parquet" for x in ("one", "two", "whole"))
    done = run(files, one)
    run(list(reversed(files)), two, processes=2)
    run(files, whole, sharding=Sharding())
    assert one.read_bytes() == two.read_bytes()
    found = pl.read_parquet(one)
    assert len(FILES) * 2 * SKUS * 7 == found.height == done.rows
    assert 0 == sum(found.null_count().row(0))
    assert all(found[x].is_finite().all() for x in found.columns if found[x].dtype.is_float())
    assert found.select("store_id", "product_id", "dt").equals(
        found.select("store_id", "product_id", "dt").unique().sort("store_id", "product_id", "dt")
    )
    assert apart(one, whole) < 0.03  # measured: 0.015
    assert set(json.loads(pl.read_parquet_metadata(whole)["doorstep"])) == set(
        json.loads(pl.read_parquet_metadata(one)["doorstep"])
    )
    drawn = paths(read_city(one), [10, 81], [1, 2], [0, 6], 3)
    assert (3, 2, 2) == drawn.shape


@pytest.mark.check
def test_texts_are_numbered_as_in_the_whole_city(tmp_path: Path) -> None:
    """Sites s0 to s7 are forecast to the last digit as sites 0 to 7 are, whichever file and part they are in."""
    outs = []
    for text in (False, True):
        folder = tmp_path / str(text)
        folder.mkdir()
        files = history(folder, files=4)
        for at, path in enumerate(files):
            number = (pl.col("store_id") % 10 + 2 * at).cast(pl.Int32)
            site = pl.format("s{}", number) if text else number
            write(pl.read_parquet(path).with_columns(site.alias("store_id")), path)
        outs.append(folder / "F.parquet")
        run(files, outs[-1])
    numbers, texts = (pl.read_parquet(x) for x in outs)
    assert [f"s{x}" for x in numbers["store_id"]] == texts["store_id"].to_list()
    assert numbers.drop("store_id").equals(texts.drop("store_id"))


@pytest.mark.check
def test_a_known_future_is_parted_too(tmp_path: Path) -> None:
    """Its rows are answered and no others: with a site that is new, without one that is left out, past its end."""
    files = history(tmp_path, files=5)
    known = pl.concat([week(x, days=5, skus=SKUS, after=FIRST + timedelta(DAYS)) for x in (1, 2, 4, 5, 6)])
    known = known.with_columns(pl.lit(7, pl.Int32).alias("city_id"))
    path, out, whole = write(known, tmp_path / "k.parquet"), tmp_path / "F.parquet", tmp_path / "W.parquet"
    done = run(files, out, known=(path,))
    run(files, whole, known=(path,), sharding=Sharding())
    found = pl.read_parquet(out)
    assert set(known["store_id"]) == set(found["store_id"])
    assert (5 * 2 * SKUS * 7, 2 * SKUS) == (found.height, done.cities[0].flags["new"])
    assert str(FIRST + timedelta(DAYS + 4)) == done.cities[0].known_to
    assert apart(out, whole) < 0.04  # measured: 0.018


@pytest.mark.check
@pytest.mark.parametrize("processes", [1, 2])
def test_a_bad_file_among_many_is_refused_with_its_place(processes: int, tmp_path: Path) -> None:
    """The file, the row and the column, out of another process too; and nothing is written."""
    files = history(tmp_path, files=5)
    values = one_file(4)["discount"].to_list()
    values[40] = -0.5
    write(one_file(4).with_columns(pl.Series("discount", values)), files[3])
    plan = plan_of(files, BY_PARTS)
    assert plan is not None
    assert any(files[3] in x.paths for x in plan.others), "the bad file is not among those that teach"
    with pytest.raises(BadInput, match=r"3\.parquet, row 41, column discount"):
        run(files, tmp_path / "F.parquet", processes=processes)
    assert {x.name for x in files} == {x.name for x in tmp_path.iterdir()}


def test_a_plan_holds_each_file_once_and_each_site_in_one_part(tmp_path: Path) -> None:
    """Files that share a site stay together; the order and the names of files change nothing."""
    frames = [one_file(x).filter(pl.col("dt") > str(FIRST + timedelta(40))) for x in FILES]
    half = frames[2]["dt"] < str(FIRST + timedelta(50))
    frames[2:3] = [frames[2].filter(half), frames[2].filter(~half)]
    plans = []
    for names in ("abcdefghi", "ihgfedcba"):
        folder = tmp_path / names
        folder.mkdir()
        files = [write(x, folder / f"{name}.parquet") for x, name in zip(frames, names, strict=True)]
        plan = plan_of(sorted(files), BY_PARTS)
        assert plan is not None
        parts = [*plan.lesson, *plan.others]
        assert len(frames) == len({y for x in parts for y in x.paths}) == sum(len(x.paths) for x in parts)
        assert 2 * len(FILES) == len({y for x in parts for y in x.sites}) == sum(len(x.sites) for x in parts)
        assert (2, {"30", "31"}) == next((len(x.paths), set(x.sites)) for x in parts if "30" in x.sites)
        assert len(FILES) * 2 * SKUS == sum(x.series for x in parts) - 2 * SKUS
        plans.append([[x.sites for x in y] for y in (plan.lesson, plan.others)])
    assert plans[0] == plans[1]


def test_a_small_city_is_not_parted(tmp_path: Path) -> None:
    """Nor is one whose sites all share a file, or whose files are no parquet."""
    files = history(tmp_path, files=3)
    assert plan_of(files, Sharding()) is None
    assert plan_of(files[:1], Sharding(more_than=5, shard=5, lesson=5)) is None
    assert plan_of([*files, tmp_path / "h.csv"], BY_PARTS) is None
    assert plan_of(files, BY_PARTS) is not None
