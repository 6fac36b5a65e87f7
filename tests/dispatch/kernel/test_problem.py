"""What a planning moment is made of, and what is refused."""

from math import floor
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.errors import BadInput
from doorstep.core.dispatch.problem import KINDS, Problem, of_arrays
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.solve import solve
from doorstep.core.dispatch.travel import straight_travel
from doorstep.model.people import LAWFUL_MM_S, CourierKind, Place
from doorstep.model.plan import Plan
from doorstep.roads import Straight
from tests.dispatch.kernel.made import snapshot
from tests.oracles import roads as oracle

places = st.builds(Place, st.integers(31_000_000, 31_400_000), st.integers(121_200_000, 121_800_000))


@given(
    st.lists(places, min_size=1, max_size=5), st.sampled_from([3_334, 4_167, 6_944]), st.sampled_from([1_000, 1_350])
)
def test_travel_is_what_the_format_says(at: list[Place], speed_mm_s: int, detour_e3: int) -> None:
    """Every pair both ways, rounded half up, as the roads' own reference in exact decimals and as `Straight`."""
    roads = Straight(detour_e3=detour_e3)
    made = straight_travel(at, speeds_mm_s=[speed_mm_s], roads=roads)
    assert (1, 1, len(at), len(at)) == made.shape
    for i, a in enumerate(at):
        for j, b in enumerate(at):
            exact, margin = oracle.seconds(
                (a.lat_e6, a.lng_e6), (b.lat_e6, b.lng_e6), detour_e3=detour_e3, speed_mm_s=speed_mm_s
            )
            assert roads.seconds(a, b, speed_mm_s=speed_mm_s) == made[0, 0, i, j]
            assert exact == made[0, 0, i, j] or margin < 1e-9


def test_each_speed_has_a_matrix_of_its_own() -> None:
    """Couriers of several speeds ride by their own matrices, told apart by speed and kind."""
    moment = snapshot(1, orders=4, couriers=3)
    slow = msgspec.structs.replace(moment.couriers[1], speed_mm_s=2_000, kind="walker")
    asked = of_snapshot(msgspec.structs.replace(moment, couriers=(moment.couriers[0], slow, moment.couriers[2])))
    assert 2 == asked.travel.shape[0]
    assert [0, 1, 0] == asked.kind.tolist()
    assert np.all(asked.travel[1] >= asked.travel[0])


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_plans_faster_than_the_law_allows(kind: CourierKind) -> None:
    """The lawful speed is taken, a millimetre a second more is refused with who, how fast and how fast they may."""
    moment = snapshot(1, orders=4, couriers=3)
    for speed_mm_s in (LAWFUL_MM_S[kind], LAWFUL_MM_S[kind] + 1):
        fast = msgspec.structs.replace(moment.couriers[2], kind=kind, speed_mm_s=speed_mm_s)
        asked = msgspec.structs.replace(moment, couriers=(*moment.couriers[:2], fast))
        if speed_mm_s <= LAWFUL_MM_S[kind]:
            assert 3 == of_snapshot(asked).couriers
        else:
            with pytest.raises(BadInput, match=f"c02: {speed_mm_s} mm/s is faster than {LAWFUL_MM_S[kind]} mm/s"):
                of_snapshot(asked)
    assert 6_944 == floor(25 * 1_000_000 / 3_600) == LAWFUL_MM_S["ebike"]


def columns() -> dict[str, Any]:
    return {
        "now_s": 100,
        "orders": {"ready_s": [0, 50], "due_s": [900, 900], "place": [1, 2], "volume_ml": [[1, 0, 0], [1, 0, 0]]},
        "couriers": {"free_s": [0], "off_s": [9_000], "box_ml": [[5, 5, 5]]},
        "travel": np.full((1, 1, 3, 3), 60, dtype=np.int32),
    }


def test_columns_that_are_not_given_have_their_defaults() -> None:
    """Nobody is free before now; an order is not loaded before it is known; a column may be one number for all."""
    given_ = columns()
    given_["orders"] |= {"service_s": 30, "known_s": [200, 0]}
    asked: Problem = of_arrays(**given_)
    assert ([200, 50], [30, 30], [100], 2) == (
        asked.ready_s.tolist(),
        asked.service_s.tolist(),
        asked.free_s.tolist(),
        asked.fair_orders,
    )


@pytest.mark.parametrize(
    ("where", "name", "value", "says"),
    [
        ("orders", "place", [1, 3], "column place goes from 1 to 3, travel has 3"),
        ("orders", "due_s", [900], "column due_s of orders"),
        ("orders", "colour", [1, 2], "orders have no column colour"),
        ("couriers", "kind", [1], "column kind goes from 1 to 1, travel has 1"),
        ("couriers", "range_m", [900], "a range in metres needs metres"),
        ("couriers", "box_ml", [[5, 5]], "boxes 2"),
    ],
)
def test_a_column_that_cannot_be_right_is_refused(where: str, name: str, value: object, says: str) -> None:
    """With its name and what was expected."""
    given_ = columns()
    given_[where][name] = value
    with pytest.raises(BadInput, match=says):
        of_arrays(**given_)


def test_slices_and_metres_must_fit_travel() -> None:
    """As many ascending beginnings as travel has slices, and metres of the same places."""
    with pytest.raises(BadInput, match="travel has 1 slices"):
        of_arrays(**columns(), slices_s=[0, 5])
    with pytest.raises(BadInput, match="metres have the shape"):
        of_arrays(**columns(), metres=np.ones((1, 2, 2), dtype=np.int32))


def test_a_plan_of_a_snapshot_has_its_names() -> None:
    """The plan of formats, section 5: who leaves when with which orders, nobody before loading is done."""
    moment = snapshot(2, orders=20, couriers=10)
    asked = of_snapshot(moment)
    found = solve(asked, seed=1, iterations=200)
    plan = msgspec.json.decode(msgspec.json.encode(found.plan(asked)), type=Plan)
    assert sorted(x.order for x in moment.orders) == sorted(y for x in plan.trips for y in x.orders)
    assert [x.depart_s for x in found.trips] == [x.depart_at_s for x in plan.trips]
    assert min(x.depart_at_s for x in plan.trips) >= moment.now_s + 60
    assert {x.courier for x in plan.trips} <= {x.courier for x in moment.couriers}
