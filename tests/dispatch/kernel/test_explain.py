"""Every order of a plan can say why it is where it is."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.core.dispatch.explain import explain
from doorstep.core.dispatch.solve import solve
from tests.dispatch.kernel.made import FEATURES, problem
from tests.oracles.dispatch import TERMS, Trip, ride


def days(plan: Sequence[Trip]) -> dict[int, list[list[int]]]:
    """Each courier's trips in sequence."""
    found: dict[int, list[list[int]]] = {}
    for courier, row in plan:
        found.setdefault(courier, []).append([int(x) for x in row])
    return found


features = st.frozensets(st.sampled_from([x for x in FEATURES if x != "slices"]))


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(1, 3), features)
def test_what_an_order_costs_is_the_plan_with_it_less_the_plan_without(
    seed: int, orders: int, couriers: int, on: frozenset[str]
) -> None:
    """Term by term, as the reference reckons; the price of leaving it out is on the other side."""
    asked = problem(seed, orders=orders, couriers=couriers, on=on)
    found = solve(asked, seed=1, iterations=50)
    whole = ride(asked, found.sequences)
    for reason in explain(asked, found):
        left = [(c, [x for x in row if x != reason.order]) for c, row in found.sequences]
        rest = ride(asked, [x for x in left if x[1]])
        if reason.courier < 0:
            assert (reason.order in found.unplanned, whole.total) == (True, rest.total)
        elif not rest.broken:
            assert whole.total - rest.total + asked.unplanned_s[reason.order] == reason.costs_s
            expected = {x: whole.cost[x] - rest.cost[x] for x in TERMS}
            expected["unplanned"] += int(asked.unplanned_s[reason.order])
            assert {x: s for x, s in expected.items() if s} == reason.costs


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 3), features)
def test_the_best_alternative_is_a_plan_and_the_cheapest(
    seed: int, orders: int, couriers: int, on: frozenset[str]
) -> None:
    """Put there, the plan costs as much more as was said; no other place is cheaper; its own place is no other."""
    asked = problem(seed, orders=orders, couriers=couriers, on=on)
    found = solve(asked, seed=1, iterations=0)
    whole = ride(asked, found.sequences)
    for reason in explain(asked, found):
        left = [(c, [x for x in row if x != reason.order]) for c, row in found.sequences]
        rest = [x for x in left if x[1]]
        costs = []
        for courier in range(couriers):
            mine = [list(row) for c, row in rest if c == courier]
            others = [x for x in rest if x[0] != courier]
            for trip in range(len(mine) + 1):
                rows = [[*mine[:trip], [reason.order], *mine[trip:]]]
                if trip < len(mine):
                    for place in range(len(mine[trip]) + 1):
                        longer = [*mine[trip][:place], reason.order, *mine[trip][place:]]
                        rows.append([*mine[:trip], longer, *mine[trip + 1 :]])
                for row in rows:
                    plan = [*others, *((courier, x) for x in row)]
                    ridden = ride(asked, plan)
                    if not ridden.broken and days(plan) != days(found.sequences):
                        costs.append(ridden.total - whole.total)
        assert min(costs, default=None) == (None if reason.other is None else reason.other.more_s)
        if reason.other is not None:
            assert sum(reason.other.more.values()) == reason.other.more_s


def test_only_the_orders_asked_for_are_explained() -> None:
    """A page asks for the orders that it shows, and gets them in its sequence."""
    asked = problem(1, orders=8, couriers=2)
    found = solve(asked, seed=1, iterations=50)
    assert [5, 2] == [x.order for x in explain(asked, found, [5, 2])]
    assert list(range(8)) == [x.order for x in explain(asked, found)]
