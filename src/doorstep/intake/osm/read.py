"""Read an extract: nodes and highways, streaming, from .osm, .osm.gz, or .pbf where osmium is installed."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, iterparse

from msgspec import Struct

from doorstep.base.errors import BadFile, BadInput
from doorstep.intake.opened import opened
from doorstep.model.people import Place

DEGREES: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")
KEPT: Final = frozenset(
    """
    highway name oneway junction access vehicle bicycle foot motorroad oneway:bicycle oneway:foot cycleway
    cycleway:left cycleway:right cycleway:both area maxspeed
    """.split()  # noqa: SIM905 sixteen quoted words are harder to read
)
"""Tags that decide who may go where; others are not kept."""


class Way(Struct, frozen=True, kw_only=True):
    """A highway: nodes in order, and the tags that decide who may use it."""

    way: int
    nodes: tuple[int, ...]
    tags: dict[str, str]


class Extract(Struct, frozen=True, kw_only=True):
    """Every node, the ways that are highways, and how many there are of all."""

    nodes: dict[int, Place]
    highways: tuple[Way, ...]
    ways: int


def read_extract(path: Path) -> Extract:
    """
    Read an extract.

    Raises
    ------
    BadFile
        It is no OpenStreetMap file, or says something that cannot be. `row` is the number of the line for XML that is
        broken; else `column` names the element.
    BadInput
        It is a .pbf and osmium is not installed.

    Notes
    -----
    XML is read as a stream, about 250,000 elements a second; a tree is never built. Memory is nodes and highways.
    """
    if path.name.endswith(".pbf"):
        return _read_pbf(path)
    nodes: dict[int, Place] = {}
    highways: list[Way] = []
    seen: set[int] = set()
    for element in _elements(path):
        if element.tag == "node":
            _add_node(path, element, nodes)
        elif element.tag == "way":
            way = _identity(path, element)
            if way in seen:
                raise BadFile(str(path), column="way", value=str(way), what="stands twice; each id may stand once")
            seen.add(way)
            tags = {x.get("k", ""): x.get("v", "") for x in element.iter("tag")}
            if "highway" in tags:
                highways.append(_way(path, element, way, tags))
    return _whole(path, nodes, highways, len(seen))


def _elements(path: Path) -> Iterator[Element]:
    """Give each node and way when it is complete, and forget it afterwards."""
    with opened(path) as file:
        parser = iterparse(file, events=("start", "end"))  # noqa: S314 expat bounds entities by itself
        root: Element | None = None
        while True:
            try:
                step = next(parser, None)
            except ParseError as error:
                row, column = error.position
                what = f"is no XML here, at character {column} ({error.msg.partition(':')[0]}); fetch the file again"
                raise BadFile(str(path), row=row, what=what) from error
            if step is None:
                return
            event, element = step
            if root is None:
                root = element
                if root.tag != "osm":
                    what = "is no OpenStreetMap extract: it must begin with <osm>; changes and other XML are not read"
                    raise BadFile(str(path), column="root", value=root.tag[:60], what=what)
            elif event == "end" and element.tag in ("node", "way", "relation"):
                yield element
                root.clear()


def _add_node(path: Path, element: Element, nodes: dict[int, Place]) -> None:
    node = _identity(path, element)
    if node in nodes:
        raise BadFile(str(path), column="node", value=str(node), what="stands twice; each id may stand once")
    at = []
    for name, most in (("lat", 90), ("lon", 180)):
        text = element.get(name)
        if text is None:
            what = f"has no {name}; deleted nodes and histories are not read"
            raise BadFile(str(path), column=f"node {node}", what=what)
        if not DEGREES.fullmatch(text) or abs(Decimal(text)) > most:
            what = f"must be degrees from -{most} to {most}; are lat and lon swapped?"
            raise BadFile(str(path), column=f"node {node}, {name}", value=text[:60], what=what)
        at.append(int((Decimal(text) * 1_000_000).to_integral_value(rounding=ROUND_HALF_EVEN)))
    nodes[node] = Place(at[0], at[1])


def _identity(path: Path, element: Element) -> int:
    return _number(path, element.get("id"), f"{element.tag}, id")


def _number(path: Path, text: str | None, column: str) -> int:
    if text is None or not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise BadFile(str(path), column=column, value=(text or "")[:60], what="must be a whole number")
    return int(text)


def _way(path: Path, element: Element, way: int, tags: Mapping[str, str]) -> Way:
    nodes = tuple(_number(path, x.get("ref"), f"way {way}, ref") for x in element.iter("nd"))
    return Way(way=way, nodes=nodes, tags={x: y for x, y in tags.items() if x in KEPT})


def _whole(path: Path, nodes: dict[int, Place], highways: list[Way], ways: int) -> Extract:
    if not highways:
        raise BadFile(str(path), what="holds no highway; export the streets too, with their ways")
    return Extract(nodes=nodes, highways=tuple(highways), ways=ways)


def _read_pbf(path: Path) -> Extract:
    """Read a .pbf by way of osmium, an optional package."""
    try:
        import osmium  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415 an optional package
    except ImportError as error:
        raise BadInput(
            f"{path} is a .pbf, which needs the package osmium: pip install osmium; or give the extract as .osm.gz"
        ) from error
    with opened(path):
        pass  # there, and not empty
    nodes: dict[int, Place] = {}
    highways: list[Way] = []
    ways = 0
    with _refused(path):
        found: Any
        for found in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
            if found.is_node():
                if not found.location.valid():
                    what = "has no place, or one off the earth"
                    raise BadFile(str(path), column=f"node {found.id}", what=what)
                # osmium keeps ten-millionths: exact, so that both formats give the same micro-degrees
                at = (Decimal(x).scaleb(-1) for x in (found.location.y, found.location.x))
                nodes[found.id] = Place(*(int(x.to_integral_value(rounding=ROUND_HALF_EVEN)) for x in at))
                continue
            ways += 1
            tags = {x.k: x.v for x in found.tags if x.k in KEPT}
            if "highway" in tags:
                highways.append(Way(way=found.id, nodes=tuple(x.ref for x in found.nodes), tags=tags))
    return _whole(path, nodes, highways, ways)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise BadFile(str(path), what=f"is no .pbf that osmium reads ({error}); fetch it again") from error
