"""The contest's orders and cases become dispatch days, or are refused."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep.base.calendar import clock
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.intake.tianchi import Assumed, read_case, read_tianchi
from doorstep.model.people import Place
from doorstep.roads import metres_between
from tests.intake.typed import refused, shared, typed

FILES = {
    "orders.csv": "order_id,spot_id,shop_id,pickup_time,delivery_time,num\n"
    "E1,B1,S1,11:30,13:00,1\nE2,B2,S1,12:45,14:15,23\nE3,B3,S2,0:10,1:40,2\n",
    "points.csv": "spot_id,lng,lat\nB1,121.470000,31.230000\nB2,121.480000,31.230000\nB3,121.600000,31.230000\n",
    "sites.csv": "site_id,lng,lat\nA1,121.471,31.231\nA2,121.6010000000001,31.231\nA3,120.9,31.7\n",
}
CASE = "OrderId,Spot_id,Arrive_time,Delivery_time,Longitude,Latitude,distance\n"


@pytest.fixture
def contest(tmp_path: Path) -> Path:
    folder = tmp_path / "contest"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def words(contest: Path, *more: str) -> list[str | Path]:
    return [
        "tianchi",
        contest / "orders.csv",
        "--points",
        contest / "points.csv",
        "--sites",
        contest / "sites.csv",
        *more,
    ]


def case_text(site: Place, rows: int = 8) -> str:
    """Make a case around a site: doors on a spiral, with their distances."""
    text = CASE
    for n in range(rows):
        at = Place(site.lat_e6 + 1_700 * n * (-1) ** n, site.lng_e6 + 2_300 * (n - 3) * (-1) ** (n // 2))
        away_m = metres_between(at, site)
        text += f"E{n},B{n},{540 + n},{780 + n},{at.lng_e6 / 1e6:.6f},{at.lat_e6 / 1e6:.6f},{away_m:.6f}\n"
    return text


def test_an_order_leaves_from_the_site_nearest_to_its_door(
    contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each order is ready and due as the file says, and everything of the day is accounted for."""
    code, said, _ = typed(capsys, *words(contest, "--json"), "--out", tmp_path / "out")
    assert 0 == code
    summary = json.loads(said)
    assert {
        "orders_read": 3,
        "delivery_points": 3,
        "sites_known": 3,
        "shops": 2,
        "orders": 3,
        "packages": 26,
        "sites": 2,
        "couriers": 2,
        "deadlines_other_than_90_min": 0,
    } == summary["counts"]
    assert {0} == set(summary["dropped"].values())
    assert {"couriers.csv", "day.json", "orders.csv", "sites.csv"} == {x.name for x in (tmp_path / "out").iterdir()}
    near = read_dispatch_day(tmp_path / "out", site="A1")
    assert [("E1", 4_000), ("E2", 92_000)] == [(x.order, x.ambient_ml) for x in near.orders]
    assert [("09:00", "11:30", "13:00"), ("10:15", "12:45", "14:15")] == [
        tuple(clock(y, near.tz) for y in (x.placed_at_s, x.ready_at_s, x.promised_at_s)) for x in near.orders
    ]
    assert (Place(31_231_000, 121_471_000), "09:00", "15:00") == (
        near.site.place,
        clock(near.site.opens_at_s, near.tz),
        clock(near.site.closes_at_s, near.tz),
    )
    far = read_dispatch_day(tmp_path / "out", site="A2")
    assert [("E3", "00:00", "00:10")] == [
        (x.order, clock(x.placed_at_s, far.tz), clock(x.ready_at_s, far.tz)) for x in far.orders
    ]


@pytest.mark.parametrize(
    ("more", "orders", "site"),
    [
        (["--site", "A2"], ["E3"], "A2"),
        (["--shop", "S1"], ["E1", "E2"], "A1"),
        (["--shop", "S1", "--site", "A2"], ["E1", "E2"], "A2"),
    ],
)
def test_a_site_or_a_shop_may_be_chosen(
    more: list[str], orders: list[str], site: str, contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A site keeps its own orders; a shop stands at the site nearest to all of its doors, or where one is told."""
    code, said, _ = typed(capsys, *words(contest, *more, "--json", "--couriers", "3"), "--out", tmp_path / "out")
    assert 0 == code
    day = read_dispatch_day(tmp_path / "out")
    assert (site, orders, 3) == (day.site.site, [x.order for x in day.orders], len(day.couriers))
    assert 3 - len(orders) == sum(json.loads(said)["dropped"].values())


def test_positions_in_gcj02_are_turned(contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Doors and sites move by the same half kilometre, so that they stay as far apart."""
    typed(capsys, *words(contest, "--shop", "S1"), "--out", tmp_path / "as-is")
    typed(capsys, *words(contest, "--shop", "S1", "--datum", "gcj02"), "--out", tmp_path / "turned")
    before, after = read_dispatch_day(tmp_path / "as-is"), read_dispatch_day(tmp_path / "turned")
    assert 400 < metres_between(before.site.place, after.site.place) < 600
    for x, y in zip(before.orders, after.orders, strict=True):
        apart_m = metres_between(x.at, before.site.place), metres_between(y.at, after.site.place)
        assert pytest.approx(apart_m[0], rel=5e-3) == apart_m[1]


WRONG: list[tuple[str, str, str, str, list[str]]] = [
    ("no such spot", "orders.csv", "E1,B1", "E1,B9", ["row 1", "spot_id", "'B9'", "points.csv"]),
    ("doubled order", "orders.csv", "E2,", "E1,", ["row 2", "order_id", "'E1'", "earlier row"]),
    ("no clock", "orders.csv", "11:30", "11.30", ["row 1", "pickup_time", "'11.30'", "HH:MM"]),
    ("hour 24", "orders.csv", "13:00", "24:00", ["row 1", "delivery_time", "'24:00'"]),
    ("due before ready", "orders.csv", "14:15", "12:45", ["row 2", "delivery_time", "after pickup_time"]),
    ("no packages", "orders.csv", ",23\n", ",0\n", ["row 2", "num", "'0'"]),
    ("half a package", "orders.csv", ",23\n", ",2.5\n", ["row 2", "num", "'2.5'", "whole"]),
    ("missing column", "orders.csv", "shop_id", "shop", ["column shop_id", "missing"]),
    ("too few fields", "orders.csv", "13:00,1\n", "13:00\n", ["row 1", "5 fields, the header 6"]),
    ("swapped", "points.csv", "B1,121.470000,31.230000", "B1,31.23,121.47", ["row 1", "column lat", "swapped"]),
    ("NaN", "points.csv", "121.480000", "NaN", ["row 2", "column lng", "'NaN'", "number"]),
    ("in the sea", "points.csv", "121.480000,31.230000", "0,0", ["row 2", "column lat", "no position"]),
    ("in Paris", "points.csv", "121.480000,31.230000", "2.35,48.85", ["row 2", "column lng", "China"]),
    ("doubled point", "points.csv", "B2,", "B1,", ["row 2", "spot_id", "earlier row"]),
    ("no point", "points.csv", FILES["points.csv"], "spot_id,lng,lat\n", ["points.csv", "no point"]),
    ("no header", "sites.csv", "site_id,lng,lat\n", "", ["sites.csv", "site_id", "missing"]),
    ("empty", "sites.csv", FILES["sites.csv"], "", ["sites.csv", "is empty"]),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG])
def test_a_malformed_file_is_refused_with_its_place(
    file: str, old: str, new: str, says: list[str], contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, row, column, value and what to do are said, and nothing is written."""
    assert old in FILES[file]
    (contest / file).write_text(FILES[file].replace(old, new, 1), "utf-8")
    error = refused(capsys, tmp_path / "out", *words(contest))
    assert [] == [x for x in [Path(file).stem, *says] if x not in error], error


def test_broken_utf8_is_refused_with_its_cell(
    contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name in GBK is found, not taken for something else."""
    (contest / "orders.csv").write_bytes(FILES["orders.csv"].encode().replace(b"S2", "店".encode("gbk")))
    error = refused(capsys, tmp_path / "out", *words(contest))
    assert [] == [x for x in ("row 3", "shop_id", "UTF-8") if x not in error], error


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--site", "A9"], "no site 'A9'"),
        (["--shop", "S9"], "no order of shop 'S9'"),
        (["--site", "A3"], "nearest of no order"),
        (["--date", "2026-02-30"], "no date"),
        (["--tz", "Mars/Olympus"], "unknown time zone"),
    ],
)
def test_a_wrong_choice_is_refused(
    more: list[str], says: str, contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What does not exist is named, and nothing is written."""
    assert says in refused(capsys, tmp_path / "out", *words(contest, *more))


def test_a_folder_that_is_not_empty_is_refused(
    contest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --force nothing is touched; with it the day is written beside what was there."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    code, _, error = typed(capsys, *words(contest), "--out", out)
    assert (2, True, ["mine.txt"]) == (code, "--force" in error, [x.name for x in out.iterdir()])
    code, _, error = typed(capsys, *words(contest, "--force"), "--out", out)
    assert (0, 5) == (code, len(list(out.iterdir())))


@pytest.mark.parametrize("lat_e6", [31_245_879, 43_900_000])
def test_a_case_finds_its_site(lat_e6: int, tmp_path: Path) -> None:
    """Where the distances meet there is the site, to the micro-degree but for rounding."""
    site = Place(lat_e6, 121_640_685)
    (tmp_path / "case.csv").write_text(case_text(site), "utf-8")
    days, summary = read_case(tmp_path / "case.csv", assumed=Assumed())
    assert metres_between(site, days.sites[0].place) < 1
    assert {"orders": 8, "delivery_points": 8, "sites": 1, "couriers": 2, "site_off_m_at_most": 0} == summary.counts
    first = days.orders[0]
    assert (32_400, 32_400, 46_800) == tuple(
        x - Assumed().midnight_at_s for x in (first.placed_at_s, first.ready_at_s, first.promised_at_s)
    )


def replaced(row: int, column: int, value: str) -> Callable[[str], str]:
    """Put another value into a row of a case (0 is the header)."""

    def change(text: str) -> str:
        rows = [x.split(",") for x in text.splitlines()]
        rows[row][column] = value
        return "\n".join(",".join(x) for x in rows) + "\n"

    return change


WRONG_CASES: list[tuple[str, Callable[[str], str], list[str]]] = [
    ("doubled order", replaced(2, 0, "E0"), ["row 2", "OrderId", "earlier row"]),
    ("a spot at two places", replaced(2, 1, "B0"), ["row 2", "Spot_id", "another place"]),
    ("negative minute", replaced(3, 2, "-1"), ["row 3", "Arrive_time", "minutes of the day"]),
    ("clock instead of minutes", replaced(3, 2, "09:00"), ["row 3", "Arrive_time", "'09:00'", "number"]),
    ("due before it arrives", replaced(4, 3, "500"), ["row 4", "Delivery_time", "after Arrive_time"]),
    ("negative distance", replaced(5, 6, "-3"), ["row 5", "distance", "'-3'"]),
    ("a distance that does not meet", replaced(6, 6, "90000"), ["row 6", "distance", "off the place"]),
    ("kilometres", replaced(0, 6, "km"), ["column distance", "missing"]),
    ("swapped", replaced(1, 4, "31.2"), ["row 1", "Longitude", "China"]),
    ("two places only", lambda x: "\n".join(x.splitlines()[:3]), ["fewer than three places"]),
]


@pytest.mark.parametrize(("change", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG_CASES])
def test_a_malformed_case_is_refused_with_its_place(
    change: Callable[[str], str], says: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Row, column and value are said, and nothing is written."""
    (tmp_path / "case.csv").write_text(change(case_text(Place(31_245_879, 121_640_685))), "utf-8")
    error = refused(capsys, tmp_path / "out", "tianchi-case", tmp_path / "case.csv")
    assert [] == [x for x in ["case.csv", *says] if x not in error], error


def test_the_real_orders() -> None:
    """All 2,313 shared orders go to 81 of the 124 sites; each is due 90 minutes after it is ready."""
    folder = shared("tianchi-last-mile-rush")
    days, summary = read_tianchi(
        folder / "O2O_orders_shared.csv",
        points=folder / "Delivery_points.csv",
        sites=folder / "Distribution_points.csv",
        assumed=Assumed(),
    )
    assert {
        "orders_read": 2_313,
        "delivery_points": 9_214,
        "sites_known": 124,
        "shops": 405,
        "orders": 2_313,
        "packages": 6_483,
        "sites": 81,
        "couriers": 194,
        "deadlines_other_than_90_min": 0,
    } == summary.counts
    assert {5_400} == {x.promised_at_s - x.ready_at_s for x in days.orders}
    assert ("11:30", "18:29") == tuple(clock(x(y.ready_at_s for y in days.orders), days.tz) for x in (min, max))
    assert max(x.ambient_ml for x in days.orders) <= min(x.ambient_ml for x in days.couriers)


def test_the_real_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its 512 distances meet at site A007, 13 m off at most; its orders are the contest's, 150 min early."""
    folder = shared("tianchi-last-mile-rush")
    sites: list[str | Path] = ["--sites", folder / "Distribution_points.csv"]
    assert 0 == typed(capsys, "tianchi-case", folder / "Case1-512.csv", *sites, "--out", tmp_path / "case")[0]
    day = read_dispatch_day(tmp_path / "case")
    assert ("A007", 512, 190) == (day.site.site, len(day.orders), len({x.at for x in day.orders}))
    assert {14_400} == {x.promised_at_s - x.placed_at_s for x in day.orders}
    days, summary = read_case(folder / "Case1-512.csv", assumed=Assumed())
    assert 13 == summary.counts["site_off_m_at_most"]
    assert metres_between(days.sites[0].place, day.site.place) < 10
    whole, _ = read_tianchi(
        folder / "O2O_orders_shared.csv",
        points=folder / "Delivery_points.csv",
        sites=folder / "Distribution_points.csv",
        assumed=Assumed(),
    )
    clicked = {x.order: x.placed_at_s for x in whole.orders}
    both = [x for x in day.orders if x.order in clicked]
    assert Counter({True: len(both)}) == Counter(clicked[x.order] == x.placed_at_s for x in both)
    assert len(both) > 300
