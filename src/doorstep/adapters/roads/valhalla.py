"""Valhalla's time-distance matrix."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from doorstep.adapters.roads.ask import Answer, ask, base_url
from doorstep.adapters.roads.blocks import BLOCK, Gathering, NoStreetError, NoWayError, Small, TooMuchError
from doorstep.base.errors import WorldFailed
from doorstep.model.people import Place
from doorstep.ports.roads import Tables

COSTING: Final = {"ebike": ("bicycle", "cycling_speed"), "walk": ("pedestrian", "walking_speed")}
TOO_MANY, NO_STREET, NO_WAY = 150, 171, 442
"""Error codes: more locations than are allowed; no suitable edges near a location; no path could be found."""


class Valhalla:
    """
    A server that speaks Valhalla's HTTP interface.

    Parameters
    ----------
    url
        Its address, such as ``http://127.0.0.1:8002``.
    profile
        ``ebike`` (its bicycle) or ``walk`` (its pedestrian).
    speed_mm_s
        How fast they go on flat ground.
    snap_m
        How far from a street a place may be, metres.
    timeout_s, block
        How long a wait may take; how many places along each side of a block.

    References
    ----------
    Valhalla, “Time-Distance Matrix service API reference”.
    """

    def __init__(
        self, url: str, profile: str, *, speed_mm_s: int, snap_m: float, timeout_s: float = 30.0, block: int = BLOCK
    ) -> None:
        self._url = base_url(url)
        self._costing, self._speed = COSTING[profile]
        self._speed_kmh = speed_mm_s * 3.6 / 1000
        self._snap_m, self._timeout_s, self._block = snap_m, timeout_s, block

    def tables(self, places: Sequence[Place]) -> Tables:
        """
        Ask for times and lengths between all of these places.

        Raises
        ------
        WorldFailed
            It gives no answer, or one that cannot be.
        """
        return Gathering(self._url, places, self._block_of, block=self._block).tables()

    def _block_of(self, sources: Sequence[Place], targets: Sequence[Place]) -> Small:
        asked = {
            "sources": [self._location(x) for x in sources],
            "targets": [self._location(x) for x in targets],
            "costing": self._costing,
            "costing_options": {self._costing: {self._speed: round(self._speed_kmh, 3)}},
            "units": "kilometers",
        }
        url = f"{self._url}/sources_to_targets"
        answer = ask(url, body=msgspec.json.encode(asked), timeout_s=self._timeout_s)
        code = answer.said.get("error_code")
        if code == TOO_MANY or answer.status == 413:
            raise TooMuchError(answer.short())
        if code == NO_STREET:
            raise NoStreetError(answer.short())
        if code == NO_WAY:
            raise NoWayError(answer.short())
        if answer.status != 200 or "sources_to_targets" not in answer.said:
            raise WorldFailed(f"{self._url}: Valhalla answers with status {answer.status}: {answer.short()}")
        return self._table(answer)

    def _location(self, place: Place) -> dict[str, float]:
        return {"lat": place.lat_e6 / 1e6, "lon": place.lng_e6 / 1e6, "search_cutoff": self._snap_m}

    def _table(self, answer: Answer) -> Small:
        """Read both shapes of an answer: rows of cells, or one table each (``verbose: false``)."""
        if answer.said.get("units", "kilometers") not in ("kilometers", "km"):
            raise WorldFailed(f"{self._url}: Valhalla answers in {answer.said['units']!r}; kilometres were asked for")
        found = answer.said["sources_to_targets"]
        if isinstance(found, dict):
            return Small(seconds=found.get("durations"), metres=_in_metres(found.get("distances")))
        if not isinstance(found, list) or any(not isinstance(x, list) for x in found):
            raise WorldFailed(f"{self._url}: Valhalla's answer is no table")
        if any(not isinstance(y, dict) for x in found for y in x):
            raise WorldFailed(f"{self._url}: Valhalla's answer has cells that say nothing")
        for name, line in (("from_index", 0), ("to_index", 1)):
            for n, x in enumerate(found):
                for k, y in enumerate(x):
                    if y.get(name, (n, k)[line]) != (n, k)[line]:
                        raise WorldFailed(f"{self._url}: Valhalla's cells are not in the order they were asked in")
        return Small(
            seconds=[[y.get("time") for y in x] for x in found],
            metres=_in_metres([[y.get("distance") for y in x] for x in found]),
        )


def _in_metres(table: Any) -> Any:  # noqa: ANN401 JSON, which `Gathering` looks at
    """Turn kilometres into metres; leave alone what is no number."""
    if not isinstance(table, list):
        return table
    if any(not isinstance(x, list) for x in table):
        return table
    return [[y * 1000 if isinstance(y, int | float) and not isinstance(y, bool) else y for y in x] for x in table]
