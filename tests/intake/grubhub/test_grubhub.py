"""A meal delivery instance is read whole: what is written again is what was read, byte for byte."""

import json
from collections.abc import Callable
from math import hypot
from pathlib import Path

import pytest

from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.intake.grubhub import days_of, read_instance, write_instance
from doorstep.model.people import Place
from doorstep.roads import metres_between
from tests.intake.typed import refused, shared, typed

FILES = {
    "orders.txt": "order\tx\ty\tplacement_time\trestaurant\tready_time\n"
    "o1\t1000\t2000\t600\tr1\t615\no2\t-500\t0\t605\tr2\t605\no3\t1100\t2100\t610\tr1\t655\n",
    "couriers.txt": "courier\tx\ty\ton_time\toff_time\nc1\t0\t0\t570\t690\nc2\t2900\t0\t600\t645\n",
    "restaurants.txt": "restaurant\tx\ty\nr1\t0\t0\nr2\t3000\t0\n",
    "instance_parameters.txt": "meters_per_minute\tpickup service minutes\tdropoff service minutes\t"
    "target click-to-door\tmaximum click-to-door\tpay per order\tguaranteed pay per hour\n"
    "320\t4\t4\t40\t90\t10\t15\n",
    "instance_characteristics.txt": "number of orders: 3\nnumber of restaurants: 2\nnumber of couriers: 2\n"
    "total courier hours: 2.75\noperating period (minutes): 120\n\n      preparation\nmean    20.00\n",
}
REAL = """
0o100t100s1p100 0o50t100s2p125 1o100t100s2p100 2o100t100s2p100 2o50t100s1p100 3o100t75s1p100
3r50t100s1p125 4o100t100s1p125 4r50t100s2p100 5o50t75s2p125 6o100t100s1p100 6r50t75s2p100
""".split()  # noqa: SIM905 a list of names


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_what_is_written_again_is_what_was_read(instance: Path, tmp_path: Path) -> None:
    """Every table comes back byte for byte, the statistics too."""
    again = tmp_path / "again"
    again.mkdir()
    assert set(FILES) == set(write_instance(read_instance(instance), again))
    assert FILES == {x.name: x.read_text("utf-8") for x in again.iterdir()}


def test_each_restaurant_is_a_site(instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Orders are due 40 min after the click, couriers belong to the nearest restaurant, metres stay metres."""
    code, said, _ = typed(capsys, "grubhub", instance, "--out", tmp_path / "out", "--json")
    assert 0 == code
    assert {
        "orders": 3,
        "restaurants": 2,
        "couriers": 2,
        "courier_minutes": 165,
        "restaurants_without_a_courier": 0,
        "due_before_ready": 1,
    } == json.loads(said)["counts"]
    day = read_dispatch_day(tmp_path / "out", site="r1")
    midnight_at_s = day.site.opens_at_s
    assert [("o1", 600, 615, 640), ("o3", 610, 655, 650)] == [
        (x.order, *((y - midnight_at_s) // 60 for y in (x.placed_at_s, x.ready_at_s, x.promised_at_s)))
        for x in day.orders
    ]
    assert [("c1", 570, 690, 5_333)] == [
        (x.courier, (x.on_at_s - midnight_at_s) // 60, (x.off_at_s - midnight_at_s) // 60, x.speed_mm_s)
        for x in day.couriers
    ]
    assert (1_000, 240, 240) == (day.rules.travel.detour_e3, day.rules.service_s, day.rules.loading_s)
    assert pytest.approx(hypot(1_000, 2_000), abs=1) == metres_between(day.site.place, day.orders[0].at)
    kept = json.loads((tmp_path / "out" / "instance.json").read_text("utf-8"))
    assert ({"order": "o2", "x_m": -500, "y_m": 0, "placed_min": 605, "restaurant": "r2", "ready_min": 605}, 320) == (
        kept["orders"][1],
        kept["numbers"]["speed_m_min"],
    )


def test_the_origin_may_be_laid_elsewhere(instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where x = 0, y = 0 is laid there the restaurant of that place stands; nonsense is refused."""
    assert 0 == typed(capsys, "grubhub", instance, "--origin", "-33.5, 151", "--out", tmp_path / "out")[0]
    assert Place(-33_500_000, 151_000_000) == read_dispatch_day(tmp_path / "out", site="r1").site.place
    for wrong in ("31.23", "a,b", "91,0", "nan,0", "1,2,3", "inf,0"):
        assert "--origin" in refused(capsys, tmp_path / "no", "grubhub", instance, "--origin", wrong)


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


WRONG: list[tuple[str, str, Callable[[str], str], list[str]]] = [
    ("no such restaurant", "orders.txt", swap("\tr2\t", "\tr9\t"), ["row 2", "restaurant", "'r9'"]),
    ("ready before placed", "orders.txt", swap("\t655", "\t609"), ["row 3", "ready_time", "'609'", "placement_time"]),
    ("doubled order", "orders.txt", swap("o2\t", "o1\t"), ["row 2", "order", "'o1'"]),
    ("half a metre", "orders.txt", swap("1000\t", "1000.5\t"), ["row 1", "column x", "'1000.5'", "whole"]),
    ("negative minute", "orders.txt", swap("\t605\tr2", "\t-5\tr2"), ["row 2", "placement_time", "'-5'"]),
    ("commas", "orders.txt", lambda x: x.replace("\t", ","), ["column order", "missing"]),
    ("a field too few", "orders.txt", swap("\t655\n", "\n"), ["row 3", "5 fields, the header 6", "tabs"]),
    ("no orders", "orders.txt", lambda x: x.split("\n", 1)[0] + "\n", ["holds no order"]),
    ("an empty line inside", "orders.txt", swap("\no2", "\n\no2"), ["row 2", "1 fields"]),
    ("shift of no length", "couriers.txt", swap("\t645", "\t600"), ["row 2", "off_time", "after on_time"]),
    ("doubled courier", "couriers.txt", swap("c2", "c1"), ["row 2", "courier", "'c1'"]),
    ("far off", "restaurants.txt", swap("\t3000", "\t3000000"), ["row 2", "column x", "between"]),
    ("no name", "restaurants.txt", swap("r2", ""), ["row 2", "restaurant", "is empty"]),
    ("no speed", "instance_parameters.txt", swap("320", "0"), ["row 1", "meters_per_minute", "'0'"]),
    ("two rows of numbers", "instance_parameters.txt", lambda x: x + "320\t4\t4\t40\t90\t10\t15\n", ["2 rows"]),
    ("cut off", "instance_characteristics.txt", swap("orders: 3", "orders: 4"), ["row 1", "number of orders", "3"]),
    ("no number", "instance_characteristics.txt", swap("2.75", "many"), ["row 4", "courier hours", "'many'"]),
]


@pytest.mark.parametrize(("file", "change", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG])
def test_a_malformed_instance_is_refused_with_its_place(
    file: str,
    change: Callable[[str], str],
    says: list[str],
    instance: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """File, row, column and value are said, and nothing is written."""
    (instance / file).write_text(change(FILES[file]), "utf-8")
    error = refused(capsys, tmp_path / "out", "grubhub", instance)
    assert [] == [x for x in [file, *says] if x not in error], error


def test_bytes_and_files_that_are_missing_are_refused(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder, no table, no UTF-8: each says what is wrong."""
    assert "no folder" in refused(capsys, tmp_path / "out", "grubhub", tmp_path / "nowhere")
    (instance / "couriers.txt").write_bytes(b"courier\tx\ty\ton_time\toff_time\nc\xff\t0\t0\t1\t2\n")
    assert "row 2: is not UTF-8" in refused(capsys, tmp_path / "out", "grubhub", instance)
    (instance / "couriers.txt").unlink()
    assert "couriers.txt: is not there" in refused(capsys, tmp_path / "out", "grubhub", instance)


def test_an_order_of_the_next_day_is_refused(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A day folder holds one day; what is placed after 24 hours is named."""
    text = FILES["orders.txt"].replace("610\tr1\t655", "1440\tr1\t1455")
    (instance / "orders.txt").write_text(text, "utf-8")
    assert "order o3 is placed in minute 1440" in refused(capsys, tmp_path / "out", "grubhub", instance)


@pytest.mark.parametrize("name", REAL)
def test_a_real_instance_comes_back_byte_for_byte(name: str, tmp_path: Path) -> None:
    """Its sizes are those of the index, and each restaurant's day can be read."""
    folder = shared("grubhub-mdrp", name)
    read = read_instance(folder)
    head, *rows = shared("grubhub-mdrp", "index.tsv").read_text("utf-8").splitlines()
    row = dict(zip(head.split("\t"), next(x.split("\t") for x in rows if x.startswith(name)), strict=True))
    hours = sum(x.off_min - x.on_min for x in read.couriers) / 60
    assert (row["orders"], row["restaurants"], row["couriers"], float(row["courier_hours"])) == (
        str(len(read.orders)),
        str(len(read.restaurants)),
        str(len(read.couriers)),
        round(hours, 2),
    )
    again = tmp_path / "again"
    again.mkdir()
    for x in write_instance(read, again):
        assert (folder / x).read_bytes() == (again / x).read_bytes()
    days, _ = days_of(read, source=name, date="2026-05-04", tz="Asia/Shanghai")
    assert (len(read.orders), len(read.restaurants)) == (len(days.orders), len(days.sites))
