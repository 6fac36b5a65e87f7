"""Small days for tests: a corner of the built-in neighbourhood, lived in a folder of its own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from msgspec.structs import replace

from doorstep.app.params import Params
from doorstep.core.dispatch import Fleet, plan
from doorstep.core.indicators import Closing
from doorstep.journal import Chain, Entry, read_entries
from doorstep.ledger import transfers_of
from doorstep.model.day import Day
from doorstep.model.facts import Fact
from doorstep.model.facts.site import BreakStarted, SiteOpened
from doorstep.model.facts.work import TripPlanned
from doorstep.model.people import Place
from doorstep.roads import RoadsOf
from doorstep.twin.troubles import Troubles
from doorstep.twin.worlds import neighbourhood
from doorstep.twin.worlds.expected import Expected
from doorstep.wire.days import live_day
from doorstep.wire.files import JOURNAL, journal_lines

FactT = TypeVar("FactT", bound=Fact)
ALIKE = 3
"""How many skus of a swap group stay in a small catalogue: enough for a stand-in."""


@cache
def small_day(seed: int = 1, *, visits: int = 24, rush: bool = False, expected: Expected | None = None) -> Day:
    """Make the neighbourhood with few visits and only the shelf that these could touch: quick to live."""
    day = neighbourhood(seed, visits=visits, rush=rush, expected=expected)
    groups: dict[str, int] = {}
    wanted = {line.sku for x in day.visits for line in x.basket.lines}
    named = {x.subject for x in day.events}
    wanted |= {x.sku for x in day.skus if x.sku in named} | {x.sku for x in day.lots if x.lot in named}
    group_of = {x.sku: x.swap_group for x in day.skus}
    needed = {group_of[x] for x in wanted}
    kept = set(wanted)
    for x in day.skus:
        if x.swap_group in needed and groups.setdefault(x.swap_group, 0) < ALIKE:
            groups[x.swap_group] += 1
            kept.add(x.sku)
    return replace(
        day,
        skus=tuple(x for x in day.skus if x.sku in kept),
        lots=tuple(x for x in day.lots if x.sku in kept),
    )


def live(
    day: Day,
    folder: Path,
    *,
    params: Params | None = None,
    troubles: Troubles | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Closing:
    """Live a day, every law strict."""
    return live_day(day, folder, params=params, troubles=troubles, strict=True, progress=progress)


@cache
def lived(day: Day, params: Params | None = None, troubles: Troubles | None = None) -> tuple[Entry, ...]:
    """Live a day without any bug, once a test run; it is safe and live, or this raises. The entries of its journal."""
    with TemporaryDirectory(prefix="doorstep-test-") as scratch:
        live(day, Path(scratch), params=params, troubles=troubles)
        return tuple(entries(Path(scratch)))


def entries(folder: Path) -> Iterator[Entry]:
    """Read a journal back, every link checked."""
    return (entry for entry, _ in read_entries(journal_lines(folder)))


def decided_again(stream: Iterable[Entry], roads: RoadsOf, params: Params | None = None) -> int:
    """Fold the fleet and decide every trip and break once more, each as it was written; how many there were."""
    fleet, params, site = Fleet(), params or Params(), Place(0, 0)
    decided: list[TripPlanned | BreakStarted] = []
    at_s, checked = -1, 0
    for entry in stream:
        fact = entry.fact
        if isinstance(fact, SiteOpened):
            site = Place(fact.lat_e6, fact.lng_e6)
        if isinstance(fact, TripPlanned | BreakStarted):
            if not decided or at_s != entry.at_s:
                assert decided == []
                at_s = entry.at_s
                decided = list(plan(fleet, site=site, roads=roads, now_s=at_s, params=params.dispatch))
            assert fact == decided.pop(0)
            checked += 1
        if type(fact) in Fleet.hears:
            fleet.apply(fact, at_s=entry.at_s)
    return checked


def first(stream: Iterable[Entry], kind: type[FactT], fits: Callable[[FactT], bool] = lambda _: True) -> int:
    """Return the index of the first entry whose fact is of a kind and fits."""
    return next(n for n, x in enumerate(stream) if isinstance(x.fact, kind) and fits(x.fact))


def told(stream: Sequence[Entry], kind: type[FactT]) -> list[FactT]:
    """All facts of a kind, in order."""
    return [x.fact for x in stream if isinstance(x.fact, kind)]


def with_fact(entry: Entry, fact: Fact) -> Entry:
    """Put another fact into the place of one, with the transfers that it moves."""
    return replace(entry, fact=fact, transfers=transfers_of(fact))


def write_journal(folder: Path, stream: Iterable[Entry]) -> str:
    """Write a whole journal anew, every hash right, numbers running; return its digest."""
    stream = tuple(stream)
    chain = Chain(stream[0].site)
    with (folder / JOURNAL).open("wb") as file:
        for x in stream:
            file.write(chain.seal(x.fact, x.transfers, at_s=x.at_s, more=x.more)[1])
    return chain.digest
