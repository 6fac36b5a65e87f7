"""`doorstep roads build`, `matrix` and `calibrate`: what they write, say and refuse."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from doorstep.intake.datum import gcj02_from_wgs84
from doorstep.model.people import Place
from doorstep.roads import Straight, metres_between
from doorstep.roads.streets import Streets
from doorstep.wire.roads import read_net, streets_of
from tests.intake.typed import shared
from tests.roads.typed import refused, typed

# A square of 111 m by 95 m, its northern side one-way to the east, 20 km/h allowed on two others; an island; and a
# trunk that nobody may use beside steps.
AREA = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <node id="1" lat="31.2000000" lon="121.4000000"/>
 <node id="2" lat="31.2010000" lon="121.4000000"/>
 <node id="3" lat="31.2010000" lon="121.4010000"/>
 <node id="4" lat="31.2000000" lon="121.4010000"/>
 <node id="5" lat="31.2100000" lon="121.4100000"/>
 <node id="6" lat="31.2101000" lon="121.4100000"/>
 <node id="7" lat="31.2000000" lon="121.4050000"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="太仓路"/></way>
 <way id="11"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="oneway" v="yes"/></way>
 <way id="12"><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="service"/><tag k="maxspeed" v="20"/></way>
 <way id="13"><nd ref="5"/><nd ref="6"/><tag k="highway" v="path"/><tag k="name" v="孤岛"/></way>
 <way id="14"><nd ref="4"/><nd ref="7"/><tag k="highway" v="trunk"/></way>
 <way id="15"><nd ref="4"/><nd ref="7"/><tag k="highway" v="steps"/></way>
</osm>
"""
POINTS = """point,lat_e6,lng_e6
A,31201000,121400200
B,31201050,121400800
isle,31210050,121410000
sea,31300000,121400000
"""


@pytest.fixture
def area(tmp_path: Path) -> Path:
    (tmp_path / "area.osm").write_text(AREA, "utf-8")
    return tmp_path / "area.osm"


@pytest.fixture
def net(area: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert 0 == typed(capsys, "build", area, "--out", area.with_name("area.net"))[0]
    return area.with_name("area.net")


@pytest.fixture
def points(tmp_path: Path) -> Path:
    (tmp_path / "points.csv").write_text(POINTS, "utf-8")
    return tmp_path / "points.csv"


def rows(path: Path) -> list[tuple[str, str, int | None, int | None]]:
    return pl.read_parquet(path).rows()


def test_a_build_says_what_hangs_together(area: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The summary counts pieces and metres for each profile, and names what is outside of the main part."""
    code, said, error = typed(capsys, "build", area, "--out", area.with_name("a.net"), "--json")
    assert (0, "") == (code, error)
    summary = json.loads(said)
    assert {"nodes": 7, "pieces": 6, "format": 1} == {x: summary[x] for x in ("nodes", "pieces", "format")}
    ride, walk = summary["reaches"]
    assert ("ebike", 5, 4, 413, 95) == tuple(
        ride[x] for x in ("profile", "pieces", "main_pieces", "main_metres", "oneway_metres")
    )
    assert [{"street": "孤岛", "pieces": 1, "metres": 11, "node": 5}] == ride["outside"] == walk["outside"]
    assert (6, 5, 0) == tuple(walk[x] for x in ("pieces", "main_pieces", "oneway_metres"))
    assert {"ways of highway=trunk, closed to both": 1} == summary["dropped"]
    # Who may not use the steps finds no two spots that are 300 m apart.
    assert [("ebike", True), ("walk", False)] == [(x["profile"], x["push"]) for x in summary["detours"]]


def test_a_build_is_the_same_every_time(area: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Same extract, same bytes, zipped or not but for its name."""
    for out in ("one.net", "two.net"):
        assert 0 == typed(capsys, "build", area, "--out", tmp_path / out)[0]
    assert (tmp_path / "one.net").read_bytes() == (tmp_path / "two.net").read_bytes()
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "area.osm").write_bytes(gzip.compress(AREA.encode()))
    assert 0 == typed(capsys, "build", tmp_path / "z" / "area.osm", "--out", tmp_path / "three.net")[0]
    assert (tmp_path / "one.net").read_bytes() == (tmp_path / "three.net").read_bytes()


def test_speeds_are_those_that_signs_and_law_allow(net: Path) -> None:
    """Nobody above 25 km/h, 20 where that is posted, 13 on a path, 0.6 m/s on steps; no e-bike there."""
    found = read_net(net)
    at = {(int(found.node[a]), int(found.node[b])): n for n, (a, b) in enumerate(zip(found.start, found.end))}  # noqa: B905
    assert [(6_944, 6_944), (6_944, 0), (5_555, 5_555), (3_611, 3_611), (0, 0)] == [
        (int(found.ebike_along_mm_s[at[x]]), int(found.ebike_back_mm_s[at[x]]))
        for x in ((1, 2), (2, 3), (3, 4), (5, 6), (4, 7))
    ]
    assert (600, 600) == (int(found.walk_along_mm_s[at[4, 7]]), int(found.walk_back_mm_s[at[4, 7]]))


def test_a_table_holds_every_pair_and_names_who_is_lost(
    net: Path, points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against the one-way street the way is around the block; lost points hold no numbers and are said."""
    out = tmp_path / "m.parquet"
    code, said, error = typed(capsys, "matrix", net, "--points", points, "--out", out, "--json")
    assert 0 == code
    expected = {("A", "A"): (0, 0), ("A", "B"): (14, 57), ("B", "A"): (85, 356), ("B", "B"): (0, 0)}
    names = ["A", "B", "isle", "sea"]
    assert [(x, y, *expected.get((x, y), (None, None))) for x in names for y in names] == rows(out)
    assert {"from": pl.String, "to": pl.String, "seconds": pl.Int32, "metres": pl.Int32} == pl.read_parquet(out).schema
    lost = [x.split(":")[1].strip() for x in error.splitlines()]
    assert ["isle", "sea"] == lost
    summary = json.loads(said)
    assert ["isle", "sea"] == [x["point"] for x in summary["unreachable"]]
    assert (4, 16, 12) == tuple(summary[x] for x in ("points", "pairs", "without_way"))
    assert (2.8, 5.6) == (summary["off_m_p50"], summary["off_m_max"]), "of those on the map"
    assert [("A", 0.0, ""), ("B", 5.6, "")] == [(x["point"], x["off_m"], x["street"]) for x in summary["snapped"][:2]]
    about = json.loads(pl.read_parquet_metadata(out)["doorstep"])
    assert ("ebike", 4_167, 2) == (about["profile"], about["speed_mm_s"], len(about["unreachable"]))


def test_a_table_is_the_same_every_time(
    net: Path, points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Same net, same points, same bytes, compressed by zstd; what is there is written over only when told."""
    one, two = tmp_path / "1.parquet", tmp_path / "2.parquet"
    for out in (one, two):
        assert 0 == typed(capsys, "matrix", net, "--points", points, "--out", out)[0]
    assert one.read_bytes() == two.read_bytes()
    assert 2 == typed(capsys, "matrix", net, "--points", points, "--out", one)[0]
    assert 0 == typed(capsys, "matrix", net, "--points", points, "--out", one, "--force", "--profile", "walk")[0]
    assert one.read_bytes() != two.read_bytes()


def test_profile_speed_and_pushing_are_obeyed(
    net: Path, points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A walker goes straight back; a quicker e-bike takes less, but 20 km/h where that is posted; one is pushed."""

    def asked(*options: str) -> int | None:
        out = tmp_path / "m.parquet"
        assert 0 == typed(capsys, "matrix", net, "--points", points, "--out", out, "--force", *options)[0]
        return {x[:2]: x[2] for x in rows(out)}["B", "A"]

    assert 41 == asked("--profile", "walk")
    assert 59 == asked("--speed-kmh", "25")
    assert 51 == asked("--push")


def test_degrees_and_shifted_positions_give_the_same_table(
    net: Path, points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`lat, lng` in degrees, and GCJ-02 when asked for, are the same places; unasked they are 500 m elsewhere."""
    out = tmp_path / "m.parquet"
    assert 0 == typed(capsys, "matrix", net, "--points", points, "--out", out)[0]
    expected = rows(out)
    degrees, shifted = tmp_path / "degrees.csv", tmp_path / "shifted.csv"
    with points.open() as file:
        at = [(x["point"], int(x["lat_e6"]) / 1e6, int(x["lng_e6"]) / 1e6) for x in csv.DictReader(file)]
    degrees.write_text("lng,lat,point\n" + "".join(f"{lng},{lat},{x}\n" for x, lat, lng in at))
    there = [(x, *gcj02_from_wgs84(lat, lng)) for x, lat, lng in at]
    shifted.write_text("point,lat,lng\n" + "".join(f"{x},{lat:.9f},{lng:.9f}\n" for x, lat, lng in there))
    for options in ((degrees,), (shifted, "--datum", "gcj02")):
        assert 0 == typed(capsys, "matrix", net, "--points", *options, "--out", out, "--force")[0]
        assert expected == rows(out)
    assert 0 == typed(capsys, "matrix", net, "--points", shifted, "--out", out, "--force")[0]
    assert {None} == {x[2] for x in rows(out)}


HEAD = "point,lat_e6,lng_e6\n"
GOOD = "A,31201000,121400200\n"
WRONG: list[tuple[str, str, list[str]]] = [
    ("empty", "", ["is empty"]),
    ("only a header", HEAD, ["holds no row"]),
    ("one column", "point\nA\n", ["one column only"]),
    ("semicolons", "point;lat_e6;lng_e6\nA;1;2\n", ["one column only", "commas"]),
    ("no point", "name,lat_e6,lng_e6\nA,31201000,121400200\n", ["column point", "missing"]),
    ("no position", "point,x,y\nA,31201000,121400200\n", ["column lat_e6", "missing"]),
    ("half a position", "point,lat,lng_e6\nA,31.2,121400200\n", ["column lat", "both kinds"]),
    ("both positions", "point,lat_e6,lng_e6,lat,lng\nA,31201000,121400200,31.2,121.4\n", ["both kinds"]),
    ("a column twice", "point,lat_e6,lng_e6,point\nA,31201000,121400200,A\n", ["column point", "twice"]),
    ("a name twice", f"{HEAD}{GOOD}{GOOD}", ["row 2, column point: 'A'", "once"]),
    ("no name", f"{HEAD},31201000,121400200\n", ["row 1, column point", "is empty"]),
    ("an invisible name", f"{HEAD}{GOOD}A\u200b,31201000,121400200\n", ["row 2, column point", "visible"]),
    ("blanks", f"{HEAD} A,31201000,121400200\n", ["row 1, column point", "blank"]),
    ("text", f"{HEAD}{GOOD}B,31x,121400200\n", ["row 2, column lat_e6: '31x'", "whole number"]),
    ("nothing", f"{HEAD}B,31201000,\n", ["row 1, column lng_e6", "whole number"]),
    ("a fraction", f"{HEAD}B,31201000.5,121400200\n", ["row 1, column lat_e6: '31201000.5'", "whole number"]),
    ("degrees", f"{HEAD}B,31,121\n", ["row 1, column lat_e6: '31'", "degrees"]),
    ("fractions of degrees", f"{HEAD}B,31.2,121.4\n", ["row 1, column lat_e6: '31.2'"]),
    ("swapped", f"{HEAD}B,121400200,31201000\n", ["row 1, column lat_e6: '121400200'", "swapped"]),
    ("off the earth", f"{HEAD}B,31201000,181400200\n", ["row 1, column lng_e6: '181400200'", "between"]),
    ("degrees swapped", "point,lat,lng\nB,121.4,31.2\n", ["row 1, column lat: '121.4'", "swapped"]),
    ("degrees that are none", "point,lat,lng\nB,nan,121.4\n", ["row 1, column lat: 'nan'", "no number"]),
    ("no position known", "point,lat,lng\nB,0,0\n", ["row 1, column lat: '0'", "sea off Africa"]),
    ("too few fields", f"{HEAD}{GOOD}B,31201000\n", ["row 2", "2 fields"]),
    ("too many fields", f"{HEAD}B,31201000,121400200,1\n", ["row 1", "4 fields"]),
    ("an open quote", f'{HEAD}"B,31201000,121400200\n', ["row 1", "quote"]),
    ("an empty line", f"{HEAD}{GOOD}\n{GOOD}", ["row 2", "empty"]),
    ("too many", HEAD + "".join(f"P{n},31201000,121400200\n" for n in range(5_001)), ["row 5001", "5,000"]),
]


@pytest.mark.parametrize(("text", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG])
def test_malformed_points_are_refused_with_their_place(
    text: str, says: list[str], net: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, row, column and value are said, the exit code is 2, and nothing is written."""
    (tmp_path / "p.csv").write_text(text, "utf-8")
    error = refused(capsys, tmp_path / "m.parquet", "matrix", net, "--points", tmp_path / "p.csv")
    assert [] == [x for x in ["p.csv", *says] if x not in error], error


def test_bytes_that_are_no_text_are_refused(net: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in GBK says the row that cannot be read."""
    (tmp_path / "p.csv").write_bytes(HEAD.encode() + "太仓路,31201000,121400200\n".encode("gbk"))
    assert "row 1" in refused(capsys, tmp_path / "m.parquet", "matrix", net, "--points", tmp_path / "p.csv")


USES: list[tuple[str, Callable[[Path, Path], list[str | Path]], list[str]]] = [
    ("no roads", lambda _, p: ["matrix", "--points", p], ["name one of both"]),
    ("two roads", lambda n, p: ["matrix", n, "--points", p, "--server", "osrm=http://127.0.0.1:1"], ["name one"]),
    ("no server", lambda _, p: ["matrix", "--points", p, "--server", "http://127.0.0.1:1"], ["osrm=URL"]),
    ("an unknown server", lambda _, p: ["matrix", "--points", p, "--server", "here=http://x"], ["osrm=URL"]),
    ("a file as server", lambda _, p: ["matrix", "--points", p, "--server", "osrm=file:///etc"], ["no address"]),
    ("a server without host", lambda _, p: ["matrix", "--points", p, "--server", "osrm=http://"], ["no address"]),
    (
        "a bad port",
        lambda _, p: ["matrix", "--points", p, "--server", "osrm=http://127.0.0.1:99999"],
        ["no address"],
    ),
    (
        "a speed for OSRM",
        lambda _, p: ["matrix", "--points", p, "--server", "osrm=http://127.0.0.1:1", "--speed-kmh", "9"],
        ["--speed-kmh", "its own speeds"],
    ),
    ("too quick", lambda n, p: ["matrix", n, "--points", p, "--speed-kmh", "25.1"], ["--speed-kmh 25.1", "25"]),
    ("no speed", lambda n, p: ["matrix", n, "--points", p, "--speed-kmh", "0"], ["--speed-kmh 0"]),
    ("a pushed walker", lambda n, p: ["matrix", n, "--points", p, "--push", "--profile", "walk"], ["--push"]),
    ("no net", lambda n, p: ["matrix", n.with_name("no.net"), "--points", p], ["no.net", "is not there"]),
    ("points as a net", lambda _, p: ["matrix", p, "--points", p], ["no net of streets"]),
    ("no points", lambda n, p: ["matrix", n, "--points", p.with_name("no.csv")], ["no.csv", "is not there"]),
    ("no extract", lambda n, _: ["build", n.with_name("no.osm")], ["no.osm", "is not there"]),
    ("a net as an extract", lambda n, _: ["build", n], ["no XML"]),
]


@pytest.mark.parametrize(("words", "says"), [pytest.param(*x[1:], id=x[0]) for x in USES])
def test_what_cannot_be_meant_is_refused(
    words: Callable[[Path, Path], list[str | Path]],
    says: list[str],
    net: Path,
    points: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Options that contradict each other, files that are not there or something else: exit code 2, one line."""
    error = refused(capsys, tmp_path / "out.bin", *words(net, points))
    assert [] == [x for x in says if x not in error], error


def test_an_extract_without_a_street_for_anyone_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An extract of trunks only holds nothing to ride or walk on."""
    text = AREA
    for kind in ("residential", "primary", "service", "path", "steps"):
        text = text.replace(f'v="{kind}"', 'v="trunk"')
    (tmp_path / "t.osm").write_text(text, "utf-8")
    assert "no street" in refused(capsys, tmp_path / "t.net", "build", tmp_path / "t.osm")


def test_an_output_that_cannot_be_is_refused(net: Path, area: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder, a file that is there, a folder that is not: said before anything is computed."""
    before = net.read_bytes()
    assert "is there already" in typed(capsys, "build", area, "--out", net)[2]
    assert "is a folder" in typed(capsys, "build", area, "--out", net.parent)[2]
    assert "is no folder" in typed(capsys, "build", area, "--out", net.parent / "no" / "a.net")[2]
    assert before == net.read_bytes()


HUANGPU = "huangpu_people_square_drive_20260721.osm.gz"
CAMPUS = "shanghai_university_baoshan.osm.gz"


@pytest.mark.parametrize(
    ("name", "main", "detours"),
    [
        (HUANGPU, (50_022, 64_597), (1_782, 1_743, 1_375)),
        (CAMPUS, (35_876, 44_424), (1_605, 1_634, 1_415)),
    ],
)
def test_real_extracts_are_what_they_were_measured_to_be(
    name: str,
    main: tuple[int, int],
    detours: tuple[int, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Metres that hang together, and the detour of e-bikes, of e-bikes that may be pushed, and of walkers."""
    extract = shared("shanghai-osm", name)
    code, said, _ = typed(capsys, "build", extract, "--out", tmp_path / "a.net", "--json")
    summary = json.loads(said)
    assert 0 == code
    assert main == tuple(x["main_metres"] for x in summary["reaches"])
    assert detours == tuple(x["detour_e3"] for x in summary["detours"])
    code, said, _ = typed(capsys, "calibrate", tmp_path / "a.net", "--profile", "walk", "--json")
    assert summary["detours"][2] == json.loads(said)


def test_streets_to_plan_by_are_straight_off_the_map(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the map along its streets, and off it straight by the detour that the map shows."""
    a, b, far = Place(31_201_000, 121_400_200), Place(31_201_050, 121_400_800), Place(31_300_000, 121_400_000)
    walk = streets_of(net, "walk")
    assert 41 == walk.seconds(a, b, speed_mm_s=1_389)
    code, said, _ = typed(capsys, "calibrate", net, "--profile", "walk", "--json")
    assert 0 == code
    detour = Straight(detour_e3=json.loads(said)["detour_e3"])
    assert detour.seconds(a, far, speed_mm_s=1_389) == walk.seconds(a, far, speed_mm_s=1_389)


def test_streets_of_a_real_extract_are_never_shorter_than_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Between spots on streets no way is shorter than the great circle, for anyone."""
    extract = shared("shanghai-osm", HUANGPU)
    assert 0 == typed(capsys, "build", extract, "--out", tmp_path / "a.net")[0]
    net = read_net(tmp_path / "a.net")
    places = [Place(int(net.lat_e6[n]), int(net.lng_e6[n])) for n in range(0, len(net.node), 40)]
    for profile, pairs in (("ebike", 961), ("walk", 1_764)):
        streets = Streets(net, "ebike" if profile == "ebike" else "walk", snap_m=0.5)
        spots = streets.spots(places)
        ways = streets.ways(spots, spots, speed_mm_s=4_167)
        there = ways.mm >= 0
        assert pairs == there.sum()
        for i, a in enumerate(places):
            for k, b in enumerate(places):
                if there[i, k]:
                    assert ways.mm[i, k] / 1000 >= metres_between(a, b) - 1.2
