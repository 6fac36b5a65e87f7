"""Reasons: every order that leaves is told what it adds, and what its next best place would have cost."""

import json
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from doorstep.bench.days.policies import Budget, policy_named
from doorstep.bench.days.world import arrays
from doorstep.bench.days.write import HELD_COLUMNS, TERMS, WHY_COLUMNS, held_rows, why_rows
from doorstep.core.dispatch.held import why_nobody
from doorstep.core.dispatch.solve import solve
from doorstep.wire.dispatch import plan_snapshot
from tests.dispatch.kernel.made import problem, snapshot
from tests.dispatch.replay.days import lived, small
from tests.dispatch.replay.limited import limited


def test_every_order_that_leaves_is_told_why() -> None:
    """With reasons asked for, each stop has its own, and the trips are the same as without."""
    day = small(hours=0.5)
    told, untold = (
        lived(day, policy_named("slack", day=arrays(day), budget=Budget(iterations=10), seed=1, explain=x))[1]
        for x in (True, False)
    )
    for x in told.ridden:
        assert [s.order for s in x.stops] == [y.order for y in x.leaving.because]
        assert {x.courier} == {y.courier for y in x.leaving.because}
    assert [(x.departed_at_s, x.courier, x.stops) for x in told.ridden] == [
        (x.departed_at_s, x.courier, x.stops) for x in untold.ridden
    ]


def test_the_rows_of_reasons_add_up() -> None:
    """Terms of a row sum to what it says in all, promises apart too; without reasons the last columns are empty."""
    day = small(hours=0.5)
    made, told = lived(
        day, policy_named("regret", day=arrays(day), budget=Budget(iterations=10), seed=1, explain=True)
    )
    rows = [dict(zip(WHY_COLUMNS, x, strict=True)) for x in why_rows(made, told)]
    assert len(made.placed_at_s) == len(rows)
    for x in rows:
        assert int(x["adds_s"]) == sum(int(x[f"adds_{y}_s"]) for y in TERMS)
        if x["instead_courier"]:
            assert int(x["dearer_s"]) == sum(int(x[f"dearer_{y}_s"]) for y in TERMS)
    assert any(int(x["adds_apart_s"]) for x in rows)
    made, untold = lived(day)
    empty = 2 * len(TERMS) + 3
    assert {("",) * empty} == {x[-empty:] for x in why_rows(made, untold)}


@pytest.mark.parametrize("policy", ["slack", "votes", "regret"])
def test_every_minute_of_waiting_has_a_reason(policy: str) -> None:
    """From the decision after it was placed until it leaves, an order's spells follow each other without a gap."""
    day = limited(41, hours=0.5)
    named = policy_named(policy, day=arrays(day), budget=Budget(iterations=10), seed=1, explain=True)
    made, done = lived(day, named)
    rows = [dict(zip(HELD_COLUMNS, x, strict=True)) for x in held_rows(made, done)]
    left_s = {s.order: x.departed_at_s - day.rules.loading_s for x in done.ridden for s in x.stops}
    for number, order in enumerate(day.orders):
        at_s = next((x for x in done.decided_at_s if x >= order.placed_at_s), None)
        for x in (x for x in rows if x["order"] == order.order):
            assert at_s == x["from_at_s"]
            at_s = int(x["to_at_s"])
        assert at_s == left_s.get(number, done.decided_at_s[-1])
    waited = [x for x in rows if x["why"] == "company" and x["planned_courier"]]
    assert waited
    assert {str(x.courier) for x in day.couriers} >= {str(x["planned_courier"]) for x in waited}
    if policy != "slack":
        assert any(x["leaves_now_bp"] != "" for x in waited)
    if policy == "regret":
        assert any(int(x["waiting_saves_s"]) > 0 for x in waited if x["waiting_saves_s"] != "")


def test_reasons_are_kept_only_where_they_are_asked_for() -> None:
    """Without --explain spells say why an order waited, and not what was planned for it."""
    day = small(hours=0.5)
    made, done = lived(day, policy_named("slack", day=arrays(day), budget=Budget(iterations=10), seed=1))
    assert {("",) * 5} == {x[-5:] for x in held_rows(made, done)}


def test_who_is_left_out_is_told_why() -> None:
    """Too big, too far, no kind: each is met, and the reason holds, tried courier by courier."""
    met = set()
    for seed in range(40):
        asked = problem(seed, orders=9, couriers=3, on=frozenset({"kinds", "caps", "metres", "ranges"}))
        if seed % 4 == 0:
            asked = structs.replace(asked, box_ml=asked.box_ml // 4)
        for x in solve(asked, seed=1, iterations=50).unplanned:
            fits = [bool((asked.volume_ml[x] <= asked.box_ml[c]).all()) for c in range(3)]
            may = [fits[c] and int(asked.may_take[x]) >> int(asked.kind[c]) & 1 for c in range(3)]
            want = "too_big" if not any(fits) else "no_kind" if not any(may) else "too_far"
            met.add(want)
            assert want == why_nobody(asked, x)
    assert {"too_big", "no_kind", "too_far"} == met


def test_a_plan_of_a_moment_explains_itself(tmp_path: Path) -> None:
    """With --explain every order says what it adds, by term, and what its best other place would cost."""
    asked = snapshot(5, orders=10, couriers=3)
    path = tmp_path / "m.snapshot.json"
    path.write_bytes(msgspec.json.encode(asked))
    for name, reasons in (("a.json", True), ("b.json", False)):
        plan_snapshot(path, tmp_path / name, iterations=200, milliseconds=None, seed=1, reasons=reasons)
    told, untold = (json.loads((tmp_path / x).read_bytes()) for x in ("a.json", "b.json"))
    assert told["trips"] == untold["trips"]
    assert "why" not in untold
    couriers = {order: x["courier"] for x in told["trips"] for order in x["orders"]}
    assert couriers == {x["order"]: x["courier"] for x in told["why"]}
    for x in told["why"]:
        assert x["adds_in_all_s"] == sum(x["adds_s"].values())
        assert x["instead"]["dearer_in_all_s"] == sum(x["instead"]["dearer_s"].values())
