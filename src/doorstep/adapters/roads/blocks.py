"""A large table from a server that answers small ones: in blocks, smaller where it says so, without lost places."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.errors import WorldFailed
from doorstep.model.people import Place
from doorstep.ports.roads import Tables

BLOCK: Final = 50
"""Places along each side: 50 x 50 pairs is what Valhalla allows unless told otherwise; OSRM allows 100 x 100."""


class TooMuchError(Exception):
    """The server wants to be asked for fewer pairs at a time."""


class NoStreetError(Exception):
    """The server finds no street for one of the places."""


class NoWayError(Exception):
    """The server finds no way between some of the places, and so answers nothing at all."""


class Small(Struct, frozen=True, kw_only=True):
    """One answer: rows of numbers or None; how far off each source is, where the server says it."""

    seconds: Any
    metres: Any
    off_m: Any = None


Question = Callable[[Sequence[Place], Sequence[Place]], Small]
Indices = list[int]


class Gathering:
    """
    All pairs of some places, asked block by block.

    Parameters
    ----------
    server
        Its name, for errors.
    question
        Asks for one block; raises `TooMuchError`, `NoStreetError`, `NoWayError` or `WorldFailed`.

    Notes
    -----
    Each place is looked up by itself at most once, and only when a block was refused for a place without a street.
    """

    def __init__(self, server: str, places: Sequence[Place], question: Question, *, block: int) -> None:
        self._server, self._places, self._question, self._block = server, places, question, block
        count = len(places)
        self._seconds, self._metres = np.full((count, count), -1.0), np.full((count, count), -1.0)
        self._off_m = np.full(count, np.nan)
        self._lost: set[int] = set()
        self._known: set[int] = set()
        self._asked = 0

    def tables(self) -> Tables:
        """
        Ask until every pair has its answer.

        Raises
        ------
        WorldFailed
            The server fails, or contradicts itself.
        """
        everyone = list(range(len(self._places)))
        waiting = self._cut(everyone, everyone)[::-1]
        while waiting:
            rows, columns = ([y for y in x if y not in self._lost] for x in waiting.pop())
            if not rows or not columns:
                continue
            try:
                self._fill(rows, columns)
            except TooMuchError as error:
                if self._block == 1:
                    raise WorldFailed(f"{self._server}: says that even one pair is too much ({error})") from error
                self._block //= 2
                whole = [(rows, columns), *waiting[::-1]]
                waiting = [x for pair in whole for x in self._cut(*pair)][::-1]
            except NoStreetError as error:
                self._look_up(rows, columns, error)
                waiting.append((rows, columns))
            except NoWayError:
                if len(rows) == len(columns) == 1:
                    continue  # this pair stays without a way
                waiting += _halves(rows, columns)
        return Tables(
            seconds=self._seconds,
            metres=self._metres,
            off_m=self._off_m,
            lost=tuple(sorted(self._lost)),
            asked=self._asked,
        )

    def _cut(self, rows: Indices, columns: Indices) -> list[tuple[Indices, Indices]]:
        n = self._block
        return [
            (rows[i : i + n], columns[k : k + n]) for i in range(0, len(rows), n) for k in range(0, len(columns), n)
        ]

    def _ask(self, rows: Indices, columns: Indices) -> Small:
        self._asked += 1
        return self._question([self._places[x] for x in rows], [self._places[x] for x in columns])

    def _fill(self, rows: Indices, columns: Indices) -> None:
        found = self._ask(rows, columns)
        at = np.ix_(rows, columns)
        self._seconds[at] = self._numbers(found.seconds, len(rows), len(columns), "times")
        self._metres[at] = self._numbers(found.metres, len(rows), len(columns), "lengths")
        half = (self._seconds[at] < 0) != (self._metres[at] < 0)
        self._seconds[at] = np.where(half, -1.0, self._seconds[at])
        self._metres[at] = np.where(half, -1.0, self._metres[at])
        if found.off_m is not None:
            self._off_m[rows] = self._numbers([found.off_m], 1, len(rows), "distances from the street")[0]

    def _look_up(self, rows: Indices, columns: Indices, error: NoStreetError) -> None:
        """Ask for each place by itself whether it has a street."""
        before = len(self._lost)
        for x in sorted({*rows, *columns} - self._known):
            self._known.add(x)
            try:
                self._ask([x], [x])
            except NoStreetError:
                self._lost.add(x)
            except NoWayError:
                pass  # it has a street, that is enough
        if len(self._lost) == before:
            raise WorldFailed(
                f"{self._server}: says that a place has no street ({error}), and finds one for each of them alone"
            ) from error

    def _numbers(self, said: Any, rows: int, columns: int, what: str) -> NDArray[np.float64]:  # noqa: ANN401 JSON
        """Read a table of numbers or nulls; -1 for null."""
        wrong = f"{self._server}: its {what} are no table of {rows} × {columns} numbers"
        if not isinstance(said, list) or len(said) != rows or any(not isinstance(x, list) for x in said):
            raise WorldFailed(wrong)
        if any(len(x) != columns for x in said):
            raise WorldFailed(wrong)
        flat = [y for x in said for y in x]
        if any(y is not None and (isinstance(y, bool) or not isinstance(y, int | float)) for y in flat):
            raise WorldFailed(wrong)
        found = np.array([-1.0 if y is None else float(y) for y in flat]).reshape(rows, columns)
        bad = ~np.isfinite(found) | ((found < 0) & np.array([y is not None for y in flat]).reshape(rows, columns))
        if bad.any():
            raise WorldFailed(f"{self._server}: among its {what} is {found[bad][0]}, which cannot be")
        return found


def _halves(rows: Indices, columns: Indices) -> list[tuple[Indices, Indices]]:
    if len(rows) >= len(columns):
        return [(rows[len(rows) // 2 :], columns), (rows[: len(rows) // 2], columns)]
    return [(rows, columns[len(columns) // 2 :]), (rows, columns[: len(columns) // 2])]
