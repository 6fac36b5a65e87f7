"""Days lived along the streets of a map: quoted, planned and ridden by it, and explained by no other."""

from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from doorstep.app.certificate import Violation
from doorstep.app.params import Params
from doorstep.base.errors import BadInput
from doorstep.intake.dayfolder import write_day
from doorstep.model.day import Day
from doorstep.model.facts.orders import Quoted
from doorstep.model.facts.site import SiteOpened
from doorstep.model.facts.work import CourierArrived, TripDeparted, TripPlanned
from doorstep.model.people import LAWFUL_MM_S, Place
from doorstep.report import explain
from doorstep.roads import Map, metres_between
from doorstep.roads.netfile import net_bytes
from doorstep.roads.straight import Straight
from doorstep.twin import couriers
from doorstep.wire.days import given_with, live_day
from doorstep.wire.ways import map_of
from tests.intake.freshretailnet.made import typed
from tests.roads.made import LAT, LNG, grid
from tests.twin.days import decided_again, entries, lived, small_day, told

Patch = pytest.MonkeyPatch
WIDTH_E6 = 21_000


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "grid.net"
    path.write_bytes(net_bytes(grid(22, 22)))
    return path


@pytest.fixture
def day() -> Day:
    """Four couriers on a grid of one-way streets; a few doors are off the map, some side by side off the street."""
    made = small_day(visits=60)
    homes = [
        Place(LAT + 977 * n % WIDTH_E6 + 30_000 * (n % 17 == 3), LNG + 3 * 977 * n * n % WIDTH_E6)
        if n % 2
        else Place(LAT - 900 - 250 * (n % 8), LNG + 2_000)
        for n in range(len(made.visits))
    ]
    visits = zip(made.visits, homes, strict=True)
    return replace(
        made,
        couriers=made.couriers[::12],
        site=replace(made.site, lat_e6=LAT + WIDTH_E6 // 2, lng_e6=LNG + WIDTH_E6 // 2),
        visits=tuple(replace(x, basket=replace(x.basket, at=at)) for x, at in visits),
    )


def streets_of(net: Path, day: Day) -> Map:
    return map_of(net, [day.site.place, *(x.basket.at for x in day.visits)])[0]


def test_a_day_is_quoted_planned_and_ridden_by_the_map(day: Day, net: Path, tmp_path: Path) -> None:
    """Every law holds; quotes and planned arrivals take what the streets say, and the journal names the map."""
    streets = streets_of(net, day)
    live_day(day, tmp_path / "out", streets=streets, strict=True)
    stream = list(entries(tmp_path / "out"))
    assert streets.digest == next(iter(told(stream, SiteOpened))).roads
    homes, site, rides = {x.basket.order: x.basket.at for x in day.visits}, day.site.place, streets.roads("ebike")
    # Before the first trip is back nobody knows that rides take longer or less than planned.
    how, quoted = Params().promise, told(stream, Quoted)[0]
    for roads, same in ((rides, True), (Straight(), False)):
        free_s = roads.seconds(site, homes[quoted.order], speed_mm_s=how.speed_mm_s)
        assert same == (quoted.why.ride_s == how.loading_s + free_s + how.service_s)
    assert decided_again(stream, streets.roads) > 20
    with pytest.raises(AssertionError):
        decided_again(stream, lambda _: Straight())
    # What was ridden is of the streets too: never quicker than the law allows along them.
    left_s, stops = {x.fact.trip: x.at_s for x in stream if isinstance(x.fact, TripDeparted)}, 0
    first = {x.trip: x.orders[0] for x in told(stream, TripPlanned)}
    for x in stream:
        if isinstance(x.fact, CourierArrived) and x.fact.order == first[x.fact.trip]:
            fastest_s = rides.seconds(site, homes[x.fact.order], speed_mm_s=LAWFUL_MM_S["ebike"])
            assert x.at_s - left_s[x.fact.trip] >= fastest_s
            stops += 1
    assert stops > 10


def test_doors_off_the_street_are_not_ridden_to_faster_than_the_law_allows(
    day: Day, net: Path, tmp_path: Path, monkeypatch: Patch
) -> None:
    """Two doors that stand for one spot of a street are as far apart as the line; the law finds who flies between."""
    streets = streets_of(net, day)
    doors = sorted({x.basket.at for x in day.visits}, key=lambda x: (x.lat_e6, x.lng_e6))
    near = [(a, b) for a, b in pairwise(doors) if streets.roads("ebike").seconds(a, b, speed_mm_s=4_167) == 0]
    assert any(metres_between(a, b) > 30 for a, b in near)
    monkeypatch.setattr(couriers, "metres_between", lambda *_: 0.0)
    with pytest.raises(Violation, match="faster than 25 km/h"):
        live_day(day, tmp_path / "out", streets=streets, strict=True)


def test_a_day_is_explained_by_the_map_that_it_was_lived_by(day: Day, net: Path, tmp_path: Path) -> None:
    """With it decisions are made once more; without it that is said; another map, or one for none, is refused."""
    streets = streets_of(net, day)
    live_day(day, tmp_path / "out", streets=streets, strict=True)
    stream = list(entries(tmp_path / "out"))
    order = told(stream, TripPlanned)[3].orders[0]
    asked = "name it with --roads"
    without, with_it = explain(stream, order), explain(stream, order, streets=streets)
    assert any(asked in x for x in without)
    assert not any(asked in x for x in with_it)
    assert any("With it the plan costs" in x for x in with_it)
    assert [x for x in without if asked not in x and "It waits" not in x] == [
        x for x in with_it if "With it the plan" not in x and "It waits" not in x and "the next best" not in x
    ]
    other = tmp_path / "other.net"
    other.write_bytes(net_bytes(grid(22, 22, oneway=False)))
    with pytest.raises(BadInput, match="lived by a map with the SHA-256"):
        explain(stream, order, streets=map_of(other)[0])
    plain = lived(small_day())
    with pytest.raises(BadInput, match="lived without a map"):
        explain(plain, told(plain, TripPlanned)[0].orders[0], streets=streets)


def test_the_commands_take_a_net(day: Day, net: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder's day on a net verifies and is explained; without the map, on another area's, or with no file: said."""
    folder, out = tmp_path / "mine", tmp_path / "out"
    folder.mkdir()
    write_day(given_with(day), folder)
    code, _, told = typed(capsys, "day", "--from", folder, "--roads", net, "--out", out)
    assert 0 == code
    assert "Couriers ride along streets of grid.net, " in told
    assert f"--roads {net}" in told
    assert 0 == typed(capsys, "verify", out)[0]
    order = next(x.fact.orders[0] for x in entries(out) if isinstance(x.fact, TripPlanned))
    code, said, _ = typed(capsys, "explain", out, order, "--roads", net)
    assert (0, True) == (code, "With it the plan costs" in said)
    code, said, _ = typed(capsys, "explain", out, order)
    assert (0, True) == (code, "name it with --roads" in said)
    (tmp_path / "far").mkdir()
    write_day(given_with(replace(day, site=replace(day.site, lat_e6=LAT + 10**6), visits=())), tmp_path / "far")
    for words, why in (
        (("--from", tmp_path / "far", "--roads", net), "none of the 1 places lies on this map"),
        (("--from", folder, "--roads", tmp_path / "no.net"), "is not there"),
        (("--past", tmp_path / "past", "--roads", net), "--past and --roads"),
    ):
        code, said, told = typed(
            capsys, "day", "--out" if words[0] != "--past" else "--export", tmp_path / "x", *words
        )
        assert (2, "") == (code, said)
        assert why in told.replace("\n", " ")
        assert not (tmp_path / "x").exists()
