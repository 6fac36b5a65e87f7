"""How fast one may go is what the law, the street and its sign allow, whichever is least."""

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from doorstep.intake.osm import allowed, network_of, read_extract
from doorstep.intake.osm.net import net_of
from doorstep.roads.net import LIMITS
from tests.conftest import missing
from tests.roads.test_commands import AREA


@pytest.mark.parametrize(
    ("tags", "ride_mm_s", "walk_mm_s"),
    [
        ({"highway": "primary"}, 6_944, 6_944),
        ({"highway": "primary", "maxspeed": "60"}, 6_944, 6_944),
        ({"highway": "service", "maxspeed": "5"}, 1_388, 6_944),
        ({"highway": "service", "maxspeed": "5 km/h"}, 1_388, 6_944),
        ({"highway": "service", "maxspeed": "10 mph"}, 4_470, 6_944),
        ({"highway": "service", "maxspeed": "7.5"}, 2_083, 6_944),
        ({"highway": "service", "maxspeed": "0"}, 6_944, 6_944),
        ({"highway": "service", "maxspeed": "walk"}, 6_944, 6_944),
        ({"highway": "service", "maxspeed": "-5"}, 6_944, 6_944),
        ({"highway": "path"}, 3_611, 6_944),
        ({"highway": "path", "maxspeed": "10"}, 2_777, 6_944),
        ({"highway": "track"}, 3_333, 6_944),
        ({"highway": "footway", "bicycle": "yes"}, 2_778, 6_944),
        ({"highway": "steps"}, 556, 600),
    ],
)
def test_the_least_of_law_street_and_sign_counts(tags: dict[str, str], ride_mm_s: int, walk_mm_s: int) -> None:
    """25 km/h, the class of the street, `maxspeed` in km/h or mph; what is no number binds nobody."""
    may = allowed(tags)
    assert (ride_mm_s, walk_mm_s) == (may.ride_mm_s, may.walk_mm_s)


@pytest.mark.parametrize("highway", ["steps", "corridor", "footway", "pedestrian", "trunk"])
def test_what_is_made_for_feet_is_ridden_only_by_its_own_sign(highway: str) -> None:
    """A sign for everyone opens no steps to e-bikes; one for bicycles does."""
    assert not allowed({"highway": highway, "access": "yes"}).ride
    assert allowed({"highway": highway, "bicycle": "yes"}).ride


def test_of_two_ways_on_each_other_the_quicker_counts(tmp_path: Path) -> None:
    """Where a path and a street share a piece, each direction is as quick as the better of both."""
    twice = AREA.replace("</osm>", '<way id="16"><nd ref="2"/><nd ref="1"/><tag k="highway" v="path"/></way>\n</osm>')
    (tmp_path / "a.osm").write_text(twice, "utf-8")
    (tmp_path / "b.osm").write_text(AREA, "utf-8")
    one, other = (
        net_of(network_of(read_extract(tmp_path / x), source="x")[0], source="x") for x in ("a.osm", "b.osm")
    )
    assert one.ebike_along_mm_s.tolist() == other.ebike_along_mm_s.tolist()
    assert one.ebike_back_mm_s.tolist() == other.ebike_back_mm_s.tolist()


def test_a_net_of_a_pbf_is_that_of_its_xml(tmp_path: Path) -> None:
    """Where osmium is installed both formats give the same arrays."""
    if importlib.util.find_spec("osmium") is None:
        missing("osmium", "pip install osmium")
    osmium: Any = importlib.import_module("osmium")
    (tmp_path / "a.osm").write_text(AREA, "utf-8")
    with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf")) as writer:
        for x in osmium.FileProcessor(str(tmp_path / "a.osm")):
            writer.add(x)
    one, other = (
        net_of(network_of(read_extract(tmp_path / x), source="x")[0], source="x") for x in ("a.osm", "a.osm.pbf")
    )
    assert one.names == other.names
    assert all(np.array_equal(getattr(one, x), getattr(other, x)) for x in LIMITS)
