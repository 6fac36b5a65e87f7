"""Rooms and laws are shown only the facts they say they hear: leaving the others out must change nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doorstep.app.params import Params
from doorstep.app.state import SiteState
from doorstep.core.dispatch import Fleet
from doorstep.core.indicators import Tally
from doorstep.core.order import Orders
from doorstep.core.payment import Payments
from doorstep.core.pick import Floor
from doorstep.core.promise import Load
from doorstep.core.stock import Shelf
from doorstep.core.trace import Whereabouts
from doorstep.journal import Entry, read_entries
from doorstep.twin.checkers import journal_checkers
from doorstep.twin.worlds import swarm_day
from doorstep.wire.days import live_day
from doorstep.wire.files import JOURNAL

pytestmark = pytest.mark.check

SLOT_S = 1_800


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Two days with many troubles, so that nearly every kind of fact is among them."""
    found: list[Entry] = []
    for seed in (2, 8):
        out = tmp_path_factory.mktemp(f"day{seed}")
        day, troubles = swarm_day(seed)
        live_day(day, out, troubles=troubles)
        with (Path(out) / JOURNAL).open("rb") as lines:
            found += [x for x, _ in read_entries(lines)]
    return found


ROOMS: dict[str, tuple[type[Any], Callable[[Any, Entry], None]]] = {
    "shelf": (Shelf, lambda room, x: room.apply(x.fact, x.transfers)),
    "orders": (Orders, lambda room, x: room.apply(x.fact, at_s=x.at_s)),
    "payments": (Payments, lambda room, x: room.apply(x.fact)),
    "load": (Load, lambda room, x: room.apply(x.fact, at_s=x.at_s, slot_s=SLOT_S)),
    "floor": (Floor, lambda room, x: room.apply(x.fact)),
    "fleet": (Fleet, lambda room, x: room.apply(x.fact, at_s=x.at_s)),
    "whereabouts": (Whereabouts, lambda room, x: room.apply(x.fact)),
    "tally": (Tally, lambda room, x: room.apply(x.fact, at_s=x.at_s)),
}


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_is_the_same_whether_or_not_it_is_shown_what_it_does_not_hear(name: str, entries: list[Entry]) -> None:
    """State after all facts == state after the facts in `hears`."""
    kind, hear = ROOMS[name]
    everything, heard = kind(), kind()
    half = next(n for n, x in enumerate(entries) if n and x.seq == 1)
    for x in entries[:half]:
        hear(everything, x)
        if type(x.fact) in kind.hears:
            hear(heard, x)
    assert plain(everything) == plain(heard)


@pytest.mark.parametrize("number", range(len(journal_checkers())))
def test_a_law_is_the_same_whether_or_not_it_is_shown_what_it_does_not_hear(number: int, entries: list[Entry]) -> None:
    """A checker's memory after all facts == after the facts in `hears`, on each day."""
    everything, heard = journal_checkers()[number], journal_checkers()[number]
    half = next(n for n, x in enumerate(entries) if n and x.seq == 1)
    for x in entries[half:]:
        everything.see(x)
        if type(x.fact) in heard.hears:
            heard.see(x)
    assert plain(everything) == plain(heard)


def test_every_room_of_a_site_is_routed(entries: list[Entry]) -> None:
    """A site's state, routed, equals its rooms shown everything."""
    half = next(n for n, x in enumerate(entries) if n and x.seq == 1)
    site = SiteState(entries[0].site, Params())
    for x in entries[:half]:
        site.apply(x.fact, x.transfers, at_s=x.at_s)
    for attribute, name in (("where", "whereabouts"), *((x, x) for x in ROOMS if x not in ("whereabouts", "tally"))):
        kind, hear = ROOMS[name]
        alone = kind()
        for x in entries[:half]:
            hear(alone, x)
        assert plain(alone) == plain(getattr(site, attribute)), name


def plain(value: Any) -> Any:
    """Everything an object holds, as values that compare."""
    if isinstance(value, dict):
        return [(plain(k), plain(v)) for k, v in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(x) for x in value]
    if type(value).__module__.startswith("doorstep"):
        names = getattr(value, "__slots__", None) or getattr(value, "__struct_fields__", None) or vars(value)
        return [(x, plain(getattr(value, x))) for x in sorted(names) if x != "_capacity"]
    return value
