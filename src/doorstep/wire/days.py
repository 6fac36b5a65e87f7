"""Days that are lived: one, a given one, a swarm of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from doorstep.adapters.desk import LocalDesk
from doorstep.adapters.store import JournalFile, MemoryStore, out_folder
from doorstep.app.certificate import Certifier
from doorstep.app.params import Params
from doorstep.base.chance import Chance
from doorstep.base.errors import BadFile, BadInput, DoorstepError
from doorstep.core.indicators import Closing
from doorstep.intake.dayfolder import GivenDay, read_day, write_day
from doorstep.journal import Entry
from doorstep.model.day import Day
from doorstep.ports import Desk, Gateway
from doorstep.report import Gathered, figures, render
from doorstep.roads import Map
from doorstep.twin.bank import Bank
from doorstep.twin.checkers import GoodsCheck, MoneyCheck, journal_checkers
from doorstep.twin.city import City, Progress
from doorstep.twin.troubles import Troubles
from doorstep.twin.worlds import swarm_day
from doorstep.wire.files import CLOSING, JOURNAL, REPORT, no_collecting

Listener = Callable[[Entry, str], None]


class LocalService:
    """The whole software of one site in this process, over one journal file."""

    def __init__(
        self,
        day: Day,
        params: Params,
        *,
        path: Path,
        gateway: Gateway,
        chance: Chance,
        listeners: Sequence[Listener],
        streets: Map | None = None,
    ) -> None:
        self._day, self._params, self._path, self._streets = day, params, path, streets
        self._gateway, self._chance, self._listeners = gateway, chance, tuple(listeners)
        self._journal, self._store = self._begin()
        self._desk = LocalDesk(self._store, gateway, chance)

    @property
    def desk(self) -> Desk:
        """The counter, as it is now."""
        return self._desk

    def restart(self) -> None:
        """Forget everything but the journal, as a power cut does, and come back."""
        self._journal.close()
        self._journal, self._store = self._begin()
        self._store.recover(self._journal.lines())
        self._desk = LocalDesk(self._store, self._gateway, self._chance)

    def close(self) -> None:
        """Finish the journal; everything is on disk afterwards."""
        self._journal.close()

    def _begin(self) -> tuple[JournalFile, MemoryStore]:
        journal = JournalFile(self._path, durable=False)
        store = MemoryStore(
            self._day.site.site,
            self._params,
            sink=journal.append,
            listeners=self._listeners,
            streets=self._streets,
        )
        return journal, store


def live_day(
    day: Day,
    out: Path,
    *,
    params: Params | None = None,
    streets: Map | None = None,
    troubles: Troubles | None = None,
    strict: bool = False,
    force: bool = False,
    report: bool = False,
    progress: Progress | None = None,
) -> Closing:
    """
    Live a day with the twin and write its journal and closing into `out`.

    Parameters
    ----------
    out
        A folder, made if it is not there; its files appear at once, when the day is over, or not at all.
    streets
        The map that couriers go by, see `map_of`; they ride straight without one.
    strict
        Stop at the first law that is broken instead of writing it into the certificate.
    force
        Write into `out` even if it holds files.
    report
        Write the page of the day too.

    Raises
    ------
    BadInput
        `out` is not a folder, or holds files.
    CheckFailed
        Books and world differ, or something that was begun is never finished; nothing is written.
    StoreUnavailable
        The disk did not do its part; nothing is left behind.
    """
    with out_folder(out, force=force) as scratch, no_collecting():
        gathered = Gathered() if report else None
        closing = _live(
            day,
            scratch / JOURNAL,
            params or Params(),
            troubles or Troubles(),
            streets=streets,
            gathered=gathered,
            strict=strict,
            progress=progress,
        )
        (scratch / CLOSING).write_bytes(msgspec.json.encode(closing) + b"\n")
        if gathered is not None:
            (scratch / REPORT).write_bytes(render(figures(gathered, closing)))
    return closing


def _live(
    day: Day,
    path: Path,
    params: Params,
    troubles: Troubles,
    *,
    streets: Map | None,
    gathered: Gathered | None,
    strict: bool,
    progress: Progress | None,
) -> Closing:
    chance = Chance(day.seed)
    bank = Bank(chance.child("bank"), decline_bp=troubles.decline_bp, timeout_bp=troubles.timeout_bp)
    certifier = Certifier(journal_checkers(), strict=strict)
    goods, money = GoodsCheck(), MoneyCheck()
    listeners = [certifier.see, goods.see, money.see, *([gathered.hear] if gathered is not None else [])]
    service = LocalService(
        day,
        params,
        path=path,
        gateway=bank,
        chance=chance.child("codes"),
        listeners=listeners,
        streets=streets,
    )
    try:
        City(
            day,
            params=params,
            streets=streets,
            service=service,
            bank=bank,
            chance=chance.child("twin"),
            troubles=troubles,
            checks=(goods, money),
        ).live(progress)
    finally:
        service.close()
    return certifier.closing()


def given_day(source: Path, *, site: str | None = None) -> GivenDay:
    """
    Read a day from a folder, so that nothing about it can fail later.

    Raises
    ------
    BadInput
        Something in the folder cannot be right; a `BadFile` names the place.
    """
    with no_collecting():
        given = read_day(source, site=site)
    _troubles(given, str(source / "day.json"))
    return given


def live_given(
    given: GivenDay,
    out: Path,
    *,
    streets: Map | None = None,
    export: Path | None = None,
    force: bool = False,
    report: bool = False,
    progress: Progress | None = None,
) -> Closing:
    """
    Live a day under the numbers that came with it; see `live_day`.

    Parameters
    ----------
    export
        A folder for the day as it is given, written before it is lived and kept whatever becomes of it; `given_day`
        reads it back as the same day. Not the folder `out`; like that it must be empty, unless `force`.
    """
    if export is not None:
        # `out` is tried first: where it will be refused, nothing is to be written anywhere.
        with out_folder(out, force=force), out_folder(export, force=force) as scratch:
            if export.samefile(out):
                raise BadInput(f"{export}: --export and --out name the same folder; name two")
            write_day(given, scratch)
    return live_day(
        given.day,
        out,
        params=given.params,
        streets=streets,
        troubles=_troubles(given),
        force=force,
        report=report,
        progress=progress,
    )


def given_with(day: Day, *, params: Params | None = None, troubles: Troubles | None = None) -> GivenDay:
    """Put a day together with the numbers it is lived under, as a folder holds them."""
    rates, usual = msgspec.to_builtins(troubles or Troubles()), msgspec.to_builtins(Troubles())
    different = {x: rate for x, rate in rates.items() if rate != usual[x]}
    return GivenDay(day=day, params=params or Params(), troubles=different)


def _troubles(given: GivenDay, file: str = "day.json") -> Troubles:
    unknown = sorted(set(given.troubles) - set(Troubles.__struct_fields__))
    if unknown:
        what = f"is no trouble; known are {', '.join(Troubles.__struct_fields__)}"
        raise BadFile(file, column=f"troubles.{unknown[0]}", what=what)
    return Troubles(**given.troubles)


def live_swarm(seeds: Iterable[int]) -> Iterator[tuple[int, DoorstepError | AssertionError | None]]:
    """
    Live a swarm of days, each with its own troubles, every law strict.

    Yields
    ------
    Each seed with what broke in it, or None where the day was safe and live.
    """
    for seed in seeds:
        day, troubles = swarm_day(seed)
        with TemporaryDirectory(prefix="doorstep-") as scratch:
            try:
                live_day(day, Path(scratch), troubles=troubles, strict=True)
                error: DoorstepError | AssertionError | None = None
            except (DoorstepError, AssertionError) as broken:
                error = broken
        yield seed, error
