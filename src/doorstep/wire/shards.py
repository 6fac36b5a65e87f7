"""A city too large for one panel, forecast by parts: some sites teach, the others are forecast by what was taught."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from doorstep.base.errors import BadFile
from doorstep.core.forecast import ForecastParams, forecast_others, joined, teach
from doorstep.core.forecast.align import ENDED_DAYS
from doorstep.core.forecast.run import Lesson
from doorstep.intake.freshretailnet.panel import LONGEST, read_panel
from doorstep.intake.freshretailnet.rows import FIRST_DAY, LAST_DAY, read_rows
from doorstep.model.demand import DAILY, GROUPS, KEYS, Ahead, Forecast, Panel
from doorstep.ports.engine import Engine
from doorstep.wire.forecast import READING, Failed, Tell, caught, recovered
from doorstep.wire.known import known_of
from doorstep.wire.oddities import flags_of, with_ended

LATELY: Final = 56
"""Days of history that a site is recovered and levelled on, where the lesson has seen all."""
CLOSED: Final = ENDED_DAYS
"""Files without a row for so long are forecast with the lesson, which sees more than the last days."""

Array = npt.NDArray[Any]
Names = dict[str, tuple[str, ...]]
Rows = TypeVar("Rows", Ahead, Forecast)


class Sharding(Struct, frozen=True, kw_only=True):
    """
    When and how a city is forecast by parts; all in series.

    Parameters
    ----------
    more_than
        A city of no more than this is one panel: 30,000 series of 97 days need about 1 GB.
    shard
        Small files are put together until they hold about so many.
    lesson
        About so many teach: as many as past origins are fitted to (`ForecastParams.learn_series`).
    """

    more_than: int = 30_000
    shard: int = 2_000
    lesson: int = 8_000


class Shard(Struct, frozen=True, kw_only=True):
    """Files that hold whole sites: those sites, how many series, the first and the last day, and the ids by column."""

    paths: tuple[Path, ...]
    sites: frozenset[str]
    series: int
    first: int
    last: int
    ids: dict[str, frozenset[int | str]]


class Plan(Struct, frozen=True, kw_only=True):
    """Shards that teach, and the others; the city's last day, and the names of its text ids."""

    lesson: tuple[Shard, ...]
    others: tuple[Shard, ...]
    last: int
    names: Names


class Large(Struct, frozen=True, kw_only=True, eq=False):
    """What was forecast of a large city: with a text of flags a series, and how many days of it were known ahead."""

    forecast: Forecast
    flags: tuple[str, ...]
    known_days: int


class _Task(Struct, frozen=True, kw_only=True, eq=False):
    paths: tuple[Path, ...]
    ahead: Ahead | None


class _Told(Struct, frozen=True, kw_only=True, eq=False):
    """What every shard is told: the lesson and of how many days it was, a forecast of nothing, and the city's end."""

    lesson: Lesson
    days: int
    nothing: Forecast
    last: int
    names: Names


def plan_of(paths: Sequence[Path], sharding: Sharding) -> Plan | None:
    """
    Plan how a city is forecast by parts.

    Parameters
    ----------
    paths
        Histories of one city.

    Returns
    -------
    None where the city is small, or its files are no parquet, or are not cut by site: then it is read as one panel.

    Raises
    ------
    BadFile
        A file cannot be read, or lies too far from the others in time.

    Notes
    -----
    Only keys, groups and dates are read. The plan depends on what the files hold, not on how they are called, as long
    as each site is in one file.
    """
    if any(x.suffix != ".parquet" for x in paths):
        return None
    if sum(_scanned(x, pl.len())["len"][0] for x in paths) <= sharding.more_than:
        return None
    seen = _by_site([_looked_at(x) for x in paths])
    series = sum(x.series for x in seen)
    if series <= sharding.more_than or len(seen) < 2:
        return None
    first, last = min(seen, key=lambda x: x.first), max(seen, key=lambda x: x.last)
    if last.last - first.first >= LONGEST:
        read_panel(sorted({*first.paths, *last.paths}))  # says which row is too far from which
    shards = _filled_up(seen, sharding.shard)
    open_ = [i for i, x in enumerate(shards) if x.last > last.last - CLOSED]
    wanted = max(1, round(len(open_) * sharding.lesson / series))
    if len(open_) <= wanted:
        return None
    # The lesson reaches back as far as the others are looked at.
    reach = max(min(shards[i].first for i in open_), last.last - LATELY + 1)
    able = [i for i in open_ if shards[i].first <= reach]
    chosen = {able[i] for i in np.linspace(0, len(able) - 1, min(wanted, len(able))).round().astype(int)}
    taught = [i for i in range(len(shards)) if i in chosen or i not in open_]
    return Plan(
        lesson=tuple(shards[i] for i in taught),
        others=tuple(x for i, x in enumerate(shards) if i not in taught),
        last=last.last,
        names=_names(shards),
    )


def forecast_large(
    plan: Plan, known: Sequence[Path], name: str, *, days: int, seed: int, engine: Engine | None, tell: Tell
) -> Large:
    """
    Forecast a city by parts.

    Parameters
    ----------
    known
        Files that speak of the city's days to come.
    name
        The city's id, as text.
    engine
        Where the shards are worked on; None: here, one after the other. The answer is the same.

    Raises
    ------
    BadFile, BadInput
        A file cannot be right.
    """
    read = 0

    def done() -> None:
        nonlocal read
        read += 1
        tell(READING, read, len(files))

    files = sorted(y for x in plan.lesson for y in x.paths)
    panel = _panel(files, plan.names, plan.last, done=done)
    ahead, known_days = known_of(known, panel, name, days=days) if known else (None, 0)
    owner = {site: i for i, x in enumerate(plan.others) for site in x.sites}
    parts = _parted(ahead, owner, len(plan.others))
    own, *others = parts
    empty = own is not None and not len(own.keys)
    params = ForecastParams()
    total = len(plan.others) + 1
    tell("parts of the city forecast", 0, total)
    made, lesson = teach(
        panel, recovered(panel), None if empty else own, days=days, params=params, seed=seed, engine=engine
    )
    nothing = replace(_some(made, np.zeros(0, np.int64)), names=ahead.names if ahead else made.names)
    made = nothing if empty else made if ahead else with_ended(made, panel)
    found, flags = [made], [flags_of(panel, made.keys)]
    told = _Told(lesson=lesson, days=panel.d, nothing=nothing, last=plan.last, names=nothing.names)
    del panel
    tell("parts of the city forecast", 1, total)
    tasks = [_Task(paths=x.paths, ahead=some) for x, some in zip(plan.others, others, strict=True)]
    work = partial(caught, partial(_forecast, told=told))
    for at, answer in enumerate(engine.map(work, tasks) if engine else map(work, tasks), start=2):
        if isinstance(answer, Failed):
            raise answer.error()
        found.append(answer.forecast)
        flags.append(answer.flags)
        tell("parts of the city forecast", at, total)
    order = np.lexsort(np.concatenate([x.keys for x in found]).T[::-1])
    flat = [y for x in flags for y in x]
    return Large(forecast=joined(found), flags=tuple(flat[i] for i in order), known_days=known_days)


def _forecast(task: _Task, *, told: _Told) -> Large:
    """Forecast one shard by what it was told."""
    panel = _panel(task.paths, told.names, told.last)
    lately = panel.days(max(0, panel.d - min(LATELY, told.days)), panel.d)
    lately = lately.series(np.flatnonzero(lately.there.any(axis=1)))
    ahead = task.ahead
    if ahead is not None and not len(ahead.keys):
        made = told.nothing
    else:
        made = forecast_others(lately, recovered(lately), ahead and _grouped(ahead, panel), told.lesson)
    made = made if ahead else with_ended(made, panel)
    return Large(forecast=made, flags=flags_of(panel, made.keys), known_days=0)


def _scanned(path: Path, *what: pl.Expr) -> pl.DataFrame:
    """Read little of a file; where that fails it is read whole, which says what is wrong and where."""
    try:
        return pl.scan_parquet(path).select(*what).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        read_rows(path, sold=True)
        raise BadFile(str(path), what="cannot be scanned; is it a whole parquet file?") from error


def _looked_at(path: Path) -> Shard:
    """Find out which sites, how many series and which days a file has; cells that cannot be right are passed over."""
    schema = pl.scan_parquet(path).collect_schema()
    columns = [x for x in (*KEYS, *GROUPS) if x in schema]
    if not {*KEYS, "dt"} <= {*schema}:
        read_rows(path, sold=True)  # says which column is missing
    ids = [pl.col(x) if schema[x].is_integer() else _id(x, schema[x]) for x in columns]
    frame = _scanned(path, *ids, pl.col("dt"))
    series = frame.select(pl.struct(*KEYS).n_unique()).item()
    dates = frame["dt"].unique()
    if isinstance(dates.dtype, pl.Datetime):
        dates = dates.dt.date()
    elif dates.dtype != pl.Date:
        dates = dates.cast(pl.String).str.to_date("%Y-%m-%d", strict=False)
    days = dates.drop_nulls().to_physical()
    days = days.filter((days >= FIRST_DAY) & (days <= LAST_DAY))
    values = {x: frozenset(frame[x].drop_nulls().unique().to_list()) for x in columns}
    sites = frozenset(str(x) for x in values[KEYS[1]])
    if not len(days) or not sites:
        read_rows(path, sold=True)  # says which date or site it was
    return Shard(
        paths=(path,), sites=sites, series=series, first=int(str(days.min())), last=int(str(days.max())), ids=values
    )


def _id(column: str, dtype: pl.DataType) -> pl.Expr:
    """Take numbers as whole numbers and all else as text, as `rows` does."""
    return pl.col(column).cast(pl.Int64 if dtype.is_float() else pl.String, strict=False)


def _together(shards: Sequence[Shard]) -> Shard:
    columns = {y for x in shards for y in x.ids}
    return Shard(
        paths=tuple(sorted(y for x in shards for y in x.paths)),
        sites=frozenset().union(*(x.sites for x in shards)),
        series=sum(x.series for x in shards),
        first=min(x.first for x in shards),
        last=max(x.last for x in shards),
        ids={y: frozenset().union(*(x.ids.get(y, frozenset()) for x in shards)) for y in columns},
    )


def _by_site(files: Sequence[Shard]) -> list[Shard]:
    """Put files that share a site together; in the order of their sites."""
    found: list[Shard] = []
    at: dict[str, Shard] = {}
    for file in files:
        near = {id(at[x]): at[x] for x in file.sites if x in at}
        shard = _together([*near.values(), file])
        at |= dict.fromkeys(shard.sites, shard)
    found = list({id(x): x for x in at.values()}.values())
    return sorted(found, key=lambda x: min((len(y), y) for y in x.sites))


def _filled_up(shards: Sequence[Shard], most: int) -> list[Shard]:
    """Put neighbours together while they are small."""
    groups: list[list[Shard]] = []
    for x in shards:
        if groups and sum(y.series for y in groups[-1]) + x.series <= most:
            groups[-1].append(x)
        else:
            groups.append([x])
    return [_together(x) for x in groups]


def _names(shards: Sequence[Shard]) -> Names:
    """Give texts the numbers that one panel of all files would: one text in a column, and all are taken as text."""
    found: Names = {}
    for column in (*KEYS, *GROUPS):
        values = {y for x in shards for y in x.ids.get(column, ())}
        if any(isinstance(x, str) and (x or column in KEYS) for x in values):
            found[column] = tuple(sorted({str(x) for x in values if x != ""}))
    return found


def _panel(paths: Sequence[Path], names: Names, last: int, *, done: Any = lambda: None) -> Panel:  # noqa: ANN401
    """Read files as a part of a city: texts numbered as in the whole of it, up to the city's last day."""
    panel = read_panel(paths, done=done)
    keys, groups = panel.keys.copy(), panel.groups.copy()
    for column, numbers in zip((*KEYS, *GROUPS), (*keys.T, *groups.T), strict=True):
        if column in names:
            at = {x: i for i, x in enumerate(names[column])}
            here = panel.names.get(column)
            each, back = np.unique(numbers, return_inverse=True)
            table = [-1 if x < 0 and column in GROUPS else at[here[x] if here else str(x)] for x in each.tolist()]
            numbers[:] = np.array(table, np.int64)[back]
    order = np.lexsort(keys.T[::-1])
    more = last - (panel.first_day + panel.d - 1)
    daily = {x: _later(x, getattr(panel, x), more) for x in DAILY}
    if (order != np.arange(panel.n)).any():
        keys, groups = keys[order], groups[order]
        daily = {x: None if a is None else a[order] for x, a in daily.items()}
    return Panel(keys=keys, groups=groups, first_day=panel.first_day, names=names, **daily)


def _later(name: str, values: Array | None, days: int) -> Any:  # noqa: ANN401 an array or None
    """Add days without a row at the end."""
    if values is None or not days:
        return values
    blank = {"sales": np.nan, "discount": 1.0, "weather": np.nan, "out_hours": -1}.get(name, 0)
    shape = (len(values), days, *values.shape[2:])
    return np.concatenate([values, np.full(shape, blank, values.dtype)], axis=1)


def _parted(ahead: Ahead | None, owner: dict[str, int], count: int) -> list[Ahead | None]:
    """Part what is known ahead: first what is of the lesson's sites or of new ones, then by shard."""
    if ahead is None:
        return [None] * (count + 1)
    sites, back = np.unique(ahead.keys[:, 1], return_inverse=True)
    texts = ahead.names.get(KEYS[1])
    part = np.array([owner.get(texts[x] if texts else str(x), -1) for x in sites.tolist()], np.int64)[back.ravel()]
    return [_some(ahead, np.flatnonzero(part == i)) for i in range(-1, count)]


def _some(whole: Rows, rows: Array) -> Rows:
    """Take some series of what has one row a series."""
    parts = {x: getattr(whole, x) for x in whole.__struct_fields__}
    return replace(whole, **{x: a[rows] for x, a in parts.items() if isinstance(a, np.ndarray)})


def _grouped(ahead: Ahead, panel: Panel) -> Ahead:
    """Take the groups that the history knows where the known future does not say them."""
    at = {tuple(key): i for i, key in enumerate(panel.keys.tolist())}
    rows = np.array([at.get(tuple(key), -1) for key in ahead.keys.tolist()], np.int64)
    before = np.where((rows >= 0)[:, None], panel.groups[rows], -1)
    return replace(ahead, groups=np.where(ahead.groups >= 0, ahead.groups, before))
