"""A day as one file that opens anywhere: no server, no network, nothing beside it."""

import re
from html import escape
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from doorstep.report.figures import Figures

UNSAFE: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What could end a script block early, as JSON may write it too: names of goods come from files of strangers."""
PARTS: Final = ("page.css", "page.js", "charts.js", "map.js")
PLACE: Final = re.compile(r"\{\{(\S+)\}\}")


def render(shown: Figures) -> bytes:
    """
    Lay out a day as one HTML file, in Chinese and English.

    Returns
    -------
    UTF-8. The same figures give the same bytes.

    Notes
    -----
    The charts are uPlot's, 50 kB out of an installed package. Everything that came from the journal travels as JSON
    and is shown as text, never as markup.
    """
    own = files("doorstep.report")
    parts = {name: own.joinpath(name).read_text("utf-8") for name in PARTS}
    parts["title"] = escape(f"{shown.closing.site} · {shown.date} · Doorstep")
    parts["words"] = _inert(msgspec.json.decode(own.joinpath("words.json").read_bytes()))
    parts["figures"] = _inert(shown)
    parts["uplot"] = _uplot()
    page = own.joinpath("page.html").read_text("utf-8")
    # One pass, so that nothing inside a part is taken for a place.
    return PLACE.sub(lambda x: parts[x[1]], page).encode()


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
