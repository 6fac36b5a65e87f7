"""OSRM's table service, version 1."""

from collections.abc import Sequence
from typing import Final

from doorstep.adapters.roads.ask import ask, base_url
from doorstep.adapters.roads.blocks import BLOCK, Gathering, NoStreetError, Small, TooMuchError
from doorstep.base.errors import WorldFailed
from doorstep.model.people import Place
from doorstep.ports.roads import Tables

MODES: Final = {"ebike": "bike", "walk": "foot"}
"""What stands in the address; a server answers by the one profile that it was prepared with, whatever stands there."""
TOO_LONG: Final = (413, 414)


class Osrm:
    """
    A server that speaks OSRM's HTTP interface.

    Parameters
    ----------
    url
        Its address, such as ``http://127.0.0.1:5000``.
    profile
        ``ebike`` or ``walk``: the name in the address; how fast is the server's own business.
    snap_m
        How far from a street a place may be, metres.
    timeout_s, block
        How long a wait may take; how many places along each side of a block.

    References
    ----------
    OSRM, docs/http.md, “Table service”.
    """

    def __init__(self, url: str, profile: str, *, snap_m: float, timeout_s: float = 30.0, block: int = BLOCK) -> None:
        self._url, self._mode = base_url(url), MODES[profile]
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
        spots = [*sources, *targets]
        at = ";".join(f"{x.lng_e6 / 1e6:.6f},{x.lat_e6 / 1e6:.6f}" for x in spots)
        first = ";".join(map(str, range(len(sources))))
        rest = ";".join(map(str, range(len(sources), len(spots))))
        near = ";".join([f"{self._snap_m:g}"] * len(spots))
        asked = f"sources={first}&destinations={rest}&annotations=duration,distance&radiuses={near}"
        answer = ask(f"{self._url}/table/v1/{self._mode}/{at}?{asked}", body=None, timeout_s=self._timeout_s)
        code = answer.said.get("code")
        if code == "TooBig" or answer.status in TOO_LONG:
            raise TooMuchError(answer.short())
        if code == "NoSegment":
            raise NoStreetError(answer.short())
        if code != "Ok" or answer.status != 200:
            raise WorldFailed(f"{self._url}: OSRM answers with status {answer.status}: {answer.short()}")
        if "distances" not in answer.said:
            raise WorldFailed(f"{self._url}: OSRM gives no distances; it must be 5.17 or later")
        return Small(
            seconds=answer.said.get("durations"),
            metres=answer.said["distances"],
            off_m=_off_m(answer.said.get("sources")),
        )


def _off_m(said: object) -> list[object] | None:
    """Read how far each source is from its street; None where an old server does not say it."""
    if not isinstance(said, list) or not all(isinstance(x, dict) and "distance" in x for x in said):
        return None
    return [x["distance"] for x in said]
