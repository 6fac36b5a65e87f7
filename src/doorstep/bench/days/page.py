"""A replayed day as one page that opens offline: couriers ride on the map of the report as a slider goes."""

import re
from html import escape
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct

from doorstep.base.calendar import instant
from doorstep.bench.days.lived import Replay
from doorstep.bench.days.metrics import Metrics
from doorstep.bench.days.world import DayArrays
from doorstep.report.figures import SLOT_S, Door, Map, Stop, Trip
from doorstep.report.page import PLACE, UNSAFE

NEVER: Final = -1


class Opened(Struct, frozen=True, kw_only=True):
    """What the map asks of a day's certificate."""

    site: str
    opened_at_s: int


class Busy(Struct, frozen=True, kw_only=True):
    """Couriers out in every quarter of an hour: the map opens where most are."""

    busy: tuple[int, ...]


class ReplayFigures(Struct, frozen=True, kw_only=True):
    """Everything that the page shows."""

    date: str
    tz: str
    midnight_at_s: int
    closing: Opened
    couriers: Busy
    numbers: Metrics
    map: Map


def replay_page(day: DayArrays, lived: Replay, numbers: Metrics) -> bytes:
    """
    Lay out a replayed day as one HTML file, in Chinese and English.

    Returns
    -------
    UTF-8. The same replay gives the same bytes, but for how long decisions took.
    """
    shown = _figures(day, lived, numbers)
    own, report = files("doorstep.bench.days"), files("doorstep.report")
    parts = {name: report.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js", "map.js")}
    parts["replay.js"] = own.joinpath("replay.js").read_text("utf-8")
    parts["title"] = escape(f"{day.day.site.site} · {day.day.date} · Doorstep")
    words = msgspec.json.decode(report.joinpath("words.json").read_bytes())
    parts["words"] = _inert({**words, **msgspec.json.decode(own.joinpath("words.json").read_bytes())})
    parts["figures"] = _inert(shown)
    return PLACE.sub(lambda x: parts[x[1]], own.joinpath("page.html").read_text("utf-8")).encode()


def _figures(day: DayArrays, lived: Replay, numbers: Metrics) -> ReplayFigures:
    given = day.day
    midnight_s = instant(given.date, "00:00", given.tz)
    handed_s = {s.order: s.handed_over_at_s for x in lived.ridden for s in x.stops}
    doors = tuple(
        Door(
            order=x.order,
            lat_e6=x.at.lat_e6,
            lng_e6=x.at.lng_e6,
            asked_s=x.placed_at_s - midnight_s,
            placed_s=x.placed_at_s - midnight_s,
            promised_s=x.promised_at_s - midnight_s,
            handed_over_s=handed_s[i] - midnight_s if i in handed_s else NEVER,
            late_s=max(0, handed_s[i] - x.promised_at_s) if i in handed_s else 0,
            lost=False,
        )
        for i, x in enumerate(given.orders)
    )
    trips = tuple(
        Trip(
            given.couriers[x.courier].courier,
            x.departed_at_s - given.rules.loading_s - midnight_s,
            x.departed_at_s - midnight_s,
            x.back_at_s - midnight_s,
            tuple(Stop(s.order, s.arrived_at_s - midnight_s, s.handed_over_at_s - midnight_s) for s in x.stops),
        )
        for x in lived.ridden
    )
    opens_s = given.site.opens_at_s
    ends_s = max([opens_s + 3600, *(x.back_at_s for x in lived.ridden)])
    first_s = opens_s - opens_s % SLOT_S
    slots = range(first_s, ends_s, SLOT_S)
    busy = tuple(sum(x.departed_at_s < y + SLOT_S and y < x.back_at_s for x in lived.ridden) for y in slots)
    return ReplayFigures(
        date=given.date,
        tz=given.tz,
        midnight_at_s=midnight_s,
        closing=Opened(site=given.site.site, opened_at_s=opens_s),
        couriers=Busy(busy=busy),
        numbers=numbers,
        map=Map(
            lat_e6=given.site.lat_e6,
            lng_e6=given.site.lng_e6,
            begins_s=opens_s - midnight_s,
            ends_s=ends_s - midnight_s,
            doors=doors,
            trips=trips,
        ),
    )


def _inert(value: object) -> str:
    """JSON that cannot end the block it stands in."""
    text = msgspec.json.encode(value).decode()
    return re.sub("[<>&\u2028\u2029]", lambda x: UNSAFE[x[0]], text)
