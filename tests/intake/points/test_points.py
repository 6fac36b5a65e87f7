"""Delivery points and sites: read strictly; each point belongs to the site that is nearest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.errors import BadFile, BadInput
from doorstep.intake.points import Spot, read_points, read_sites, served
from doorstep.model.people import Place
from doorstep.roads.straight import metres_between

spots = st.lists(
    st.tuples(st.integers(30_600_000, 31_900_000), st.integers(120_800_000, 122_000_000)), min_size=1, max_size=25
)


def named(letter: str, found: list[tuple[int, int]]) -> tuple[Spot, ...]:
    return tuple(Spot(name=f"{letter}{n:02d}", place=Place(*x)) for n, x in enumerate(found))


@given(spots, spots)
def test_every_point_belongs_to_the_site_that_is_nearest(
    at: list[tuple[int, int]], stands: list[tuple[int, int]]
) -> None:
    """Asked the slow way, by haversine: no other site is nearer, and every point belongs to one site exactly."""
    points, sites = named("B", at), named("A", stands)
    owners: dict[str, str] = {}
    for site in sites:
        for x in served(points, sites, site.name):
            assert x.name not in owners
            owners[x.name] = site.name
    places = {x.name: x.place for x in sites}
    assert {x.name for x in points} == set(owners)
    for x in points:
        nearest = min(metres_between(x.place, y.place) for y in sites)
        assert metres_between(x.place, places[owners[x.name]]) <= nearest + 0.01


def test_two_sites_at_one_place_share_nothing() -> None:
    """The smaller name has all of it."""
    sites = (*named("A", [(31_000_000, 121_000_000)] * 2),)
    points = named("B", [(31_000_000, 121_000_000), (31_100_000, 121_000_000)])
    assert points == served(points, sites, "A00")
    assert () == served(points, sites, "A01")


def test_an_unknown_site_is_refused() -> None:
    """The sentence names some that exist."""
    sites = named("A", [(31_000_000, 121_000_000)])
    with pytest.raises(BadInput, match="no site 'Z'; the file has A00"):
        served((), sites, "Z")


def test_degrees_become_micro_degrees(tmp_path: Path) -> None:
    """Columns stand in any order; more digits than a micro-degree are rounded."""
    path = tmp_path / "sites.csv"
    path.write_text("lat,site_id,more,lng\n31.013123805768,A116,x,121.22653602607\n-0.5,A2,,0\n")
    assert (
        Spot(name="A116", place=Place(31_013_124, 121_226_536)),
        Spot(name="A2", place=Place(-500_000, 0)),
    ) == read_sites(path)


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("", 0, ""),
        ("spot_id,lng,lat\n", 0, ""),
        ("spot_id,lng\nB1,121\n", 0, "lat"),
        ("spot_id,lng,lat\nB1,31.2,121.4\n", 1, "lat"),
        ("spot_id,lng,lat\nB1,121.4,31.2\nB1,121.4,31.2\n", 2, "spot_id"),
        ("spot_id,lng,lat\nB1,nan,31.2\n", 1, "lng"),
        ("spot_id,lng,lat\nB1,1e2,31.2\n", 1, "lng"),
        ("spot_id,lng,lat\nB1,181,31.2\n", 1, "lng"),
        ("spot_id,lng,lat\n,121.4,31.2\n", 1, "spot_id"),
        ("spot_id,lng,lat\nB1,121.4\n", 1, ""),
    ],
)
def test_points_that_are_none_are_refused(tmp_path: Path, text: str, row: int, column: str) -> None:
    """The refusal names file, row and column; a file that is not there is refused too."""
    path = tmp_path / "points.csv"
    with pytest.raises(BadFile):
        read_points(path)
    path.write_text(text)
    with pytest.raises(BadFile) as error:
        read_points(path)
    assert (str(path), row, column) == (error.value.file, error.value.row, error.value.column)
