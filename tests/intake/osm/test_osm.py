"""An extract becomes directed edges, with one-way streets honoured, or is refused."""

import csv
import gzip
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doorstep.intake.osm import allowed, network_of, read_extract
from tests.conftest import missing
from tests.intake.typed import refused, shared, typed

TINY = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <bounds minlat="31.2" minlon="121.4" maxlat="31.3" maxlon="121.5"/>
 <node id="1" lat="31.2000000" lon="121.4000000"/>
 <node id="2" lat="31.2010000" lon="121.4000000"><tag k="highway" v="crossing"/></node>
 <node id="3" lat="31.2020000" lon="121.4000000"/>
 <node id="4" lat="31.2020000" lon="121.4010000"/>
 <node id="5" lat="31.2010000" lon="121.4010000"/>
 <node id="6" lat="31.2500000" lon="121.4500000"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="2"/><nd ref="1"/>
  <tag k="highway" v="residential"/><tag k="oneway" v="no"/><tag k="name" v="=太仓路"/></way>
 <way id="11"><nd ref="3"/><nd ref="4"/><tag k="highway" v="primary"/><tag k="oneway" v="yes"/></way>
 <way id="12"><nd ref="4"/><nd ref="5"/><tag k="highway" v="steps"/></way>
 <way id="13"><nd ref="5"/><nd ref="1"/><tag k="highway" v="trunk"/></way>
 <way id="14"><nd ref="5"/><nd ref="99"/><nd ref="2"/><tag k="highway" v="service"/></way>
 <way id="15"><nd ref="1"/><nd ref="6"/><tag k="railway" v="rail"/></way>
 <relation id="20"><member type="way" ref="10" role=""/><tag k="type" v="route"/></relation>
</osm>
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "tiny.osm").write_text(TINY, "utf-8")
    return tmp_path / "tiny.osm"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", ["osm", "osm.gz"])
def test_streets_become_directed_edges(
    kind: str, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There and back is two edges, not four; one-way binds the e-bike; a trunk is nobody's."""
    path = tmp_path / f"area.{kind}"
    path.write_bytes(gzip.compress(TINY.encode()) if kind.endswith("gz") else TINY.encode())
    code, said, _ = typed(capsys, "osm", path, "--out", tmp_path / "out", "--json")
    assert 0 == code
    assert [
        ("1", "2", "1", "1", "residential", "'=太仓路", "10"),
        ("2", "1", "1", "1", "residential", "'=太仓路", "10"),
        ("2", "3", "1", "1", "residential", "'=太仓路", "10"),
        ("3", "2", "1", "1", "residential", "'=太仓路", "10"),
        ("3", "4", "1", "1", "primary", "", "11"),
        ("4", "3", "0", "1", "primary", "", "11"),
        ("4", "5", "0", "1", "steps", "", "12"),
        ("5", "4", "0", "1", "steps", "", "12"),
    ] == [
        tuple(x[y] for y in ("from", "to", "ebike", "walker", "highway", "name", "way"))
        for x in rows(tmp_path / "out" / "edges.csv")
    ]
    assert {"111195", "95110"} == {x["length_mm"] for x in rows(tmp_path / "out" / "edges.csv")}
    assert [("1", "31200000", "121400000"), ("5", "31201000", "121401000")] == [
        (x["node"], x["lat_e6"], x["lng_e6"]) for x in rows(tmp_path / "out" / "nodes.csv") if x["node"] in "15"
    ]
    summary = json.loads(said)
    assert {
        "ways of highway=trunk, closed to both": 1,
        "pieces of ways whose node is not in the extract": 2,
    } == summary["dropped"]
    expected = {"nodes_read": 6, "ways_read": 6, "highways": 5, "drawn_there_and_back": 1, "nodes": 5, "edges": 8}
    assert expected == {x: summary["counts"][x] for x in expected}


@pytest.mark.parametrize(
    ("tags", "ride", "walk"),
    [
        ({"highway": "residential"}, "both", "both"),
        ({"highway": "residential", "oneway": "-1"}, "back", "both"),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, "both", "both"),
        ({"highway": "residential", "oneway": "yes", "cycleway:left": "opposite_lane"}, "both", "both"),
        ({"highway": "tertiary", "junction": "roundabout"}, "along", "both"),
        ({"highway": "cycleway"}, "both", "both"),
        ({"highway": "footway"}, "no", "both"),
        ({"highway": "footway", "bicycle": "yes"}, "both", "both"),
        ({"highway": "trunk"}, "no", "no"),
        ({"highway": "trunk", "bicycle": "designated", "foot": "yes"}, "both", "both"),
        ({"highway": "primary", "motorroad": "yes"}, "no", "no"),
        ({"highway": "motorway", "bicycle": "yes"}, "no", "no"),
        ({"highway": "service", "access": "private"}, "no", "no"),
        ({"highway": "service", "access": "private", "foot": "yes"}, "no", "both"),
        ({"highway": "service", "vehicle": "no"}, "no", "both"),
        ({"highway": "steps", "oneway:foot": "yes"}, "no", "along"),
        ({"highway": "construction"}, "no", "no"),
    ],
)
def test_signs_say_who_may_go_where(tags: dict[str, str], ride: str, walk: str) -> None:
    """The nearest sign decides, then the class; one-way binds the e-bike unless it is freed."""
    ways = {"both": (True, True), "along": (True, False), "back": (False, True), "no": (False, False)}
    may = allowed(tags)
    assert (ways[ride], ways[walk]) == ((may.ride, may.ride_back), (may.walk, may.walk_back))


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


WRONG: list[tuple[str, Callable[[str], str], list[str]]] = [
    ("empty", lambda _: "", ["is empty"]),
    ("no XML", lambda _: "node,lat,lon\n", ["row 1", "no XML"]),
    ("cut off", lambda x: x[: x.index("<relation")], ["row 17", "no XML", "(no element found)"]),
    ("a tag never closed", swap('lon="121.4010000"/>', 'lon="121.4010000">'), ["no XML", "mismatched"]),
    ("a change file", lambda x: x.replace("<osm ", "<osmChange ").replace("</osm>", "</osmChange>"), ["'osmChange'"]),
    ("no id", swap('<node id="1" ', "<node "), ["node, id", "whole number"]),
    ("no whole id", swap('<node id="1"', '<node id="1.5"'), ["node, id", "'1.5'"]),
    ("doubled node", swap('<node id="2"', '<node id="1"'), ["column node", "'1'", "twice"]),
    ("doubled way", swap('<way id="11"', '<way id="10"'), ["column way", "'10'", "twice"]),
    ("no place", swap(' lat="31.2000000"', ""), ["node 1", "no lat"]),
    ("swapped", swap('lat="31.2000000" lon="121.4000000"', 'lat="121.4" lon="31.2"'), ["node 1, lat", "'121.4'"]),
    ("NaN", swap('lat="31.2000000"', 'lat="NaN"'), ["node 1, lat", "'NaN'"]),
    ("no ref", swap('<nd ref="4"/>', "<nd/>"), ["way 11, ref", "whole number"]),
    ("no streets", lambda x: x.replace('k="highway"', 'k="waterway"'), ["no highway"]),
    ("an unknown entity", swap("by hand", "&hand;"), ["row 2", "entity"]),
]


@pytest.mark.parametrize(("change", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG])
def test_a_malformed_extract_is_refused_with_its_place(
    change: Callable[[str], str], says: list[str], tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line or the element and the value are said, and nothing is written."""
    tiny.write_text(change(TINY), "utf-8")
    error = refused(capsys, tmp_path / "out", "osm", tiny)
    assert [] == [x for x in ["tiny.osm", *says] if x not in error], error


def test_a_bomb_of_entities_is_refused(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Entities that would grow to gigabytes are stopped by the parser and refused like any broken XML."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE osm [<!ENTITY a0 "{"x" * 100}">{levels}]><osm><node id="1" lat="1" lon="1"/>&a9;</osm>'
    tiny.write_text(bomb, "utf-8")
    assert "no XML" in refused(capsys, tmp_path / "out", "osm", tiny)


def test_a_broken_gzip_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A download that broke off says so."""
    (tmp_path / "area.osm.gz").write_bytes(gzip.compress(TINY.encode() * 50)[:-30])
    assert 2 == typed(capsys, "osm", tmp_path / "area.osm.gz", "--out", tmp_path / "out")[0]
    (tmp_path / "area.osm.gz").write_bytes(gzip.compress(TINY.encode())[:-10])
    assert "breaks off" in refused(capsys, tmp_path / "out", "osm", tmp_path / "area.osm.gz")


def test_a_pbf_without_osmium_names_the_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing and what to do instead is said."""
    monkeypatch.setitem(sys.modules, "osmium", None)
    (tmp_path / "area.osm.pbf").write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader")
    error = refused(capsys, tmp_path / "out", "osm", tmp_path / "area.osm.pbf")
    assert "pip install osmium" in error
    assert ".osm.gz" in error


def test_a_pbf_gives_what_the_xml_gives(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where osmium is installed both formats give the same nodes and highways; nonsense is refused."""
    if importlib.util.find_spec("osmium") is None:
        missing("osmium", "pip install osmium")
    osmium: Any = importlib.import_module("osmium")
    area = tmp_path / "area.osm.pbf"
    with osmium.SimpleWriter(str(area)) as writer:
        for x in osmium.FileProcessor(str(tiny)):
            writer.add(x)
    assert read_extract(tiny) == read_extract(area)
    area.write_bytes(b"hello")
    assert "no .pbf" in refused(capsys, tmp_path / "out", "osm", area)


def test_osmnx_streets_that_run_there_and_back() -> None:
    """In the Huangpu extract 268 two-way streets close on their first node: 102 km as drawn, 91 km of street."""
    path = shared("shanghai-osm", "huangpu_people_square_drive_20260721.osm.gz")
    network, summary = network_of(read_extract(path), source="huangpu")
    assert {
        "nodes_read": 2_958,
        "ways_read": 796,
        "highways": 796,
        "drawn_there_and_back": 268,
        "as_drawn_m": 102_005,
        "drawn_once_m": 90_846,
        "nodes": 1_864,
        "edges": 3_940,
        "street_m": 71_000,
        "ebike_edges": 2_235,
        "ebike_m": 81_892,
        "walker_edges": 3_940,
        "walker_m": 141_999,
    } == summary.counts
    assert {
        "ways of highway=residential, closed to both": 3,
        "ways of highway=trunk, closed to both": 25,
        "ways of highway=trunk_link, closed to both": 75,
    } == summary.dropped
    assert len(network.edges) == len({(x.start, x.end) for x in network.edges})
    back = {(x.end, x.start): x.walker for x in network.edges}
    assert {1} == {back[x.start, x.end] for x in network.edges}


def test_a_plain_export_of_a_campus() -> None:
    """The campus has 3,619 nodes, 393 ways and 45 km of highways, 195 of the ways."""
    path = shared("shanghai-osm", "shanghai_university_baoshan.osm.gz")
    extract = read_extract(path)
    network, summary = network_of(extract, source="campus")
    expected = {"nodes_read": 3_619, "ways_read": 393, "highways": 195, "as_drawn_m": 44_948, "street_m": 44_948}
    assert expected == {x: summary.counts[x] for x in expected}
    assert {"service": 113, "footway": 47} == {
        x: sum(y.tags["highway"] == x for y in extract.highways) for x in ("service", "footway")
    }
    assert {x.start for x in network.edges} | {x.end for x in network.edges} == set(network.nodes)
