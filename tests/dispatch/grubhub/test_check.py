"""The check of a day of meals finds what was planted, and nothing where nothing was."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from doorstep.bench.grubhub.check import check
from doorstep.bench.grubhub.live import live
from doorstep.bench.grubhub.plans import Params, Plans
from doorstep.bench.grubhub.sheet import COLUMNS, write_rows
from tests.dispatch.grubhub.small import small_day

Line = dict[str, str]
DAY = small_day(5, orders=70, restaurants=3)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    path = tmp_path_factory.mktemp("day") / "assignments.csv"
    write_rows(live(DAY, lambda known: Plans(known, Params(rounds=60))), path)
    return list(csv.DictReader(StringIO(path.read_text("utf-8"), newline="")))


def text_of(lines: list[Line]) -> str:
    out = StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    table.writerows(lines)
    return out.getvalue()


def brought(lines: list[Line]) -> Line:
    """Find an order that is neither first nor last of its courier's day and rides alone."""
    mine = [x for x in lines if x["order"]]
    return next(
        x
        for i, x in enumerate(mine)
        if i > 10 and sum((y["courier"], y["pickup_min"]) == (x["courier"], x["pickup_min"]) for y in mine) == 1
    )


def bundle(lines: list[Line]) -> list[Line]:
    """Find a bundle of two or more, in the sequence of its doors."""
    for x in lines:
        both = [y for y in lines if y["order"] and (y["courier"], y["pickup_min"]) == (x["courier"], x["pickup_min"])]
        if len(both) > 1:
            return sorted(both, key=lambda y: float(y["dropoff_min"]))
    raise AssertionError("no bundle in this day")


def add(line: Line, column: str, minutes: float) -> None:
    line[column] = f"{float(line[column]) + minutes:g}"


def order_of(line: Line) -> tuple[int, int]:
    x = next(x for x in DAY.orders if x.order == line["order"])
    return x.placed_min, x.ready_min


def restaurant_of_another(lines: list[Line]) -> None:
    x = brought(lines)
    x["restaurant"] = next(y.restaurant for y in DAY.restaurants if y.restaurant != x["restaurant"])


def before_placed(lines: list[Line]) -> None:
    x = brought(lines)
    x["assigned_min"] = str(order_of(x)[0] - 1)


def before_ready(lines: list[Line]) -> None:
    x = next(x for x in lines if x["order"] and order_of(x)[1] == int(x["pickup_min"]))
    add(x, "pickup_min", -1)
    add(x, "dropoff_min", -1)


def before_given(lines: list[Line]) -> None:
    x = brought(lines)
    x["assigned_min"] = f"{float(x['pickup_min']) + 1:g}"


def twice(lines: list[Line]) -> None:
    first, second = [x for x in lines if x["order"]][:2]
    second["order"] = first["order"]


def after_the_shift(lines: list[Line]) -> None:
    x = [x for x in lines if x["order"]][-1]
    off_min = next(y.off_min for y in DAY.couriers if y.courier == x["courier"])
    late = off_min + 1 - float(x["pickup_min"])
    add(x, "pickup_min", late)
    add(x, "dropoff_min", late)


def before_the_shift(lines: list[Line]) -> None:
    first_of = {x["courier"]: x for x in reversed(lines)}
    first_of["c5"]["assigned_min"] = "59"


def faster_to_the_door(lines: list[Line]) -> None:
    add(brought(lines), "dropoff_min", -1)


def half_a_minute_to_the_door(lines: list[Line]) -> None:
    add(brought(lines), "dropoff_min", 0.5)


def without_service(lines: list[Line]) -> None:
    """Both orders of a bundle are handed over as if the first door took no time."""
    add(bundle(lines)[1], "dropoff_min", -4)


def doors_swapped(lines: list[Line]) -> None:
    one, other = bundle(lines)[:2]
    one["order"], other["order"] = other["order"], one["order"]


def without_the_ride(lines: list[Line]) -> None:
    """The move to the restaurant is struck out, so the courier would have to jump."""
    lines[:] = [x for x in lines if x["order"]]


def move_too_fast(lines: list[Line]) -> None:
    x = next(x for x in lines if not x["order"])
    add(x, "pickup_min", -1)
    add(x, "dropoff_min", -1)


def diverted(lines: list[Line]) -> None:
    """Somebody else's order is slipped in while the courier is on the way."""
    x = brought(lines)
    other = next(y for y in reversed(lines) if y["order"] and y["courier"] != x["courier"])
    other["courier"] = x["courier"]
    add(other, "pickup_min", float(x["pickup_min"]) + 1 - float(other["pickup_min"]))


def no_such_courier(lines: list[Line]) -> None:
    lines[3]["courier"] = "c99"


def no_such_order(lines: list[Line]) -> None:
    brought(lines)["order"] = "o999"


def no_such_restaurant(lines: list[Line]) -> None:
    lines[0]["restaurant"] = "r99"


def no_number(lines: list[Line]) -> None:
    lines[2]["pickup_min"] = "soon"


def two_places_at_once(lines: list[Line]) -> None:
    """A trip of one courier is given to another who is busy then."""
    mine = [x for x in lines if x["order"]]
    pairs = ((x, y) for x in mine[10:] for y in mine[10:] if x["courier"] != y["courier"])
    x, y = next((x, y) for x, y in pairs if abs(float(y["pickup_min"]) - float(x["pickup_min"])) < 4)
    x["courier"] = y["courier"]


PLANTED = [
    (restaurant_of_another, "restaurant"),
    (before_placed, "placed"),
    (before_ready, "ready"),
    (before_given, "assigned"),
    (twice, "once"),
    (after_the_shift, "off duty"),
    (before_the_shift, "on duty"),
    (faster_to_the_door, "door"),
    (half_a_minute_to_the_door, "door"),
    (without_service, "door"),
    (doors_swapped, "door"),
    (without_the_ride, "arrival"),
    (move_too_fast, "move"),
    (diverted, "arrival"),
    (no_such_courier, "known"),
    (no_such_order, "known"),
    (no_such_restaurant, "known"),
    (no_number, "number"),
    (two_places_at_once, "arrival"),
]


def test_a_sound_day_has_no_fault(sound: list[Line]) -> None:
    """What the planner wrote is lawful, with bundles and moves in it."""
    assert [] == check(text_of(sound), DAY)
    assert len(bundle(sound)) > 1
    assert any(not x["order"] for x in sound)


@pytest.mark.parametrize(("plant", "law"), PLANTED, ids=lambda x: getattr(x, "__name__", str(x)))
def test_what_is_planted_is_found(sound: list[Line], plant: Callable[[list[Line]], None], law: str) -> None:
    """Each planted error is found, under its own law."""
    lines = [dict(x) for x in sound]
    plant(lines)
    assert law in {x.law for x in check(text_of(lines), DAY)}


def test_a_missing_column_is_said(sound: list[Line]) -> None:
    """Without `assigned_min` nothing can be said about the day."""
    text = text_of(sound).replace("assigned_min", "given_min")
    assert ["columns"] == [x.law for x in check(text, DAY)]


def test_columns_and_rows_may_come_in_any_sequence(sound: list[Line]) -> None:
    """The sequence of columns and rows means nothing; a column more does no harm."""
    out = StringIO(newline="")
    table = csv.DictWriter(out, ["note", *reversed(COLUMNS)])
    table.writeheader()
    table.writerows({**x, "note": "seen"} for x in reversed(sound))
    assert [] == check(out.getvalue(), DAY)


def test_nothing_done_is_no_fault() -> None:
    """A day in which nobody brought anything breaks no rule."""
    assert [] == check(",".join(COLUMNS) + "\n", DAY)


def test_the_check_reads_what_the_format_says(tmp_path: Path) -> None:
    """Half minutes are written as `.5` and read back exactly."""
    odd = small_day(7, numbers=replace(DAY.numbers, pickup_min=3, dropoff_min=5))
    path = tmp_path / "assignments.csv"
    write_rows(live(odd, lambda known: Plans(known, Params(rounds=60))), path)
    text = path.read_text("utf-8")
    assert ".5" in text
    assert [] == check(text, odd)
