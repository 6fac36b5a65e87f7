"""Files of history in, a backtest out: a page and every score."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Final

import msgspec
from msgspec import Struct

from doorstep.base.errors import BadInput
from doorstep.bench.backtest.origins import WEEK, origins, read_truth
from doorstep.bench.backtest.page import Backtest, Model, render
from doorstep.bench.backtest.peers import Peer, peers
from doorstep.bench.backtest.run import BEST, MEAN, OURS, Result, backtest
from doorstep.bench.backtest.scores import Score
from doorstep.model.demand import Ahead, Forecast, Panel
from doorstep.ports.engine import Engine
from doorstep.wire.files import REPORT, write_into
from doorstep.wire.forecast import City, Files, Tell, by_number, forecast_city, over_groups, read_cities, recovered

SCORES: Final = "scores.json"


class Asked(Struct, frozen=True, kw_only=True):
    """What a backtest is asked for."""

    weeks: int
    peers: tuple[str, ...]
    truth: tuple[Path, ...]
    seed: int


class Backtested(Struct, frozen=True, kw_only=True):
    """What a backtest found: its sums over all origins; the rest is in its files."""

    out: str
    weeks: int
    lines: int
    origins: dict[str, tuple[str, ...]]
    cpu_s: dict[str, dict[str, float]]
    absent: tuple[str, ...]
    headline: tuple[Score, ...]


def chosen_peers(names: str) -> tuple[tuple[Peer, ...], tuple[Peer, ...]]:
    """
    Find the peers that are meant by names with commas between, by ``all`` or by ``none``.

    Returns
    -------
    Those that are here, and those whose libraries are not installed.

    Raises
    ------
    BadInput
        There is no such peer.
    """
    known = {x.name: x for x in peers()}
    wanted = [x.strip() for x in names.split(",") if x.strip()]
    if wanted == ["all"]:
        wanted = list(known)
    if wanted == ["none"]:
        wanted = []
    for x in wanted:
        if x not in known:
            raise BadInput(f"--peers {x[:60]!r}: there is no such peer; there are {', '.join(known)}, all and none")
    chosen = [known[x] for x in dict.fromkeys(wanted)]
    return tuple(x for x in chosen if x.here), tuple(x for x in chosen if not x.here)


def run_backtest(
    histories: Sequence[Path],
    known: Sequence[Path],
    out: Path,
    asked: Asked,
    *,
    absent: Sequence[Peer],
    processes: int,
    force: bool,
    tell: Tell,
) -> Backtested:
    """
    Backtest every city of some files, and write `report.html` and `scores.json`; both or neither.

    Raises
    ------
    BadFile, BadInput
        A file cannot be right, or is too short for so many weeks; nothing is written.
    """
    _refuse_early(asked)

    def work(folder: Path) -> Backtested:
        found = over_groups(partial(_results, asked=asked), histories, known, processes=processes, tell=tell)
        found.sort(key=lambda x: by_number(x.city))
        lines = [y for x in found for y in x.lines]
        whys = {x.name: x.why for x in peers()}
        shown = Backtest(
            cities=tuple(found),
            models=tuple(Model(name=x, why=whys.get(x, "")) for x in (OURS, *asked.peers, BEST, MEAN)),
            absent=tuple(x.name for x in absent),
            files=tuple(x.name for x in histories),
            weeks=asked.weeks,
        )
        (folder / SCORES).write_bytes(msgspec.json.format(msgspec.json.encode(lines), indent=0))
        (folder / REPORT).write_bytes(render(shown))
        head = [
            x for x in lines if (x.origin, x.horizon, x.level, x.band, x.promo) == ("all", 0, "series", "all", "all")
        ]
        return Backtested(
            out=str(out),
            weeks=asked.weeks,
            lines=len(lines),
            origins={x.city: x.origins for x in found},
            cpu_s={x.city: x.cpu_s for x in found},
            absent=shown.absent,
            headline=tuple(head),
        )

    return write_into(out, work, force=force)


def _refuse_early(asked: Asked) -> None:
    for x in asked.truth:
        if not x.is_file():
            raise BadInput(f"--truth {x} is not there; name a parquet file of true demand")


def _results(files: Files, tell: Tell, _side_by_side: Engine | None, *, asked: Asked) -> list[Result]:
    """Backtest every city of a group."""
    found = []
    names = (OURS, *asked.peers)
    for city in read_cities(files, days=WEEK, tell=tell):

        def said(date: str, model: str, city: City = city) -> None:
            tell(f"city {city.name}, after {date}", names.index(model) if model else len(names), len(names))

        found.append(_result(city, asked, said))
        tell("cities scored", len(found), len(found))
    return found


def _result(city: City, asked: Asked, said: Callable[[str, str], None]) -> Result:
    """Backtest one city."""

    def ours(past: Panel, ahead: Ahead) -> Forecast:
        known = City(name=city.name, panel=past, ahead=ahead)
        return forecast_city(known, days=ahead.on_sale.shape[1], seed=asked.seed)

    truth = read_truth(asked.truth, city.panel) if asked.truth else None
    turns = origins(city.panel, recovered(city.panel), weeks=asked.weeks, truth=truth, ahead=city.ahead)
    chosen = [x for x in peers() if x.name in asked.peers]
    return backtest(turns, ours, chosen, city=city.name, cpu_s=process_time, said=said)
