"""Read VRPLIB text: lines of `KEY : value`, then sections of numbers."""

import re
from collections.abc import Iterator, Sequence
from math import floor, hypot
from pathlib import Path
from typing import Final

from doorstep.base.errors import BadFile
from doorstep.intake.opened import text_of
from doorstep.intake.vrplib.instance import Instance

KINDS: Final = ("VRPTW", "CVRP")
# Columns of a section's rows, after the node.
SECTIONS: Final = {
    "EDGE_WEIGHT": 0,
    "NODE_COORD": 2,
    "DEMAND": 1,
    "DEPOT": 0,
    "SERVICE_TIME": 1,
    "TIME_WINDOW": 2,
}
MOST_NODES: Final = 20_000  # its matrix would have 400 million numbers
MOST: Final = 10**9
SHOWN: Final = 60

Lines = list[tuple[int, str]]


def read_vrplib(path: Path) -> Instance:
    """
    Read an instance, gzip or not.

    Returns
    -------
    The instance; distances are computed where the file gives coordinates only (``EUC_2D``, rounded as TSPLIB has it).

    Raises
    ------
    BadFile
        The file cannot be read right. Such a file has no header: `row` is the number of the line, `column` the key or
        section.

    Notes
    -----
    One vehicle size, one site, which is node 1 of the file and node 0 here. Sections that would change the meaning
    (pick-up and delivery, backhaul …) are refused. The package `vrplib` reads more kinds, but it says neither line nor
    value when something is wrong, and takes a torn matrix for a list of lists.
    """
    return _Text(path).instance()


class _Text:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.keys: dict[str, tuple[int, str]] = {}
        self.sections: dict[str, Lines] = {}
        self._split(text_of(path))

    def bad(self, what: str, *, row: int = 0, column: str = "", value: str = "") -> BadFile:
        shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
        return BadFile(str(self.path), row=row, column=column, value=shown, what=what)

    def _split(self, text: str) -> None:
        rows: Lines | None = None
        ended = False
        for number, raw in enumerate(text.split("\n"), start=1):
            line = raw.strip()
            if not line or ended:
                continue
            if line == "EOF":
                ended = True
            elif line.rstrip(" :").endswith("_SECTION"):
                name = line.rstrip(" :").removesuffix("_SECTION")
                if name not in SECTIONS:
                    known = ", ".join(SECTIONS)
                    raise self.bad(f"this section is not understood; known are {known}", row=number, column=name)
                if name in self.sections:
                    raise self.bad("this section stands twice; keep one", row=number, column=name)
                rows = self.sections.setdefault(name, [])
            elif rows is not None:
                rows.append((number, line))
            else:
                self._key(number, line)
        if not ended:
            raise self.bad("does not end in EOF; it is cut off, fetch it again")

    def _key(self, number: int, line: str) -> None:
        key, colon, value = (x.strip() for x in line.partition(":"))
        if not colon:
            raise self.bad("is neither KEY : value nor a section; is this VRPLIB text?", row=number, value=line)
        if key in self.keys:
            raise self.bad("this key stands twice; keep one", row=number, column=key, value=value)
        self.keys[key] = (number, value)

    def instance(self) -> Instance:
        kind = self._word("TYPE", KINDS)
        nodes = self._number("DIMENSION", least=2, most=MOST_NODES)
        self._refuse_sites()
        xy = [(x[0], x[1]) for x in self._section("NODE_COORD", nodes, signed=True, needed=False)]
        travel = self._travel(nodes, xy)
        demand = [x[0] for x in self._section("DEMAND", nodes)]
        if demand[0]:
            raise self.bad("the site, node 1, must want nothing", column="DEMAND", value=str(demand[0]))
        windows = self._section("TIME_WINDOW", nodes, needed=kind == "VRPTW")
        for n, (opens, closes) in enumerate(windows):
            if closes < opens:
                row = self.sections["TIME_WINDOW"][n][0]
                raise self.bad(f"closes before it opens, at {opens}", row=row, column="TIME_WINDOW", value=str(closes))
        capacity = self._number("CAPACITY", least=1, most=MOST)
        for n, x in enumerate(demand):
            if x > capacity:
                row = self.sections["DEMAND"][n][0]
                raise self.bad(f"is more than the CAPACITY, {capacity}", row=row, column="DEMAND", value=str(x))
        return Instance(
            name=self.keys.get("NAME", (0, ""))[1],
            comment=self.keys.get("COMMENT", (0, ""))[1],
            kind=kind,
            vehicles=self._number("VEHICLES", least=1, most=MOST) if "VEHICLES" in self.keys else None,
            capacity=capacity,
            travel_s=travel,
            demand=tuple(demand),
            opens_s=tuple(x[0] for x in windows) or (0,) * nodes,
            closes_s=tuple(x[1] for x in windows) or (None,) * nodes,
            service_s=self._service(nodes),
            xy=tuple(xy),
        )

    def _word(self, key: str, words: Sequence[str]) -> str:
        row, value = self._value(key)
        if value not in words:
            raise self.bad(f"is not understood; known are {', '.join(words)}", row=row, column=key, value=value)
        return value

    def _number(self, key: str, *, least: int, most: int) -> int:
        row, value = self._value(key)
        if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
            raise self.bad(f"must be a whole number from {least} to {most}", row=row, column=key, value=value)
        return int(value)

    def _value(self, key: str) -> tuple[int, str]:
        if key not in self.keys:
            raise self.bad("the key is missing; add its line", column=key)
        return self.keys[key]

    def _refuse_sites(self) -> None:
        found = [(row, x) for row, line in self.sections.get("DEPOT", []) for x in line.split()]
        if found and [x for _, x in found] not in (["1", "-1"], ["1"]):
            wrong = next((y for y in found if y[1] not in ("1", "-1")), found[0])
            what = "must be node 1 alone, then -1; several sites, or another one, are not read"
            raise self.bad(what, row=wrong[0], column="DEPOT", value=wrong[1])

    def _section(self, name: str, nodes: int, *, signed: bool = False, needed: bool = True) -> list[tuple[int, ...]]:
        """Read a section of one row a node, in order, and the node taken off."""
        if name not in self.sections:
            if needed:
                raise self.bad("the section is missing; add it", column=name)
            return []
        wide, pattern = SECTIONS[name], re.compile(r"-?[0-9]{1,10}" if signed else r"[0-9]{1,10}")
        found: list[tuple[int, ...]] = []
        for row, line in self.sections[name]:
            cells = line.split()
            if len(cells) != wide + 1:
                raise self.bad(f"has {len(cells)} numbers; {wide + 1} are needed", row=row, column=name, value=line)
            if cells[0] != str(len(found) + 1):
                what = f"is out of turn: node {len(found) + 1} comes next"
                raise self.bad(what, row=row, column=name, value=cells[0])
            for x in cells[1:]:
                if not pattern.fullmatch(x):
                    what = "is no whole number" if signed else "is no whole number from 0 on"
                    raise self.bad(f"{what}; correct it", row=row, column=name, value=x)
            found.append(tuple(int(x) for x in cells[1:]))
        if len(found) != nodes:
            what = f"has {len(found)} rows, DIMENSION says {nodes}; correct one of them"
            raise self.bad(what, row=self.sections[name][-1][0] if found else 0, column=name)
        return found

    def _service(self, nodes: int) -> tuple[int, ...]:
        if "SERVICE_TIME" in self.keys:  # one for all customers
            return (0,) + (self._number("SERVICE_TIME", least=0, most=MOST),) * (nodes - 1)
        return tuple(x[0] for x in self._section("SERVICE_TIME", nodes, needed=False)) or (0,) * nodes

    def _travel(self, nodes: int, xy: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
        if self._word("EDGE_WEIGHT_TYPE", ("EXPLICIT", "EUC_2D")) == "EUC_2D":
            if not xy:
                raise self.bad("the section is missing; EUC_2D needs it", column="NODE_COORD")
            return tuple(tuple(floor(hypot(a - x, b - y) + 0.5) for a, b in xy) for x, y in xy)
        self._word("EDGE_WEIGHT_FORMAT", ("FULL_MATRIX",))
        if "EDGE_WEIGHT" not in self.sections:
            raise self.bad("the section is missing; add it", column="EDGE_WEIGHT")
        flat = list(self._weights())
        if len(flat) != nodes * nodes:
            what = f"has {len(flat)} numbers; DIMENSION {nodes} asks for {nodes * nodes}"
            rows = self.sections["EDGE_WEIGHT"]
            raise self.bad(what, row=rows[-1][0] if rows else 0, column="EDGE_WEIGHT")
        return tuple(tuple(flat[n * nodes : (n + 1) * nodes]) for n in range(nodes))

    def _weights(self) -> Iterator[int]:
        """Read the matrix, wherever its lines are broken."""
        for row, line in self.sections["EDGE_WEIGHT"]:
            for x in line.split():
                if not (x.isascii() and x.isdigit()) or len(x) > 10:
                    what = "is no whole number from 0 on; durations are whole seconds"
                    raise self.bad(what, row=row, column="EDGE_WEIGHT", value=x)
                yield int(x)
