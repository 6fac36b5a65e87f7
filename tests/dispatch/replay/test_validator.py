"""The checker of lived days: it agrees with the replay, and it finds what is planted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from doorstep.base.errors import BadFile
from doorstep.bench.days.validator import COLUMNS, Row, check_trips, read_trips
from doorstep.bench.days.write import write_trips
from doorstep.model.dispatch import DispatchDay
from doorstep.model.people import LAWFUL_MM_S
from tests.dispatch.replay.days import lived, rows_of, said_of, small

Rows = list[Row]


def second_trip(rows: Rows) -> int:
    """The first row of some courier's second trip."""
    return next(i for i, x in enumerate(rows) if x["trip"] == 2)


def first_of_several(rows: Rows) -> int:
    """The first row of a trip with two stops or more."""
    return next(i for i, x in enumerate(rows) if x["stop"] == 2) - 1


def trip_of(rows: Rows, at: int) -> list[Row]:
    """All rows of one trip."""
    return [x for x in rows if (x["courier"], x["trip"]) == (rows[at]["courier"], rows[at]["trip"])]


def shift(rows: Rows, at: int, seconds: int) -> None:
    """Move a whole trip in time."""
    for x in trip_of(rows, at):
        for y in ("loaded_at_s", "departed_at_s", "arrived_at_s", "handed_over_at_s"):
            x[y] += seconds
        x["late_s"] = max(0, x["handed_over_at_s"] - x["promised_at_s"])


def put(rows: Rows, key: str, value: int) -> None:
    """The same value in all rows of the first trip."""
    for x in trip_of(rows, 0):
        x[key] = value


def to_time(rows: Rows, at: int, departed_at_s: int) -> None:
    shift(rows, at, departed_at_s - rows[at]["departed_at_s"])


def swap_doors(rows: Rows) -> None:
    """Two stops change places on paper, their times do not."""
    i = first_of_several(rows)
    for y in ("order", "promised_at_s"):
        rows[i][y], rows[i + 1][y] = rows[i + 1][y], rows[i][y]
    for x in rows[i : i + 2]:
        x["late_s"] = max(0, x["handed_over_at_s"] - x["promised_at_s"])


def change(key: str, value: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[0].__setitem__(key, value(rows[0][key]) if callable(value) else value)


def all_on_one_trip(rows: Rows) -> None:
    """Everything of the first trips in one box."""
    for i, x in enumerate(rows[:12], 1):
        x.update(courier=rows[0]["courier"], trip=1, stop=i)


PLANTED: dict[str, tuple[str, Callable[[Rows], None]]] = {
    "a courier nobody knows": ("courier unknown", change("courier", "c99")),
    "an order nobody placed": ("order unknown", change("order", "o9999")),
    "another site": ("site", change("site", "s2")),
    "an order twice": ("order twice", lambda rows: rows.append(dict(rows[-1], stop=rows[-1]["stop"] + 1))),
    "an order forgotten": ("metrics", lambda rows: rows.__delitem__(-1)),
    "another promise": ("promise", change("promised_at_s", lambda x: x + 60)),
    "lateness hidden": ("lateness", lambda rows: late_row(rows).__setitem__("late_s", 0)),
    "trips that do not count": ("trip number", lambda rows: put(rows, "trip", 7)),
    "stops that do not count": ("stop number", change("stop", 3)),
    "two departures of one trip": (
        "one departure",
        lambda rows: rows[first_of_several(rows) + 1].__setitem__(
            "departed_at_s", rows[first_of_several(rows)]["departed_at_s"] + 1
        ),
    ),
    "goods not packed": ("not ready", lambda rows: shift(rows, 0, -400)),
    "not even placed": ("not placed", lambda rows: shift(rows, 0, -4000)),
    "the courier is away": ("courier away", lambda rows: shift(rows, second_trip(rows), -120)),
    "before the shift": ("before the shift", lambda rows: shift(rows, 0, -4000)),
    "after the shift": ("after the shift", lambda rows: to_time(rows, 0, rows[0]["departed_at_s"] + 40_000)),
    "loaded too early": ("loaded", lambda rows: put(rows, "loaded_at_s", 1)),
    "an overfull box": ("box", all_on_one_trip),
    "faster than riding": ("arrival", change("arrived_at_s", lambda x: x - 1)),
    "no time at the door": ("service", change("handed_over_at_s", lambda x: x - 30)),
    "doors in another order": ("arrival", swap_doors),
}


def late_row(rows: Rows) -> Row:
    return next(x for x in rows if x["late_s"] > 0)


@pytest.fixture(scope="module")
def day() -> DispatchDay:
    return small(couriers=5)


@pytest.fixture(scope="module")
def rows(day: DispatchDay) -> Rows:
    return rows_of(*lived(day))


@pytest.fixture(scope="module")
def said(day: DispatchDay) -> dict[str, object]:
    return said_of(*lived(day))


def test_a_lived_day_has_no_fault(day: DispatchDay, rows: Rows, said: dict[str, object]) -> None:
    """What the replay wrote and what its numbers say is what the checker finds, to the second."""
    checked = check_trips(day, rows, said=said)
    assert [] == checked.faults
    assert [] == checked.waiting
    assert said["cost"] == checked.numbers["cost"]


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_fault_is_found(day: DispatchDay, rows: Rows, said: dict[str, object], what: str) -> None:
    """Each thing that may not be is named by the rule that forbids it."""
    rule, plant = PLANTED[what]
    planted = [dict(x) for x in rows]
    plant(planted)
    found = {x.rule for x in check_trips(day, planted, said=said).faults}
    assert rule in found


def test_a_courier_faster_than_the_law_is_found(day: DispatchDay, rows: Rows) -> None:
    """Whoever could only ride so by breaking the law is named; at the limit nothing is wrong with that."""
    for more, found in ((0, 0), (1, 1)):
        fast = structs.replace(day.couriers[0], speed_mm_s=LAWFUL_MM_S[day.couriers[0].kind] + more)
        theirs = [x for x in rows if x["courier"] == fast.courier]
        asked = structs.replace(day, couriers=(fast, *day.couriers[1:]))
        assert found == sum(x.rule == "unlawful speed" for x in check_trips(asked, theirs).faults)


@pytest.mark.parametrize(
    "key", ["cost", "travel_s", "late_orders", "late_s", "overtime_s", "trips", "on_time_bp", "orders_per_busy_hour"]
)
def test_a_number_that_is_off_by_one_is_found(day: DispatchDay, rows: Rows, said: dict[str, object], key: str) -> None:
    """Every number of metrics.json is worked out again."""
    value = said[key]
    assert isinstance(value, int | float)
    checked = check_trips(day, rows, said={**said, key: value + 1})
    assert ["metrics"] == [x.rule for x in checked.faults]


def test_overtime_counts_once_a_courier(day: DispatchDay, rows: Rows) -> None:
    """A shift that ends in the middle of the day makes every later second of the last return overtime, once."""
    first = rows[0]["courier"]
    last_departure_s = max(x["departed_at_s"] for x in rows if x["courier"] == first)
    couriers = tuple(structs.replace(x, off_at_s=last_departure_s) if x.courier == first else x for x in day.couriers)
    short = check_trips(structs.replace(day, couriers=couriers), rows)
    last = max((x for x in rows if x["courier"] == first), key=lambda x: x["handed_over_at_s"])
    assert last["handed_over_at_s"] - last_departure_s <= short.numbers["overtime_s"]
    assert [] == short.faults


def test_an_order_that_nobody_brought_is_named(day: DispatchDay, rows: Rows) -> None:
    """What is on no trip is said, by name."""
    assert [rows[-1]["order"]] == check_trips(day, rows[:-1]).waiting


def test_a_file_of_trips_reads_back(day: DispatchDay, rows: Rows, tmp_path: Path) -> None:
    """`trips.csv` holds exactly the rows."""
    made, done = lived(day)
    write_trips(made, done.ridden, tmp_path)
    assert rows == read_trips(tmp_path / "trips.csv")


@pytest.mark.parametrize(
    ("text", "column"), [("courier,trip\n", "site"), (",".join(COLUMNS) + "\nc1,one,s1,1,o1,1,1,1,1,1,0\n", "trip")]
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, column: str) -> None:
    """A missing column or a value that is no number is refused with its place."""
    path = tmp_path / "trips.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(BadFile) as refused:
        read_trips(path)
    assert column == refused.value.column
