"""Routing instances are read right or refused; solutions are believed only when they hold."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep.intake.vrplib import read_solution, read_vrplib
from tests.intake.typed import refused, shared, typed

TINY = """NAME : tiny
COMMENT : made: by hand
TYPE : VRPTW
DIMENSION : 4
VEHICLES : 2
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 10
EDGE_WEIGHT_SECTION
0\t5\t9\t7
6\t0\t3\t8
9\t4\t0\t2
7\t8\t1\t0
NODE_COORD_SECTION
1\t0\t0
2\t-3\t4
3\t6\t8
4\t5\t0
DEMAND_SECTION
1\t0
2\t4
3\t5
4\t6
DEPOT_SECTION
1
-1
SERVICE_TIME_SECTION
1\t0
2\t10
3\t10
4\t10
TIME_WINDOW_SECTION
1\t0\t100
2\t0\t50
3\t20\t60
4\t0\t70
EOF
"""
BEST = "Route #1: 1 2\nRoute 2 : 3\nCost 31\n"
REAL = """
2322c8ce-d1-n222-k30 57977bd6-d1-n281-k17 5d7c8922-d1-n320-k26 883f3b83-d1-n264-k18 92f528a9-d1-n304-k35
95acb866-d1-n201-k18 b89e3f52-d1-n220-k17 b974ae18-d1-n249-k25 cc992a97-d1-n314-k22 d6a07158-d1-n538-k39
df8f2eda-d1-n359-k27 e4d359d2-d1-n408-k35
""".split()  # noqa: SIM905 a list of names


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "tiny.sol").write_text(BEST, "utf-8")
    (tmp_path / "tiny.txt").write_text(TINY, "utf-8")
    return tmp_path / "tiny.txt"


@pytest.mark.parametrize("kind", ["txt", "txt.gz", "vrp"])
def test_an_instance_becomes_json(kind: str, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Plain or gzip, with the solution that lies beside it."""
    path, out = tiny.with_name(f"tiny.{kind}"), tiny.with_name("out.json")
    path.write_bytes(gzip.compress(TINY.encode()) if kind.endswith("gz") else TINY.encode())
    code, said, _ = typed(capsys, "vrplib", path, "--out", out, "--json")
    assert 0 == code
    assert {"customers": 3, "capacity": 10, "demand": 15, "routes_of_best": 2, "cost_of_best": 31} == json.loads(said)[
        "counts"
    ]
    assert {
        "name": "tiny",
        "comment": "made: by hand",
        "kind": "VRPTW",
        "vehicles": 2,
        "capacity": 10,
        "travel_s": [[0, 5, 9, 7], [6, 0, 3, 8], [9, 4, 0, 2], [7, 8, 1, 0]],
        "demand": [0, 4, 5, 6],
        "opens_s": [0, 0, 20, 0],
        "closes_s": [100, 50, 60, 70],
        "service_s": [0, 10, 10, 10],
        "xy": [[0, 0], [-3, 4], [6, 8], [5, 0]],
        "best": {"routes": [[1, 2], [3]], "cost_s": 31},
    } == json.loads(out.read_text("utf-8"))


def test_distances_are_computed_where_there_is_no_matrix(tmp_path: Path) -> None:
    """A CVRP of EUC_2D has rounded straight ways, no windows, and one service time for all."""
    text = (
        TINY.replace("VRPTW", "CVRP").replace("EXPLICIT", "EUC_2D").replace("CAPACITY", "SERVICE_TIME : 7\nCAPACITY")
    )
    for x in ("EDGE_WEIGHT_SECTION", "SERVICE_TIME_SECTION", "TIME_WINDOW_SECTION"):
        before, _, after = text.partition(f"{x}\n")
        text = before + after.lstrip("0123456789\t\n")
    (tmp_path / "plain.vrp").write_text(text, "utf-8")
    read = read_vrplib(tmp_path / "plain.vrp")
    assert ((0, 5, 10, 5), (5, 0, 10, 9), (10, 10, 0, 8), (5, 9, 8, 0)) == read.travel_s
    assert ((0, 0, 0, 0), (None,) * 4, (0, 7, 7, 7)) == (read.opens_s, read.closes_s, read.service_s)


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


WRONG: list[tuple[str, Callable[[str], str], list[str]]] = [
    ("cut off", lambda x: x[: x.index("TIME_WINDOW")], ["EOF", "cut off"]),
    ("another dimension", swap("DIMENSION : 4", "DIMENSION : 5"), ["NODE_COORD", "4 rows, DIMENSION says 5"]),
    ("a number missing in the matrix", swap("9\t4\t0\t2", "9\t4\t2"), ["EDGE_WEIGHT", "15 numbers", "asks for 16"]),
    ("a word in the matrix", swap("9\t4\t0", "9\tx\t0"), ["row 12", "EDGE_WEIGHT", "'x'"]),
    ("a negative duration", swap("9\t4\t0", "9\t-4\t0"), ["row 12", "EDGE_WEIGHT", "'-4'"]),
    ("half a second", swap("9\t4\t0", "9\t4.5\t0"), ["row 12", "EDGE_WEIGHT", "'4.5'", "whole seconds"]),
    ("closes before it opens", swap("3\t20\t60", "3\t60\t20"), ["row 35", "TIME_WINDOW", "'20'", "opens"]),
    ("too heavy", swap("4\t6\n", "4\t11\n"), ["row 23", "DEMAND", "'11'", "CAPACITY"]),
    ("nodes out of turn", swap("3\t5\n", "5\t5\n"), ["row 22", "DEMAND", "'5'", "node 3 comes next"]),
    ("a row too long", swap("2\t0\t50", "2\t0\t50\t1"), ["row 34", "TIME_WINDOW", "4 numbers; 3"]),
    ("several sites", swap("1\n-1", "1\n2\n-1"), ["DEPOT", "'2'", "several sites"]),
    ("a site that wants", swap("1\t0\n2\t4", "1\t1\n2\t4"), ["DEMAND", "'1'", "want nothing"]),
    ("no capacity", swap("CAPACITY : 10\n", ""), ["CAPACITY", "missing"]),
    ("no windows", lambda x: x[: x.index("TIME_WINDOW")] + "EOF\n", ["TIME_WINDOW", "missing"]),
    ("another kind", swap("VRPTW", "PDPTW"), ["row 3", "TYPE", "'PDPTW'", "VRPTW, CVRP"]),
    ("another matrix", swap("FULL_MATRIX", "LOWER_ROW"), ["row 7", "EDGE_WEIGHT_FORMAT", "'LOWER_ROW'"]),
    ("unknown section", swap("DEPOT_SECTION", "BACKHAUL_SECTION"), ["row 24", "BACKHAUL", "not understood"]),
    ("doubled key", swap("VEHICLES : 2", "CAPACITY : 2"), ["row 8", "CAPACITY", "twice"]),
    ("no VRPLIB", lambda _: "C101\n\nVEHICLE\nNUMBER CAPACITY\n", ["row 1", "'C101'", "VRPLIB"]),
    ("empty", lambda _: "", ["is empty"]),
]


@pytest.mark.parametrize(("change", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG])
def test_a_malformed_instance_is_refused_with_its_place(
    change: Callable[[str], str], says: list[str], tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line, the key or section and the value are said, and nothing is written."""
    tiny.write_text(change(TINY), "utf-8")
    error = refused(capsys, tmp_path / "out.json", "vrplib", tiny)
    assert [] == [x for x in ["tiny.txt", *says] if x not in error], error


WRONG_SOLUTIONS = [
    ("another cost", BEST.replace("31", "30"), ["row 3", "Cost", "'30'", "sum to 31"]),
    ("one left out", "Route #1: 1 2\nCost 17\n", ["Route", "'3'", "1 customers are in no route"]),
    ("one twice", BEST.replace("3\n", "3 1\n", 1), ["row 2", "'1'", "line 1 already"]),
    ("overfull", "Route #1: 1 2 3\nCost 17\n", ["row 1", "'15'", "capacity of 10"]),
    ("no customer", BEST.replace("1 2", "1 4"), ["row 1", "'4'", "1 to 3"]),
    ("the site in a route", BEST.replace("1 2", "0 1 2"), ["row 1", "'0'"]),
    ("no cost", "Route #1: 1 2\nRoute #2: 3\n", ["Cost", "missing"]),
    ("two costs", BEST + "Cost 31\n", ["row 4", "Cost", "twice"]),
    ("words", "hello\n" + BEST, ["row 1", "'hello'"]),
]


@pytest.mark.parametrize(("text", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG_SOLUTIONS])
def test_a_solution_that_does_not_hold_is_refused(
    text: str, says: list[str], tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each customer once, no route overfull, the cost as said; else nothing is written."""
    tiny.with_suffix(".sol").write_text(text, "utf-8")
    error = refused(capsys, tmp_path / "out.json", "vrplib", tiny)
    assert [] == [x for x in ["tiny.sol", *says] if x not in error], error


def test_a_late_route_is_refused(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who comes early waits, who comes after the window has closed does not count."""
    tiny.write_text(TINY.replace("2\t0\t50", "2\t0\t4"), "utf-8")
    error = refused(capsys, tmp_path / "out.json", "vrplib", tiny)
    assert "row 1, column Route: '1': node 1 is reached at 5, after it closes at 4" in error


def test_a_broken_gzip_is_refused(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A download that broke off says so."""
    tiny.write_bytes(gzip.compress(TINY.encode())[:-20])
    assert "breaks off" in refused(capsys, tmp_path / "out.json", "vrplib", tiny)


def test_a_file_is_written_over_with_force_only(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there stays as it is; a folder is refused as well."""
    out = tiny.with_name("out.json")
    out.write_text("mine")
    code, _, error = typed(capsys, "vrplib", tiny, "--out", out)
    assert (2, True, "mine") == (code, "--force" in error, out.read_text())
    assert 2 == typed(capsys, "vrplib", tiny, "--out", tiny.parent)[0]
    assert 0 == typed(capsys, "vrplib", tiny, "--out", out, "--force")[0]
    assert "tiny" == json.loads(out.read_text("utf-8"))["name"]


@pytest.mark.parametrize("name", REAL)
def test_a_real_instance_and_its_best_known_solution_hold(name: str) -> None:
    """Its cost is the travel along its routes, in time and within the capacity, and is what the contest published."""
    instance = read_vrplib(shared("euro-neurips-2022", f"ORTEC-VRPTW-ASYM-{name}.txt.gz"))
    assert (f"-n{instance.nodes - 1}-" in name, "VRPTW") == (True, instance.kind)
    best = read_solution(shared("euro-neurips-2022", f"ORTEC-VRPTW-ASYM-{name}.sol"), instance)
    with shared("euro-neurips-2022", "published_results.csv").open(encoding="utf-8") as file:
        published = {x["bks_static"] for x in csv.DictReader(file) if name in x["instance"] and x["type"] == "static"}
    assert {str(best.cost_s)} == published
