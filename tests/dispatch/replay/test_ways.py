"""Days and moments on streets and on tables: ridden as these say, checked pair by pair, refused where they differ."""

import json
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from msgspec import structs
from typer.testing import CliRunner

from doorstep.base.errors import BadInput
from doorstep.bench.days.validator import check_trips, read_trips
from doorstep.cli.dispatch import app
from doorstep.core.dispatch.problem import KINDS
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.intake.datum import Datum
from doorstep.model.dispatch import DispatchDay
from doorstep.model.people import CourierKind, Place
from doorstep.model.plan import Snapshot
from doorstep.roads.netfile import net_bytes
from doorstep.roads.straight import Straight
from doorstep.wire.dispatch import snapshot_problem
from doorstep.wire.moments import day_points
from doorstep.wire.roads import Wanted, matrix_of_net, points_of, streets_of
from doorstep.wire.ways import Ways, roads_for
from tests.dispatch.kernel.made import snapshot
from tests.dispatch.replay.days import small
from tests.dispatch.replay.test_commands import folder_of
from tests.roads.made import LAT, LNG, grid

WIDTH_E6 = 11_000
SPEEDS: dict[CourierKind, int] = {"ebike": 4_167, "walker": 1_389, "van": 6_000, "robot": 3_000}
WGS84: Datum = "wgs84"


def on_grid(*kinds: CourierKind, hours: float = 0.6) -> DispatchDay:
    """The first minutes of a made day, moved onto a grid of one-way streets; a few doors are off the map."""
    day = small(61, hours=hours, couriers=4)
    kinds = kinds or ("ebike",)
    return structs.replace(
        day,
        site=structs.replace(day.site, lat_e6=LAT + WIDTH_E6 // 2, lng_e6=LNG + WIDTH_E6 // 2),
        orders=tuple(
            structs.replace(
                x, at=Place(LAT + 977 * n % WIDTH_E6 + 12_000 * (n % 17 == 3), LNG + 3 * 977 * n * n % WIDTH_E6)
            )
            for n, x in enumerate(day.orders)
        ),
        couriers=tuple(
            structs.replace(x, kind=kinds[n % len(kinds)], speed_mm_s=SPEEDS[kinds[n % len(kinds)]])
            for n, x in enumerate(day.couriers)
        ),
    )


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "grid.net"
    path.write_bytes(net_bytes(grid(12, 12)))
    return path


def table(net: Path, points: Path, out: Path, *, speed_mm_s: int = 4_167) -> Path:
    wanted = Wanted(points=points, out=out, profile="ebike", speed_mm_s=speed_mm_s, datum=WGS84, snap_m=300.0)
    matrix_of_net(net, wanted, force=True)
    return out


def typed(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(x) for x in words])
    return done.exit_code, str(done.exception or done.output)


def test_a_day_is_ridden_along_the_streets(tmp_path: Path, net: Path) -> None:
    """Each kind goes by its own streets; the checker agrees, and finds that straight lines were not ridden."""
    day = on_grid("ebike", "walker", "van", "robot")
    folder = folder_of(day, tmp_path / "day")
    code, said = typed("replay", folder, "--out", tmp_path / "out", "--policy", "slack", "--roads", net)
    assert 0 == code, said
    rows = read_trips(tmp_path / "out" / "trips.csv")
    numbers = json.loads((tmp_path / "out" / "metrics.json").read_bytes())
    off = sum(n % 17 == 3 for n in range(len(day.orders)))
    assert f"streets of grid.net, {off} of {len(day.orders) + 1} places off the map" == numbers["roads"]
    couriers = [(x.kind, x.speed_mm_s) for x in day.couriers]
    roads = roads_for(Ways(net=net), points=day_points(day), couriers=couriers, detour_e3=1_350).roads
    assert roads is not None
    assert [] == check_trips(day, rows, said=numbers, roads=roads).faults
    assert "arrival" in {x.rule for x in check_trips(day, rows, said=numbers).faults}
    ebike, walk = streets_of(net, "ebike"), streets_of(net, "walk")
    a, b = day.orders[0].at, day.orders[1].at
    assert ebike.seconds(a, b, speed_mm_s=4_167) == roads("robot").seconds(a, b, speed_mm_s=4_167)
    assert walk.seconds(a, b, speed_mm_s=1_389) == roads("walker").seconds(a, b, speed_mm_s=1_389)
    assert ebike.straight == roads("van")


def test_a_table_of_the_same_streets_gives_the_same_trips(tmp_path: Path, net: Path) -> None:
    """A table made of the day's own places, and the net itself, are one and the same to whoever plans."""
    day = on_grid()
    folder = folder_of(day, tmp_path / "day")
    made = table(net, folder, tmp_path / "table.parquet")
    detour = streets_of(net, "ebike").straight.detour_e3
    text = (folder / "day.json").read_text("utf-8").replace("1350", str(detour))
    (folder / "day.json").write_text(text, "utf-8")
    trips = []
    for name, words in (("a", ("--roads", net)), ("b", ("--matrix", made))):
        code, said = typed("replay", folder, "--out", tmp_path / name, "--policy", "slack", *words)
        assert 0 == code, said
        trips.append((tmp_path / name / "trips.csv").read_bytes())
    assert trips[0] == trips[1]


def test_a_moment_is_planned_on_streets(tmp_path: Path, net: Path) -> None:
    """A snapshot's problem has the streets' times, by kind and both ways; so has that of a table of its places."""
    asked = structs.replace(snapshot(3, orders=12, couriers=3))
    orders = tuple(
        structs.replace(x, lat_e6=LAT + 977 * n % WIDTH_E6, lng_e6=LNG + 2_931 * n * n % WIDTH_E6)
        for n, x in enumerate(asked.orders)
    )
    asked = structs.replace(asked, site=structs.replace(asked.site, lat_e6=LAT, lng_e6=LNG), orders=orders)
    path = tmp_path / "m.snapshot.json"
    path.write_bytes(msgspec.json.encode(asked))
    problem = snapshot_problem(path, Ways(net=net))
    streets = streets_of(net, "ebike")
    places = [asked.site.place, *(Place(x.lat_e6, x.lng_e6) for x in orders)]
    want = [[streets.seconds(a, b, speed_mm_s=4_167) for b in places] for a in places]
    assert want == problem.travel[0, 0].tolist()
    assert not np.array_equal(problem.travel[0, 0], problem.travel[0, 0].T)
    made = table(net, path, tmp_path / "m.parquet")
    assert want == snapshot_problem(path, Ways(tables=(made,))).travel[0, 0].tolist()
    assert want != snapshot_problem(path, None).travel[0, 0].tolist()


def test_places_of_days_and_moments_are_points(tmp_path: Path) -> None:
    """A day folder names its site and its orders; GCJ-02 is refused there."""
    day = on_grid()
    folder = folder_of(day, tmp_path / "day")
    points = points_of(folder, datum=WGS84)
    assert day_points(day) == {x.point: x.place for x in points}
    with pytest.raises(BadInput, match="WGS-84"):
        points_of(folder, datum="gcj02")


def changed(path: Path, **columns: pl.Expr) -> Path:
    frame = pl.read_parquet(path).with_columns(**columns)
    about = pl.read_parquet_metadata(path)
    frame.write_parquet(path, metadata={"doorstep": about["doorstep"]})
    return path


def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, net: Path) -> None:
    """Another speed, a missing place, a ride that nobody may, another profile, both at once: each is said."""
    day = on_grid()
    folder, out = folder_of(day, tmp_path / "day"), tmp_path / "out"
    made = table(net, folder, tmp_path / "t.parquet")
    other = table(net, folder, tmp_path / "u.parquet", speed_mm_s=5_000)
    far = changed(table(net, folder, tmp_path / "v.parquet"), seconds=pl.lit(1, pl.Int32))
    first = str(day.orders[0].order)
    fewer = tmp_path / "w.parquet"
    frame = pl.read_parquet(made).filter(pl.col("from") != first)
    frame.write_parquet(fewer, metadata={"doorstep": pl.read_parquet_metadata(made)["doorstep"]})
    nothing = tmp_path / "x.parquet"
    nothing.write_bytes(b"no table")
    walkers = folder_of(on_grid("ebike", "walker"), tmp_path / "walkers")
    vans = folder_of(on_grid("van"), tmp_path / "vans")
    for where, words, says in (
        (folder, ("--matrix", other), "--speed-kmh 15"),
        (folder, ("--matrix", far), "faster than 4167"),
        (folder, ("--matrix", fewer), first),
        (folder, ("--matrix", nothing), "no table"),
        (folder, ("--matrix", made, "--roads", net), "name one"),
        (folder, ("--matrix", made, "--matrix", made), "second table"),
        (walkers, ("--matrix", made), "profile walk"),
        (vans, ("--matrix", made), "kind van"),
        (folder, ("--roads", nothing), "x.parquet"),
        (folder_of(small(61, hours=0.6), tmp_path / "far"), ("--roads", net), "lies on this map"),
    ):
        code, said = typed("replay", where, "--out", out, *words)
        assert code, words
        assert says in said, words
        assert not out.exists()


def test_where_a_table_has_no_way_it_is_ridden_straight(tmp_path: Path, net: Path) -> None:
    """A pair without a way takes what the line takes, times the day's detour, as off a map."""
    day = on_grid()
    folder = folder_of(day, tmp_path / "day")
    made = changed(
        table(net, folder, tmp_path / "t.parquet"), seconds=pl.lit(None, pl.Int32), metres=pl.lit(None, pl.Int32)
    )
    couriers = [(x.kind, x.speed_mm_s) for x in day.couriers]
    roads = roads_for(Ways(tables=(made,)), points=day_points(day), couriers=couriers, detour_e3=1_200).roads
    assert roads is not None
    places = [x.at for x in day.orders[:9]] + [day.orders[0].at]
    line = Straight(detour_e3=1_200)
    for asked in ("seconds_between", "lengths_between"):
        got = getattr(roads("ebike"), asked)(places, speed_mm_s=4_167)
        assert np.array_equal(getattr(line, asked)(places, speed_mm_s=4_167), got)
    assert [[line.seconds(a, b, speed_mm_s=4_167) for b in places] for a in places] == [
        [roads("ebike").seconds(a, b, speed_mm_s=4_167) for b in places] for a in places
    ]


def test_limits_of_a_moment_are_those_of_its_day() -> None:
    """What a snapshot says of breaks, ranges, kinds and goods on board becomes the same columns as a day's."""
    asked: Snapshot = snapshot(4, orders=6, couriers=3)
    couriers = (
        structs.replace(asked.couriers[0], kind="robot", speed_mm_s=3_000, range_m=4_000, carried=3),
        structs.replace(asked.couriers[1], break_from_at_s=asked.now_s, break_to_at_s=asked.now_s + 900, break_s=600),
        asked.couriers[2],
    )
    orders = (
        structs.replace(asked.orders[0], kinds=("robot",), chilled_ml=0, frozen_ml=0),
        structs.replace(asked.orders[1], chilled_ml=0, frozen_ml=500, announced_at_s=asked.now_s + 77),
        *(structs.replace(x, chilled_ml=500, frozen_ml=0) for x in asked.orders[2:]),
    )
    rules = structs.replace(
        asked.params, chilled_on_board_s=1_800, frozen_on_board_s=1_500, moved_per_s=2, steep_per_s=4
    )
    made = structs.replace(asked, couriers=couriers, orders=orders, params=rules)
    problem = of_snapshot(made)
    robot = problem.kind.tolist().index(max(problem.kind.tolist()))
    assert [-1, 1_500, *[1_800] * 4] == problem.on_board_s.tolist()
    assert 1 << int(problem.kind[robot]) == int(problem.may_take[0])
    assert [4_000, -1, -1] == problem.range_m.tolist()
    assert ([0, 600, 0], [3, 0, 0]) == (problem.break_s.tolist(), problem.carried.tolist())
    assert [-1, asked.now_s + 77, *[-1] * 4] == problem.announced_s.tolist()
    assert (2, 4) == (problem.prices.moved_per_s, problem.prices.steep_per_s)
    assert (2, 7, 7) == problem.metres.shape
    assert KINDS.index("robot") == 3
    for window in ({"break_to_at_s": asked.now_s - 1}, {"break_from_at_s": 0, "break_to_at_s": 0}):
        wrong = structs.replace(made, couriers=(structs.replace(couriers[1], **window),))
        with pytest.raises(BadInput, match="break_to_at_s"):
            of_snapshot(wrong)
