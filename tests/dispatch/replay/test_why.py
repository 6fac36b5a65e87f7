"""Reasons: every order that leaves is told what it adds, and what its next best place would have cost."""

from doorstep.bench.days.policies import Budget, policy_named
from doorstep.bench.days.world import arrays
from doorstep.bench.days.write import TERMS, WHY_COLUMNS, why_rows
from tests.dispatch.replay.days import lived, small


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
