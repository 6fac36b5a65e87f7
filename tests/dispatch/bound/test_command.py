"""`doorstep dispatch bound`: a bound beside a plan, or a refusal that says where."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.intake.freshretailnet.made import typed

Text = pytest.CaptureFixture[str]


def moment(folder: Path, *, orders: int = 6, couriers: int = 3) -> Path:
    """A site with orders all round it, each ready by now and promised in half an hour."""
    found: dict[str, Any] = {
        "now_s": 1_000_000,
        "site": {"lat_e6": 31_000_000, "lng_e6": 121_000_000},
        "couriers": [
            {"courier": f"c{x}", "free_at_s": 1_000_000, "off_at_s": 1_020_000, "speed_mm_s": 4_167}
            | {"ambient_ml": 100_000, "chilled_ml": 40_000, "frozen_ml": 20_000}
            for x in range(couriers)
        ],
        "orders": [
            {"order": f"o{x}", "ready_at_s": 1_000_000 - 60 * x, "promised_at_s": 1_001_800}
            | {"lat_e6": 31_000_000 + 3_000 * (x % 5 - 2), "lng_e6": 121_000_000 + 4_000 * (x % 3 - 1)}
            | {"ambient_ml": 20_000, "chilled_ml": 0, "frozen_ml": 0}
            for x in range(orders)
        ],
    }
    path = folder / "moment.snapshot.json"
    path.write_text(json.dumps(found))
    return path


@pytest.mark.parametrize("column", ["order", "courier"])
def test_a_name_that_stands_twice_is_refused(tmp_path: Path, capsys: Text, column: str) -> None:
    """Two orders or couriers of one name could not be told apart in the plan."""
    path = moment(tmp_path)
    asked = json.loads(path.read_text())
    asked[f"{column}s"][1][column] = asked[f"{column}s"][0][column]
    path.write_text(json.dumps(asked))
    code, _, said = typed(capsys, "dispatch", "plan", path, "--out", tmp_path / "plan.json")
    assert 2 == code
    assert f"{column[0]}0" in said
    assert "twice" in said
    assert not (tmp_path / "plan.json").exists()


def test_the_bound_is_below_the_plan(tmp_path: Path, capsys: Text) -> None:
    """Ours and a stored plan are held against the same bound; the file holds what is printed."""
    path, out, plan = moment(tmp_path), tmp_path / "bound.json", tmp_path / "plan.json"
    code, printed, _ = typed(capsys, "dispatch", "bound", path, "--json", "--out", out)
    found = json.loads(printed)
    assert (0, found) == (code, json.loads(out.read_text()))
    assert 0 < found["bound"] <= found["cost"]
    assert (True, 6, "ours") == (found["ended"], found["orders"], found["plan"])
    assert 0 == typed(capsys, "dispatch", "plan", path, "--out", plan)[0]
    code, printed, _ = typed(capsys, "dispatch", "bound", path, "--json", "--plan", plan)
    assert (0, found["bound"], "plan.json") == (code, *(json.loads(printed)[x] for x in ("bound", "plan")))


def test_a_limit_that_comes_first_is_said(tmp_path: Path, capsys: Text) -> None:
    """Without a second to prove anything the bound is zero, and a sentence says that it was cut short."""
    code, printed, told = typed(capsys, "dispatch", "bound", moment(tmp_path), "--seconds", "0")
    assert 0 == code
    assert "no plan costs less than 0 s" in printed
    assert "Cut short: the bound holds" in told


@pytest.mark.parametrize(
    ("trips", "column", "value"),
    [
        ([{"courier": "c9", "depart_at_s": 1, "orders": ["o1"]}], "trips[0].courier", "c9"),
        ([{"courier": "c1", "depart_at_s": 1, "orders": ["x1"]}], "trips[0].orders", "x1"),
        ([{"courier": "c1", "depart_at_s": 1, "orders": ["o1", "o1"]}], "trips", ""),
        ([{"courier": "c1", "depart_at_s": 1, "orders": [f"o{x}" for x in range(6)]}], "trips", ""),
    ],
)
def test_a_plan_of_another_moment_is_refused(
    tmp_path: Path, capsys: Text, trips: list[dict[str, Any]], column: str, value: str
) -> None:
    """Whom or what it does not have, an order twice, a box too full: named with its place, nothing written."""
    plan, out = tmp_path / "plan.json", tmp_path / "bound.json"
    plan.write_text(json.dumps({"trips": trips}))
    code, _, told = typed(capsys, "dispatch", "bound", moment(tmp_path), "--plan", plan, "--out", out)
    assert 2 == code
    assert f"plan.json, column {column}" in told
    assert value in told
    assert not out.exists()


def test_a_moment_too_large_is_refused(tmp_path: Path, capsys: Text) -> None:
    """Sixty-three orders are one too many."""
    code, _, told = typed(capsys, "dispatch", "bound", moment(tmp_path, orders=63))
    assert 2 == code
    assert "63 orders, and a bound is proven for at most 62" in told
