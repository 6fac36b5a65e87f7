"""Tables of a map server are its own numbers, whole, whatever its limits; what it cannot say is said, or refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from doorstep.adapters.roads import Osrm, Valhalla
from doorstep.base.errors import WorldFailed
from doorstep.model.people import Place
from doorstep.ports.roads import MapServer, Tables
from tests.roads.made import BOTH, LAT, LNG, grid, net_of, spread
from tests.roads.servers import Reply, Town, served
from tests.roads.typed import refused, typed

KINDS = ("osrm", "valhalla")
HOUSES = [*spread(11, width_e6=3_500), Place(LAT + 60_000, LNG), *spread(2, width_e6=3_000, step=311)]
LOST = 11
"""The index of the house that is 6 km from every street."""


def town(*, most_pairs: int = 100) -> Town:
    return Town(grid(4, 5), "ebike", speed_mm_s=4_167, most_pairs=most_pairs)


def islands() -> Town:
    """Two streets that do not meet."""
    nodes = [(LAT, LNG), (LAT, LNG + 1_000), (LAT + 3_000, LNG), (LAT + 3_000, LNG + 1_000)]
    return Town(net_of(nodes, [(0, 1, BOTH), (2, 3, BOTH)]), "ebike", speed_mm_s=4_167, most_pairs=100)


def server(kind: str, url: str, *, block: int = 50, timeout_s: float = 20.0) -> MapServer:
    if kind == "osrm":
        return Osrm(url, "ebike", snap_m=300, timeout_s=timeout_s, block=block)
    return Valhalla(url, "ebike", speed_mm_s=4_167, snap_m=300, timeout_s=timeout_s, block=block)


def tables(kind: str, place: Town, houses: list[Place], *, block: int = 50) -> Tables:
    with served(getattr(place, kind)) as url:
        return server(kind, url, block=block).tables(houses)


def expected(kind: str, place: Town, houses: list[Place]) -> tuple[list[list[float]], list[list[float]]]:
    """What the town says about all pairs at once, in the rounding of a server; -1 for none."""
    near = [x for x in houses if place.spot(x)[1] <= 300]
    rows = iter(place.ways(near, near))
    digits = 1 if kind == "osrm" else 0
    seconds, metres = [], []
    for x in houses:
        row = iter(next(rows)) if x in near else None
        both = [next(row) if row is not None and y in near else None for y in houses]
        seconds.append([-1 if z is None else round(z[0], digits) for z in both])
        metres.append([-1 if z is None else round(z[1], digits) for z in both])
    return seconds, metres


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("block", "most_pairs"), [(50, 2_500), (4, 100), (50, 25), (50, 1), (3, 4)])
def test_a_table_is_what_the_server_knows(kind: str, block: int, most_pairs: int) -> None:
    """Asked in blocks of any size, and in smaller ones where the server wants it: its numbers, pair by pair."""
    found = tables(kind, town(most_pairs=most_pairs), HOUSES, block=block)
    seconds, metres = expected(kind, town(), HOUSES)
    assert seconds == found.seconds.tolist()
    assert np.allclose(metres, found.metres, atol=1e-9)
    assert (LOST,) == found.lost
    if kind == "osrm":
        near = [n for n in range(len(HOUSES)) if n != LOST]
        assert np.allclose([town().spot(HOUSES[n])[1] for n in near], found.off_m[near])
    assert np.isnan(found.off_m[LOST])


@pytest.mark.parametrize("kind", KINDS)
def test_the_limits_of_a_server_are_kept_and_learnt(kind: str) -> None:
    """After it refused a block as too large no larger one is asked; each place is looked up alone at most once."""
    place = town(most_pairs=20)
    found = tables(kind, place, HOUSES, block=8)
    assert max(x * y for x, y in place.asked) <= 20
    assert len(place.asked) < found.asked <= 3 + 2 + len(HOUSES) + len(place.asked)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pair_without_a_way_is_one_pair(kind: str) -> None:
    """Islands are reached from themselves and from nowhere else, and the rest of the table stands."""
    houses = [Place(LAT, LNG), Place(LAT, LNG + 500), Place(LAT + 3_000, LNG + 900)]
    found = tables(kind, islands(), houses)
    assert [[True, True, False], [True, True, False], [False, False, True]] == (found.seconds >= 0).tolist()
    assert ((found.seconds >= 0) == (found.metres >= 0)).all()
    assert () == found.lost


OK: dict[str, Any] = {"code": "Ok", "durations": [[0, 5], [5, 0]], "distances": [[0, 9], [9, 0]]}
CELLS = [[{"time": 0, "distance": 0.0}, {"time": 5, "distance": 0.01}]] * 2
BAD: list[tuple[str, str, Reply, str]] = [
    ("no JSON", "osrm", (200, b"<html>hello</html>"), "no JSON"),
    ("an empty answer", "osrm", (200, b""), "no JSON"),
    ("a list", "osrm", (200, []), "no object"),
    ("a failure", "osrm", (500, {"code": "InternalError", "message": "out of memory"}), "500: InternalError"),
    ("another address", "osrm", (404, b"not found"), "no JSON"),
    ("a detour to elsewhere", "osrm", (302, b""), "no JSON"),
    ("another code", "osrm", (400, {"code": "InvalidQuery", "message": "Query string malformed"}), "InvalidQuery"),
    ("no distances", "osrm", (200, {"code": "Ok", "durations": [[0, 5], [5, 0]]}), "no distances"),
    ("no durations", "osrm", (200, {"code": "Ok", "distances": [[0, 5], [5, 0]]}), "no table of 2 × 2"),
    ("a row too few", "osrm", (200, {**OK, "durations": [[0, 5]]}), "times are no table of 2 × 2"),
    ("a number too many", "osrm", (200, {**OK, "distances": [[0, 5], [5, 0, 1]]}), "lengths are no table of 2 × 2"),
    ("text", "osrm", (200, {**OK, "durations": [[0, "5"], [5, 0]]}), "no table"),
    ("truth", "osrm", (200, {**OK, "durations": [[0, True], [5, 0]]}), "no table"),
    ("time running back", "osrm", (200, {**OK, "durations": [[0, -5], [5, 0]]}), "-5.0, which cannot be"),
    ("no number", "osrm", (200, b'{"code":"Ok","durations":[[0,1e999],[5,0]],"distances":[[0,9],[9,0]]}'), ""),
    ("never enough", "osrm", (400, {"code": "TooBig", "message": "Too many"}), "even one pair is too much"),
    ("distances of text", "osrm", (200, {**OK, "sources": [{"distance": "x"}, {"distance": 1}]}), "from the street"),
    ("miles", "valhalla", (200, {"units": "miles", "sources_to_targets": CELLS}), "'miles'"),
    ("no matrix", "valhalla", (200, {"trip": {}}), "status 200"),
    ("no table", "valhalla", (200, {"sources_to_targets": [1, 2]}), "is no table"),
    ("cells of numbers", "valhalla", (200, {"sources_to_targets": [[0, 5], [5, 0]]}), "cells that say nothing"),
    (
        "cells in another order",
        "valhalla",
        (200, {"sources_to_targets": [[{"from_index": 0, "to_index": 1}, {"from_index": 0, "to_index": 0}]] * 2}),
        "order",
    ),
    ("a column too few", "valhalla", (200, {"sources_to_targets": [x[:1] for x in CELLS]}), "no table of 2 × 2"),
    ("too far", "valhalla", (400, {"error_code": 154, "error": "Path distance exceeds the max"}), "154: Path"),
    ("gone", "valhalla", (503, {"error": "busy"}), "503: busy"),
]


@pytest.mark.parametrize(("kind", "reply", "says"), [pytest.param(*x[1:], id=f"{x[1]}: {x[0]}") for x in BAD])
def test_an_answer_that_cannot_be_is_refused(kind: str, reply: Reply, says: str) -> None:
    """Errors, foreign pages, tables of the wrong shape and numbers that are none fail, and say at whom and why."""
    with served(lambda *_: reply) as url, pytest.raises(WorldFailed) as caught:
        server(kind, url).tables(HOUSES[:2])
    assert url in str(caught.value)
    assert says in str(caught.value)


def test_both_shapes_of_a_valhalla_answer_are_read() -> None:
    """With cells, and as one table of times and one of kilometres; nulls are no way."""
    flat = {
        "units": "kilometers",
        "sources_to_targets": {"durations": [[0, 5], [None, 0]], "distances": [[0, 0.01], [None, 0]]},
    }
    with served(lambda *_: (200, flat)) as url:
        found = server("valhalla", url).tables(HOUSES[:2])
    assert ([[0, 5], [-1, 0]], [[0, 10], [-1, 0]]) == (found.seconds.tolist(), found.metres.tolist())
    with served(lambda *_: (200, {"sources_to_targets": CELLS})) as url:
        assert [[0, 5], [0, 5]] == server("valhalla", url).tables(HOUSES[:2]).seconds.tolist()


def test_a_server_that_contradicts_itself_is_refused() -> None:
    """It says that a place has no street, and finds one for each alone: no endless asking."""
    asked: list[str] = []

    def answer(path: str, _: bytes) -> Reply:
        asked.append(path)
        if "sources=0&" in path:
            return 200, {"code": "Ok", "durations": [[0]], "distances": [[0]]}
        return 400, {"code": "NoSegment", "message": "Could not find a matching segment for coordinate 1"}

    with served(answer) as url, pytest.raises(WorldFailed, match="finds one for each of them alone"):
        server("osrm", url).tables(HOUSES[:3])
    assert 4 == len(asked)


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_does_not_answer_in_time_is_asked_twice(kind: str) -> None:
    """The time limit holds; one slow answer is forgiven, a second is not."""
    place, turns = town(), []

    def slow_once(path: str, body: bytes) -> Reply:
        turns.append(path)
        return (200, None) if len(turns) == 1 else getattr(place, kind)(path, body)

    with served(slow_once) as url:
        found = server(kind, url, timeout_s=1.0).tables(HOUSES[:3])
    assert expected(kind, town(), HOUSES[:3])[0] == found.seconds.tolist()
    with served(lambda *_: (200, None)) as url, pytest.raises(WorldFailed, match="no answer"):
        server(kind, url, timeout_s=0.1).tables(HOUSES[:3])


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_at_the_address_is_said(kind: str) -> None:
    """A port where nobody listens fails at once, with the address."""
    with served(lambda *_: (200, {})) as url:
        pass
    with pytest.raises(WorldFailed, match="cannot be asked"):
        server(kind, url).tables(HOUSES[:2])


@pytest.mark.parametrize("kind", KINDS)
def test_swapped_latitude_and_longitude_would_be_found(kind: str) -> None:
    """An adapter that swaps both finds no street for anyone."""
    swapped = [Place(min(x.lng_e6, 90_000_000), x.lat_e6) for x in HOUSES]
    assert tuple(range(len(HOUSES))) == tables(kind, town(), swapped).lost


@pytest.fixture
def points(tmp_path: Path) -> Path:
    rows = "".join(f"H{n},{x.lat_e6},{x.lng_e6}\n" for n, x in enumerate(HOUSES))
    (tmp_path / "points.csv").write_text(f"point,lat_e6,lng_e6\n{rows}", "utf-8")
    return tmp_path / "points.csv"


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_asks_a_server_instead_of_a_net(
    kind: str, points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table is the server's, rounded; the lost point is named; the summary says how often was asked."""
    out = tmp_path / "m.parquet"
    place = town()
    with served(getattr(place, kind)) as url:
        words = ("matrix", "--server", f"{kind}={url}", "--points", points, "--out", out, "--json")
        code, said, error = typed(capsys, *words)
    assert 0 == code, error
    seconds, metres = expected(kind, town(), HOUSES)
    pairs = [(x, y) for i, x in enumerate(seconds) for y in [(z, metres[i][k]) for k, z in enumerate(x)]]
    assert [(None, None) if x < 0 else (int(x + 0.5), int(y + 0.5)) for _, (x, y) in pairs] == [
        x[2:] for x in pl.read_parquet(out).rows()
    ]
    summary = json.loads(said)
    assert (["H11"], 0) == ([x["point"] for x in summary["unreachable"]], summary["slowed"])
    assert summary["asked"] > len(place.asked) > 0
    assert "unreachable: H11: there is no street within 300 m" in error


def test_a_server_for_cars_does_not_make_e_bikes_unlawful(
    points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is quicker than 25 km/h is slowed down to it, and said."""
    out = tmp_path / "m.parquet"
    place = town()

    def quick(path: str, body: bytes) -> Reply:
        status, said = place.osrm(path, body)
        if "durations" in said:
            said["durations"] = [[x and round(x / 10, 1) for x in row] for row in said["durations"]]
        return status, said

    with served(quick) as url:
        code, said, error = typed(
            capsys, "matrix", "--server", f"osrm={url}", "--points", points, "--out", out, "--json"
        )
    assert 0 == code
    table = pl.read_parquet(out).drop_nulls()
    assert (table["seconds"] + 0.5 >= (table["metres"] - 0.5) * 1000 / 6_944).all()
    assert json.loads(said)["slowed"] == table.filter(pl.col("metres") > 0).height
    assert "slowed" in error


def test_an_island_of_a_server_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A point that has a street and no way from anyone else is unreachable, and said to be."""
    (tmp_path / "p.csv").write_text(
        f"point,lat_e6,lng_e6\nA,{LAT},{LNG}\nB,{LAT},{LNG + 500}\nC,{LAT + 3_000},{LNG}\n", "utf-8"
    )
    with served(islands().osrm) as url:
        words = ("matrix", "--server", f"osrm={url}", "--points", tmp_path / "p.csv", "--out", tmp_path / "m.parquet")
        code, _, error = typed(capsys, *words)
    assert 0 == code
    assert "unreachable: C: there is no way to it" in error.splitlines()


def test_a_server_that_fails_leaves_nothing_behind(
    points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The world failed: exit code 3, one line with the address, no file."""
    with served(lambda *_: (500, {"code": "InternalError", "message": "out of memory"})) as url:
        error = refused(
            capsys, tmp_path / "m.parquet", "matrix", "--server", f"osrm={url}", "--points", points, code=3
        )
    assert "out of memory" in error
    assert url in error
