"""A day of meals is lived by its rules, whoever dispatches, and nobody looks ahead."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from doorstep.base.errors import BadInput
from doorstep.bench.grubhub.check import check
from doorstep.bench.grubhub.live import Go, live
from doorstep.bench.grubhub.measure import floor_min, measured
from doorstep.bench.grubhub.plans import Params
from doorstep.bench.grubhub.replay import Options, Policy, dispatcher, replay_grubhub
from doorstep.bench.grubhub.sheet import Row, write_rows
from doorstep.intake.grubhub import read_instance, write_instance
from doorstep.intake.grubhub.instance import Instance, MealCourier, MealOrder, Numbers, Restaurant
from tests.dispatch.grubhub.small import small_day

QUICK = Params(rounds=40)
OPTIONS = [Options(policy=x, params=QUICK) for x in get_args(Policy)]
every_policy = pytest.mark.parametrize("options", OPTIONS, ids=lambda x: x.policy)


def text_of(rows: list[Row], folder: Path) -> str:
    write_rows(rows, folder / "a.csv")
    return (folder / "a.csv").read_text("utf-8")


@given(
    seed=st.integers(0, 10_000),
    orders=st.integers(1, 60),
    couriers=st.integers(1, 8),
    pickup_min=st.integers(0, 5),
    dropoff_min=st.integers(0, 5),
    policy=st.sampled_from(OPTIONS),
)
def test_every_day_is_lawful(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    orders: int,
    couriers: int,
    pickup_min: int,
    dropoff_min: int,
    policy: Options,
) -> None:
    """Whatever the day and the policy, the check finds nothing, and no order is brought twice."""
    numbers = Numbers(
        speed_m_min=300,
        pickup_min=pickup_min,
        dropoff_min=dropoff_min,
        target_min=40,
        most_min=90,
        pay_order=10,
        pay_hour=15,
    )
    day = small_day(seed, orders=orders, couriers=couriers, numbers=numbers)
    rows = live(day, dispatcher(policy))
    assert [] == check(text_of(rows, tmp_path_factory.mktemp("day")), day)
    brought = [x.order for x in rows if x.order]
    assert len(set(brought)) == len(brought)


@every_policy
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_looks_ahead(options: Options, seed: int, tmp_path: Path) -> None:
    """A day cut after minute T has every row given before T byte for byte the same."""
    day = small_day(seed, orders=60)
    whole = text_of(live(day, dispatcher(options)), tmp_path).splitlines()
    for cut_min in (20, 45, 77, 110):
        cut = replace(day, orders=tuple(x for x in day.orders if x.placed_min < cut_min))
        text = text_of(live(cut, dispatcher(options)), tmp_path).splitlines()
        early, early_cut = ([x for x in lines[1:] if float(x.split(",")[3]) < cut_min] for lines in (whole, text))
        assert early
        assert early_cut == early


@every_policy
def test_the_same_day_is_lived_the_same(options: Options, tmp_path: Path) -> None:
    """Two lives of one day are one text."""
    day = small_day(9)
    assert text_of(live(day, dispatcher(options)), tmp_path) == text_of(live(day, dispatcher(options)), tmp_path)


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_below_the_floor(seed: int) -> None:
    """No order reaches its door sooner than if a courier had waited at its restaurant."""
    day = small_day(seed, couriers=12)
    for order in day.orders:
        alone = replace(day, orders=(order,))
        for row in live(alone, dispatcher(OPTIONS[0])):
            if row.order:
                assert row.dropoff / 2 - order.placed_min >= floor_min(alone)
    rows = live(day, dispatcher(OPTIONS[0]))
    reached = {x.order for x in rows}
    kept = replace(day, orders=tuple(x for x in day.orders if x.order in reached))
    spread = measured(day, rows)["click_to_door_min"]
    assert isinstance(spread, dict)
    assert spread["mean"] >= floor_min(kept)


def one_order(*, ready_min: int = 30, off_min: int = 100) -> Instance:
    return Instance(
        name="one",
        orders=(MealOrder(order="o1", x_m=6_400, y_m=0, placed_min=10, restaurant="r1", ready_min=ready_min),),
        couriers=(MealCourier(courier="c1", x_m=0, y_m=0, on_min=0, off_min=off_min),),
        restaurants=(Restaurant(restaurant="r1", x_m=3_200, y_m=0),),
        numbers=Numbers(
            speed_m_min=320, pickup_min=4, dropoff_min=4, target_min=40, most_min=90, pay_order=10, pay_hour=15
        ),
    )


@every_policy
def test_one_order_by_hand(options: Options) -> None:
    """Ready at 30, 2 min of service, 10 of riding, 2 at the door: at 44, whoever is in time."""
    rows = live(one_order(), dispatcher(options))
    assert [88] == [x.dropoff for x in rows if x.order]


@every_policy
def test_nothing_is_taken_up_after_the_shift(options: Options) -> None:
    """A meal ready in the courier's last minute is brought, one a minute later is not."""
    assert [60] == [x.pickup for x in live(one_order(off_min=30), dispatcher(options)) if x.order]
    assert [] == [x for x in live(one_order(off_min=29), dispatcher(options)) if x.order]


class Says:
    """Says one thing in one minute."""

    def __init__(self, minute: int, *goes: Go) -> None:
        self.minute, self.goes = minute, goes

    def decide(self, minute: int, placed: object, street: object) -> tuple[Go, ...]:
        return self.goes if minute == self.minute else ()


WRONG: list[Callable[[], Says]] = [
    lambda: Says(5, Go(courier="c1", restaurant="r1", orders=("o1",))),  # not placed yet
    lambda: Says(20, *[Go(courier="c1", restaurant="r1")] * 2),  # on the way
    lambda: Says(95, Go(courier="c1", restaurant="r1", orders=("o1",))),  # would be there after the shift
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_is_not_done(wrong: Callable[[], Says]) -> None:
    """A dispatcher that asks for the impossible is stopped, not believed."""
    with pytest.raises((AssertionError, KeyError)):
        live(one_order(), lambda known: wrong())


def test_a_folder_becomes_two_files(tmp_path: Path) -> None:
    """`replay_grubhub` writes the table and the measures, and says how far it is."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    write_instance(small_day(4), folder)
    said: list[tuple[int, int]] = []
    done = replay_grubhub(
        folder, out, options=Options(params=QUICK), progress=lambda lived, of: said.append((lived, of))
    )
    assert sorted(done.files) == sorted(x.name for x in out.iterdir())
    assert [] == check((out / "assignments.csv").read_text("utf-8"), read_instance(folder))
    metrics = msgspec.json.decode((out / "metrics.json").read_bytes())
    assert done.counts["delivered"] == metrics["delivered"] == metrics["orders"] - metrics["undelivered"]
    assert said[-1][0] == said[-1][1] == len(said)


def test_no_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is not there is refused, and nothing is written."""
    with pytest.raises(BadInput):
        replay_grubhub(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_table_reads_as_the_format_says(tmp_path: Path) -> None:
    """Rows come by the minute of their assignment; half minutes end in `.5`."""
    rows = [Row("c1", "o1", "r1", 9, 11, 20), Row("c2", "", "r1", 4, 6, 6)]
    expected = "courier,order,restaurant,assigned_min,pickup_min,dropoff_min\nc2,,r1,2,3,3\nc1,o1,r1,4.5,5.5,10\n"
    text = text_of(rows, tmp_path)
    assert expected.splitlines() == StringIO(text).read().splitlines()


@every_policy
def test_without_couriers_nothing_is_brought(options: Options) -> None:
    """A day without couriers has no rows; every order is counted as not delivered."""
    day = replace(small_day(1), couriers=())
    assert [] == live(day, dispatcher(options))
    assert len(day.orders) == measured(day, [])["undelivered"]
