"""Files of history in, forecasts and recovered demand out; cities are worked on side by side."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

from doorstep.base.errors import BadInput, CheckFailed, DoorstepError, WorldFailed
from doorstep.intake.freshretailnet.panel import read_panel
from doorstep.model.demand import KEYS, METHODS, RECOVERY, Ahead, Forecast, Panel
from doorstep.ports.engine import Engine
from doorstep.wire.files import write_whole
from doorstep.wire.known import cities_in, known_of
from doorstep.wire.oddities import FLAGS, flags_of, with_ended

if TYPE_CHECKING:
    from doorstep.core.history.recover import Recovery, RecoveryReport
    from doorstep.wire.shards import Sharding

Tell = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, of how much."""
Made = TypeVar("Made")
Piece = TypeVar("Piece")
Work = Callable[["Files", Tell, Engine | None], list[Made]]
WORTH_IT: Final = 100_000
"""Days of series from which on other processes save more time than it takes to start them."""
READING: Final = "files read"


class City(Struct, frozen=True, kw_only=True, eq=False):
    """One city's history up to its own last day, what is known of the days after it, and of how many."""

    name: str
    panel: Panel
    ahead: Ahead | None = None
    known_days: int = 0


class Files(Struct, frozen=True, kw_only=True):
    """Files whose cities belong together: the histories, and the known futures that speak of any of them."""

    histories: tuple[Path, ...]
    known: tuple[Path, ...]


class CityDone(Struct, frozen=True, kw_only=True):
    """
    What was done for one city.

    Parameters
    ----------
    first, last
        The first and the last day written.
    methods, flags
        Rows by method; series by flag.
    known_to
        The last day of the known future; empty where there was none.
    recovery
        What recovery found out about the city and itself; None of a forecast.
    """

    city: str
    series: int
    first: str
    last: str
    methods: dict[str, int]
    flags: dict[str, int]
    known_to: str = ""
    recovery: "RecoveryReport | None" = None


class Done(Struct, frozen=True, kw_only=True):
    """What a command wrote."""

    out: str
    rows: int
    cities: tuple[CityDone, ...]


def run_forecast(
    histories: Sequence[Path],
    known: Sequence[Path],
    out: Path,
    *,
    days: int,
    seed: int,
    processes: int,
    tell: Tell,
    sharding: "Sharding | None" = None,
) -> Done:
    """
    Forecast every city of some files, and write one file; whole or not at all.

    Parameters
    ----------
    days
        1 to 14, from each city's last day on.
    processes
        Processes; 0: one a core.
    sharding
        From which size on a city is forecast by parts of its files; None: the usual.

    Raises
    ------
    BadFile, BadInput
        A file cannot be right; nothing is written.
    """
    from doorstep.wire.forecasts import write_forecasts
    from doorstep.wire.shards import Sharding

    work = partial(_forecasts, days=days, seed=seed, sharding=sharding or Sharding())
    parts = over_groups(work, histories, known, processes=processes, tell=tell)
    parts.sort(key=lambda x: by_number(x[0].city))
    done, forecasts, flags = zip(*parts, strict=True)
    rows = write_forecasts(forecasts, out, cities=[x.city for x in done], flags=flags)
    return Done(out=str(out), rows=rows, cities=done)


def run_recover(histories: Sequence[Path], out: Path, *, processes: int, tell: Tell) -> Done:
    """Recover the demand of every city of some files, and write one file; whole or not at all. As `run_forecast`."""
    parts = over_groups(_recoveries, histories, (), processes=processes, tell=tell)
    frame = pl.concat([x[1] for x in parts], how="vertical_relaxed").sort(*KEYS, "dt")
    data = BytesIO()
    done = sorted((x[0] for x in parts), key=lambda x: by_number(x.city))
    told = msgspec.json.encode({"format": 1, "cities": {x.city: x.recovery for x in done}}).decode()
    frame.write_parquet(data, compression="zstd", metadata={"doorstep": told})
    write_whole(out, data.getvalue())
    return Done(out=str(out), rows=frame.height, cities=tuple(done))


def over_groups(
    work: Work[Made],
    histories: Sequence[Path],
    known: Sequence[Path],
    *,
    processes: int,
    tell: Tell,
) -> list[Made]:
    """
    Do some work on every group of files that share no city, several at a time.

    Parameters
    ----------
    work
        Done in other processes where there are several groups. Where there is one, it is done here, its own bars are
        shown, and it is given the engine.

    Raises
    ------
    BadInput, CheckFailed, WorldFailed
        As the work raised it; of several the first group's.
    """
    groups = together(histories, known)
    side_by_side = engine(processes)
    if len(groups) == 1:
        return work(groups[0], tell, side_by_side)
    found: list[Made] = []
    answers = side_by_side.map(partial(caught, partial(_quietly, work)), groups)
    for at, answer in enumerate(answers, start=1):
        if isinstance(answer, Failed):
            raise answer.error()
        found += answer
        tell("groups of cities done", at, len(groups))
    return found


def engine(processes: int) -> Engine:
    """Take the engine of this machine: so many processes, 0 for one a core."""
    from doorstep.adapters.engine import Local

    return Local(processes)


def together(histories: Sequence[Path], known: Sequence[Path]) -> list[Files]:
    """
    Sort files into groups that share no city, so that each group can be read alone.

    Raises
    ------
    BadFile
        A file cannot be read right.
    BadInput
        A file is named twice, or a known future speaks of no city of the histories.
    """
    for paths in (histories, known):
        twice = [x for i, x in enumerate(paths) if x in paths[:i]]
        if twice:
            raise BadInput(f"{twice[0]} is named twice; leave one out")
    groups: list[tuple[list[Path], set[str]]] = []
    for path in histories:
        ids = cities_in(path, sold=True)
        near = [x for x in groups if x[1] & ids]
        groups = [x for x in groups if not x[1] & ids]
        groups.append(([*(y for x in near for y in x[0]), path], ids.union(*(x[1] for x in near))))
    spoken = {path: cities_in(path, sold=False) for path in known}
    for path, ids in spoken.items():
        if not any(x[1] & ids for x in groups):
            told = ", ".join(sorted(ids)[:5])
            raise BadInput(f"{path} speaks of city {told}, of which there is no history; leave it out")
    groups.sort(key=lambda x: min(by_number(y) for y in x[1]))
    return [
        Files(
            histories=tuple(sorted(paths)),
            known=tuple(sorted(x for x, spoken_of in spoken.items() if spoken_of & ids)),
        )
        for paths, ids in groups
    ]


def read_cities(files: Files, *, days: int, tell: Tell) -> Iterator[City]:
    """
    Read a group of files, city by city; each ends on its own last day.

    Parameters
    ----------
    days
        How many days to come are asked for.

    Raises
    ------
    BadFile
        A file cannot be read right.
    """
    read = 0

    def done() -> None:
        nonlocal read
        read += 1
        tell(READING, read, len(files.histories))

    whole = read_panel(files.histories, done=done)
    cities = np.unique(whole.keys[:, 0])
    for number in cities:
        panel = _trimmed(whole.series(whole.keys[:, 0] == number) if len(cities) > 1 else whole)
        names = whole.names.get(KEYS[0])
        name = names[number] if names else str(number)
        known = [x for x in files.known if name in cities_in(x, sold=False)]
        ahead, known_days = known_of(known, panel, name, days=days) if known else (None, 0)
        yield City(name=name, panel=panel, ahead=ahead, known_days=known_days)


def forecast_city(city: City, *, days: int, seed: int, side_by_side: Engine | None = None) -> Forecast:
    """Recover and forecast one city, goods by weight as pieces of half a kilogram."""
    from doorstep.core.forecast import ForecastParams, forecast
    from doorstep.core.history.portions import ahead_in_portions, forecast_in_amounts, in_portions, portions

    weighed = portions(city.panel)
    panel = in_portions(city.panel, weighed) if weighed else city.panel
    side_by_side = None if panel.n * panel.d < WORTH_IT else side_by_side
    ahead, params = ahead_in_portions(city.ahead, weighed), ForecastParams()
    made = forecast(panel, recovered(panel), ahead, days=days, params=params, seed=seed, engine=side_by_side)
    return forecast_in_amounts(made, weighed) if weighed else made


def recovered(panel: Panel) -> "Recovery":
    """See through the stock-outs of a panel; goods by weight as pieces, told in grams again."""
    from doorstep.core.history.portions import in_portions, portions, recovered_in_amounts
    from doorstep.core.history.recover import recover
    from doorstep.core.history.recover_params import RecoverParams

    weighed = portions(panel)
    found = recover(in_portions(panel, weighed) if weighed else panel, params=RecoverParams())
    return recovered_in_amounts(found, panel, weighed) if weighed else found


def by_number(name: str) -> tuple[int, str]:
    """Sort 9 before 10; names that are no numbers come after, by letter."""
    return (int(name), name) if name.isascii() and name.isdigit() else (2**63, name)


class Failed(Struct, frozen=True, kw_only=True):
    """An error on its way between processes: what it says, and what the command line answers."""

    text: str
    exit_code: int

    def error(self) -> DoorstepError:
        """Make it an error again."""
        kinds: dict[int, type[DoorstepError]] = {1: CheckFailed, 2: BadInput}
        return kinds.get(self.exit_code, WorldFailed)(self.text)


def caught(work: Callable[[Piece], Made], piece: Piece) -> Made | Failed:
    """Do the work; an error is an answer too, for it would not survive the way back between processes as it is."""
    try:
        return work(piece)
    except DoorstepError as error:
        return Failed(text=str(error), exit_code=error.exit_code)


def _quietly(work: Work[Made], files: Files) -> list[Made]:
    return work(files, _silent, None)


def _silent(_what: str, _done: int, _total: int) -> None:
    """Say nothing: another process has no terminal."""


def _forecasts(
    files: Files, tell: Tell, side_by_side: Engine | None, *, days: int, seed: int, sharding: "Sharding"
) -> list[tuple[CityDone, Forecast, tuple[str, ...]]]:
    from doorstep.wire.shards import forecast_large, plan_of

    names = set().union(*(cities_in(x, sold=True) for x in files.histories))
    plan = plan_of(files.histories, sharding) if len(names) == 1 else None
    if plan is not None:
        (name,) = names
        large = forecast_large(plan, files.known, name, days=days, seed=seed, engine=side_by_side, tell=tell)
        done = _done(name, large.forecast, large.flags, large.known_days)
        return [(done, large.forecast, large.flags)]
    found: list[tuple[CityDone, Forecast, tuple[str, ...]]] = []
    for city in read_cities(files, days=days, tell=tell):
        tell("cities forecast", len(found), len(found) + 1)
        made = forecast_city(city, days=days, seed=seed, side_by_side=side_by_side)
        if city.ahead is None:
            made = with_ended(made, city.panel)
        flags = flags_of(city.panel, made.keys)
        found.append((_done(city.name, made, flags, city.known_days), made, flags))
        tell("cities forecast", len(found), len(found))
    return found


def _done(city: str, made: Forecast, flags: tuple[str, ...], known_days: int) -> CityDone:
    rows = made.method[made.on_sale]
    return CityDone(
        city=city,
        series=len(made.keys),
        first=_date(made.first_day),
        last=_date(made.first_day + made.mean.shape[1] - 1),
        methods={name: int((rows == at).sum()) for at, name in enumerate(METHODS)},
        flags=_counted(flags),
        known_to=_date(made.first_day + known_days - 1) if known_days else "",
    )


def _recoveries(files: Files, tell: Tell, _side_by_side: Engine | None) -> list[tuple[CityDone, pl.DataFrame]]:
    found: list[tuple[CityDone, pl.DataFrame]] = []
    for city in read_cities(files, days=1, tell=tell):
        panel, made = city.panel, recovered(city.panel)
        series, day = np.nonzero(panel.there)
        method = made.method[series, day]
        columns: dict[str, Any] = {
            **{name: _ids(panel, at)[series] for at, name in enumerate(KEYS)},
            "dt": (panel.first_day + day).astype("datetime64[D]").astype(str),
            "sales": made.sales[series, day],
            "exposure": made.exposure[series, day],
            "demand_mean": made.mean[series, day],
            "demand_sd": made.sd[series, day],
            "method": np.array(RECOVERY)[method],
        }
        done = CityDone(
            city=city.name,
            series=panel.n,
            first=_date(panel.first_day),
            last=_date(panel.first_day + panel.d - 1),
            methods={name: int((method == at).sum()) for at, name in enumerate(RECOVERY)},
            flags=_counted(flags_of(panel, panel.keys)),
            recovery=made.report,
        )
        found.append((done, pl.DataFrame(columns)))
        tell("cities recovered", len(found), len(found))
    return found


def _counted(flags: Sequence[str]) -> dict[str, int]:
    split = [x.split(";") for x in flags]
    return {name: n for name in FLAGS if (n := sum(name in x for x in split))}


def _ids(panel: Panel, column: int) -> npt.NDArray[Any]:
    names = panel.names.get(KEYS[column])
    numbers = panel.keys[:, column]
    return np.array(names)[numbers] if names else numbers


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _trimmed(panel: Panel) -> Panel:
    """Cut days off at both ends on which no series has a row."""
    days = np.flatnonzero(panel.there.any(axis=0))
    first, last = int(days[0]), int(days[-1])
    return panel if last - first + 1 == panel.d else panel.days(first, last + 1)
