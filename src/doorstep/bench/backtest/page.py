"""A backtest as one file that opens anywhere, in Chinese and English: no network, nothing beside it."""

import re
from html import escape
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, structs

from doorstep.bench.backtest.run import Result

UNSAFE: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What could end a script block early, as JSON may write it too: ids come from files of strangers."""
PLACE: Final = re.compile(r"\{\{(\S+)\}\}")
OWN: Final = ("backtest.css", "backtest.js", "charts.js")


class Model(Struct, frozen=True, kw_only=True):
    """Who was asked: the name in the table, and what it is."""

    name: str
    why: str


class Backtest(Struct, frozen=True, kw_only=True):
    """
    Everything the page shows.

    Parameters
    ----------
    cities
        One result a city.
    models
        Who was asked, in the order of the table.
    absent
        Peers whose libraries are not installed.
    files
        Names of the files of history.
    weeks
        How many origins were asked for.
    """

    cities: tuple[Result, ...]
    models: tuple[Model, ...]
    absent: tuple[str, ...]
    files: tuple[str, ...]
    weeks: int


def render(shown: Backtest) -> bytes:
    """
    Lay a backtest out as HTML, UTF-8; the same results give the same bytes.

    Notes
    -----
    The charts are uPlot's, the dress is that of the page of a day. Of single origins only the sums are shown; every
    line is in `scores.json`.
    """
    own, report = files("doorstep.bench.backtest"), files("doorstep.report")
    parts = {name: own.joinpath(name).read_text("utf-8") for name in OWN}
    parts["page.css"] = report.joinpath("page.css").read_text("utf-8")
    cities = ", ".join(x.city for x in shown.cities)
    parts["title"] = escape(f"{cities} · backtest · Doorstep")
    parts["words"] = _inert(msgspec.json.decode(own.joinpath("words.json").read_bytes()))
    parts["figures"] = _inert(_short(shown))
    parts["uplot"] = _uplot()
    page = own.joinpath("backtest.html").read_text("utf-8")
    # One pass, so that nothing inside a part is taken for a place.
    return PLACE.sub(lambda x: parts[x[1]], page).encode()


def _short(shown: Backtest) -> Backtest:
    """Leave out lines that no chart draws."""
    cities = []
    for x in shown.cities:
        whole = [y for y in x.lines if y.origin == "all"]
        each = [
            y
            for y in x.lines
            if y.origin != "all" and (y.horizon, y.level, y.band, y.promo) == (0, "series", "all", "all")
        ]
        cities.append(structs.replace(x, lines=(*whole, *each)))
    return structs.replace(shown, cities=tuple(cities))


def _inert(value: object) -> str:
    """JSON that cannot end the block it stands in."""
    text = msgspec.json.encode(value).decode()
    return re.sub("[<>&\u2028\u2029]", lambda x: UNSAFE[x[0]], text)


def _uplot() -> str:
    """Read uPlot's script out of the package that brings it, without importing that."""
    found = find_spec("youplot")
    assert found is not None, "youplot is a dependency of Doorstep"
    assert found.submodule_search_locations, "youplot is a package"
    script = Path(found.submodule_search_locations[0], "vendor", "uplot.iife.min.js").read_text("utf-8")
    assert "</script" not in script.lower(), "a script that is put into a page does not end its block"
    return script
