"""OSRM and Valhalla, small: real servers on this machine that answer from a known net by a slow search."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from doorstep.model.people import Place
from doorstep.roads.net import Net, Profile
from doorstep.roads.snap import Snapper
from tests.oracles import streets as oracle

Reply = tuple[int, Any]
PATIENCE_S = 30


class Town:
    """
    A net, and what a server says about it; islands are kept, so that some pairs have no way.

    Parameters
    ----------
    most_pairs
        More are refused.
    """

    def __init__(self, net: Net, profile: Profile, *, speed_mm_s: int, most_pairs: int) -> None:
        self.net, self.profile, self.speed_mm_s, self.most_pairs = net, profile, speed_mm_s, most_pairs
        self.pieces = [n for n, x in enumerate(oracle.allowed(net, profile)) if any(x)]
        self._snapper = Snapper(net, np.array(self.pieces))
        self.asked: list[tuple[int, int]] = []

    def spot(self, place: Place) -> tuple[tuple[int, int], float]:
        found = self._snapper.nearest([place])
        return (int(found.piece[0]), int(found.at_mm[0])), float(found.off_m[0])

    def ways(self, sources: list[Place], targets: list[Place]) -> list[list[tuple[float, float] | None]]:
        """Seconds and metres, with their fractions."""
        self.asked.append((len(sources), len(targets)))
        spots = [self.spot(x)[0] for x in (*sources, *targets)]
        found = oracle.ways(self.net, self.profile, self.pieces, spots, speed_mm_s=self.speed_mm_s)
        rows = (row[len(sources) :] for row in found[: len(sources)])
        return [[None if x is None else (x[0] / 1000, x[1] / 1000) for x in row] for row in rows]

    def osrm(self, path: str, _: bytes) -> Reply:
        """Answer ``/table/v1/…`` as OSRM does."""
        parts = urlsplit(path)
        words = parts.path.split("/")
        if words[1:3] != ["table", "v1"] or words[3] not in ("bike", "foot"):
            return 400, {"code": "InvalidUrl", "message": "URL string malformed"}
        asked = {x: y[0] for x, y in parse_qs(parts.query).items()}
        places = [
            Place(round(float(y) * 1e6), round(float(x) * 1e6)) for x, y in (z.split(",") for z in words[4].split(";"))
        ]
        sources, targets = ([int(x) for x in asked[y].split(";")] for y in ("sources", "destinations"))
        if len(sources) * len(targets) > self.most_pairs:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        near = [float(x) for x in asked["radiuses"].split(";")]
        off_m = [self.spot(x)[1] for x in places]
        for n, x in enumerate(off_m):
            if x > near[n]:
                what = f"Could not find a matching segment for coordinate {n}"
                return 400, {"code": "NoSegment", "message": what}
        rows = self.ways([places[x] for x in sources], [places[x] for x in targets])
        return 200, {
            "code": "Ok",
            "durations": [[x and round(x[0], 1) for x in row] for row in rows],
            "distances": [[x and round(x[1], 1) for x in row] for row in rows],
            "sources": [{"distance": off_m[x], "location": [places[x].lng_e6 / 1e6, 0], "name": ""} for x in sources],
        }

    def valhalla(self, path: str, body: bytes) -> Reply:
        """Answer ``/sources_to_targets`` as Valhalla does."""
        if path != "/sources_to_targets":
            return 404, {"error_code": 106, "error": "Try any of: '/sources_to_targets'", "status_code": 404}
        asked = json.loads(body)
        both = [
            [(Place(round(x["lat"] * 1e6), round(x["lon"] * 1e6)), x["search_cutoff"]) for x in asked[y]]
            for y in ("sources", "targets")
        ]
        if len(both[0]) * len(both[1]) > self.most_pairs:
            return 400, {"error_code": 150, "error": "Exceeded max locations: 50", "status_code": 400}
        if any(self.spot(x)[1] > near for y in both for x, near in y):
            return 400, {"error_code": 171, "error": "No suitable edges near location", "status_code": 400}
        ((speed, kmh),) = asked["costing_options"][asked["costing"]].items()
        assert (asked["costing"], speed) in (("bicycle", "cycling_speed"), ("pedestrian", "walking_speed"))
        self.speed_mm_s = round(kmh * 1_000_000 / 3_600)
        rows = self.ways(*([x for x, _ in y] for y in both))
        if all(x is None for row in rows for x in row):
            return 400, {"error_code": 442, "error": "No path could be found for input", "status_code": 400}
        return 200, {
            "units": "kilometers",
            "sources_to_targets": [
                [
                    {
                        "from_index": i,
                        "to_index": k,
                        "time": x and round(x[0]),
                        "distance": x and round(x[1] / 1000, 3),
                    }
                    for k, x in enumerate(row)
                ]
                for i, row in enumerate(rows)
            ],
        }


@contextmanager
def served(answer: Callable[[str, bytes], Reply]) -> Iterator[str]:
    """
    Serve on a free port of this machine for the length of a block.

    Yields
    ------
    The address. An answer of bytes is sent as it is, one of None never.
    """
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            status, said = answer(self.path, self.rfile.read(size))
            if said is None:
                over.wait(PATIENCE_S)
                return
            data = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            if status // 100 == 3:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
