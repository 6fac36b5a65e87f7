"""`weather.csv`, `events.csv`: what happens to the city. Both may be left out."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final, get_args

from doorstep.base.units import HOUR_S
from doorstep.intake.dayfolder.goods import LOTS, MOST_FEN, MOST_LOT, SKUS
from doorstep.intake.dayfolder.people import COURIERS, PICKERS, near
from doorstep.intake.dayfolder.table import Row, Table
from doorstep.model.day import Event, EventKind, Weather
from doorstep.model.goods import Lot, Sku
from doorstep.model.people import Courier, Picker, Site

WEATHER, EVENTS = "weather.csv", "events.csv"
WEATHER_COLUMNS: Final = Weather.__struct_fields__
EVENT_COLUMNS: Final = Event.__struct_fields__
KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
DAWN_S: Final = HOUR_S
"""A day begins an hour before the site opens; nothing happens before."""

VALUES: Final[dict[EventKind, tuple[int, int]]] = {
    "price": (0, MOST_FEN),
    "warm_truck": (-600, 1_000),
    "late_truck": (0, 24 * HOUR_S),
    "theft": (1, MOST_LOT),
}
"""What the value of an event may be; of other kinds it says nothing and may be left out."""


class Subjects:
    """Whom an event may happen to: by kind, the names that are known, and the file they stand in."""

    def __init__(
        self, skus: Iterable[Sku], lots: Iterable[Lot], pickers: Iterable[Picker], couriers: Iterable[Courier]
    ) -> None:
        lots = tuple(lots)
        lot_ids, suppliers = {x.lot for x in lots}, {x.supplier for x in lots}
        sku_ids = {x.sku for x in skus}
        people = {*(x.picker for x in pickers), *(x.courier for x in couriers)}
        workers = f"{PICKERS} or {COURIERS}"
        self._of: dict[EventKind, tuple[Collection[str], str]] = {
            "recall": (lot_ids, LOTS),
            "theft": (lot_ids, LOTS),
            "price": (sku_ids, SKUS),
            "warm_truck": (suppliers, LOTS),
            "late_truck": (suppliers, LOTS),
            "no_show": (people, workers),
        }

    def concerns(self, event: Event) -> bool:
        """Whether an event happens to somebody or something here."""
        return event.kind not in self._of or event.subject in self._of[event.kind][0]

    def read(self, row: Row, kind: EventKind) -> str:
        """Read the subject of an event."""
        if kind not in self._of:
            return row.name("subject")
        there, file = self._of[kind]
        return row.known("subject", there, file=file)


def read_weather(folder: Path, site: Site) -> tuple[Weather, ...]:
    """Read the weather of a site's day, by instant."""
    found: dict[int, Weather] = {}
    for row in _rows(folder / WEATHER, WEATHER_COLUMNS):
        at_s = near(row, "at_s", site)
        if at_s in found:
            raise row.bad("at_s", "the weather of this instant stands in another row already; keep one")
        found[at_s] = Weather(
            at_s=at_s,
            rain_mm_h=row.whole("rain_mm_h", least=0, most=500),
            temp_c10=row.whole("temp_c10", least=-900, most=600),
        )
    return tuple(sorted(found.values(), key=lambda x: x.at_s))


def read_events(folder: Path, site: Site, *, known: Subjects, present: Subjects) -> tuple[Event, ...]:
    """
    Read the events of a site's day by instant, ties in the order of the file.

    Parameters
    ----------
    known
        Everything in the folder that an event may happen to.
    present
        The site's own; an event about another site's is read and left out.
    """
    found: list[Event] = []
    for row in _rows(folder / EVENTS, EVENT_COLUMNS):
        at_s, kind = near(row, "at_s", site), row.word("kind", KINDS)
        subject = known.read(row, kind)
        least, most = VALUES.get(kind, (-(10**9), 10**9))
        value = 0 if kind not in VALUES and not row.raw("value") else row.whole("value", least=least, most=most)
        event = Event(at_s=at_s, kind=kind, subject=subject, value=value)
        if not present.concerns(event):
            continue
        if at_s < site.opens_at_s - DAWN_S:
            raise row.bad("at_s", f"is more than an hour before {site.site} opens, when the day begins")
        found.append(event)
    return tuple(sorted(found, key=lambda x: x.at_s))


def _rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    return list(Table(path, needed=columns).rows()) if path.exists() or path.is_symlink() else []
