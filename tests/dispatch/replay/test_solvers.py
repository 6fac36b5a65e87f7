"""VROOM, OR-Tools and PyVRP on planning moments: how they are asked, how their answers are read, what these keep."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.errors import BadInput
from doorstep.bench.days import ortools, vroom
from doorstep.bench.days.hired import PYVRP, Hired, priced
from doorstep.bench.days.library import Library
from doorstep.bench.days.moments import plans
from doorstep.bench.days.shipments import OPEN_S, Trips, refuse_limits, trips_of, windows
from doorstep.bench.days.solvers import PEERS, versions
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.model.dispatch import Slice, Travel
from doorstep.model.plan import Snapshot
from doorstep.wire.bench import Settings, bench_days
from tests.dispatch.kernel.made import snapshot
from tests.dispatch.replay.days import small
from tests.dispatch.replay.test_commands import folder_of

Stops = list[tuple[int, bool]]
Reader = Callable[[int, Iterable[tuple[int, bool]]], Trips]
SITE = -1


@st.composite
def sequences(draw: st.DrawFn) -> Stops:
    """Pick-ups and deliveries of one courier, each order picked up before it is delivered, any number on board."""
    waiting = list(range(draw(st.integers(0, 8))))
    stops: Stops = []
    on_board: list[int] = []
    while waiting or on_board:
        if waiting and (not on_board or draw(st.booleans())):
            on_board.append(waiting.pop())
            stops.append((on_board[-1], True))
        else:
            stops.append((on_board.pop(draw(st.integers(0, len(on_board) - 1))), False))
    return stops


def ridden(stops: Stops) -> list[int]:
    """Where the courier is, one after the other; a halt at the site is one, however much is picked up."""
    places = [SITE, *(SITE if picked else order for order, picked in stops), SITE]
    return [x for x, before in zip(places, [None, *places], strict=False) if x != before]


def fullest(stops: Stops) -> int:
    """The most orders on board at once."""
    most = load = 0
    for _, picked in stops:
        load += 1 if picked else -1
        most = max(most, load)
    return most


def faults(reader: Reader, stops: Stops) -> list[str]:
    """What a reader gets wrong: orders, the way, or the box."""
    trips = [row for _, row in reader(7, stops)]
    found = []
    if sorted(x for row in trips for x in row) != sorted(x for x, picked in stops if picked):
        found.append("orders")
    again = [SITE, *(x for row in trips for x in (*row, SITE))]
    if again != ridden(stops):
        found.append("way")
    if max(map(len, trips), default=0) > fullest(stops):
        found.append("box")
    return found


@given(sequences())
def test_trips_ride_the_way_that_was_planned(stops: Stops) -> None:
    """Every order is on one trip, the same places follow each other, and no box is fuller than it was."""
    assert [] == faults(trips_of, stops)


def test_a_reader_that_waits_for_an_empty_box_is_found_out() -> None:
    """Who comes by the site with an order on board rides a trip more, and never carries both loads at once."""

    def when_empty(courier: int, stops: Iterable[tuple[int, bool]]) -> Trips:
        trips: Trips = []
        row: list[int] = []
        load = 0
        for order, picked in stops:
            load += 1 if picked else -1
            row += [] if picked else [order]
            if not load:
                trips.append((courier, tuple(row)))
                row = []
        return trips

    by_the_site = [(0, True), (1, True), (0, False), (2, True), (1, False), (2, False)]
    assert [(7, (0,)), (7, (1, 2))] == trips_of(7, by_the_site)
    assert ["way", "box"] == faults(when_empty, by_the_site)
    assert ["orders", "way"] == faults(lambda courier, stops: trips_of(courier, stops)[1:], by_the_site)


def of_speeds(seed: int, *, orders: int, couriers: int) -> Snapshot:
    """A moment with couriers of several speeds and a few promises that nobody can keep."""
    dice, made = Random(seed), snapshot(seed, orders=orders, couriers=couriers)
    people = [msgspec.structs.replace(x, speed_mm_s=dice.choice((2_500, 4_167, 6_000))) for x in made.couriers]
    rows = [
        msgspec.structs.replace(x, promised_at_s=x.ready_at_s + dice.randint(120, 2_000)) if dice.random() < 0.3 else x
        for x in made.orders
    ]
    return msgspec.structs.replace(made, couriers=tuple(people), orders=tuple(rows))


def late_at_best_s(problem: Problem, order: int) -> int:
    """Seconds late if it rides alone and first, with whom it suits best; as our own rules ride it."""
    return min(priced(problem, [(c, (order,))]).late_s for c in range(problem.couriers))


@pytest.mark.parametrize("seed", range(1, 6))
def test_only_an_order_that_nobody_could_bring_in_time_may_come_whenever(seed: int) -> None:
    """Every window ends at the promise exactly, as our own rules tell it, or not at all."""
    problem = of_snapshot(of_speeds(seed, orders=30, couriers=6))
    when = windows(problem)
    assert [late_at_best_s(problem, i) > 0 for i in range(problem.orders)] == (when.last_s == OPEN_S).tolist()
    open_too = when.last_s == OPEN_S
    assert open_too.any()
    assert (when.due_s + problem.service_s + problem.now_s == problem.due_s)[~open_too].all()
    assert (when.last_s == when.due_s)[~open_too].all()


def test_a_peers_rows_show_what_it_leaves_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two limits each, priced by our rules, what is left out counted; once it is installed, it is in the table."""
    someone = Library(name="Someone", package="msgspec", module="msgspec")
    limits_s: list[float] = []

    def lazy(problem: Problem, *, seconds: float, clock: Callable[[], float], seed: int) -> Hired:
        limits_s.append(seconds)
        return Hired(trips=tuple((0, (x,)) for x in range(1, problem.orders)), spent_s=0.0)

    for there in tuple(PEERS):
        monkeypatch.delitem(PEERS, there)
    made = snapshot(1, orders=5, couriers=2)
    path = tmp_path / "five.snapshot.json"
    path.write_bytes(msgspec.json.encode(made))
    folder_of(small(1, hours=0.5), tmp_path / "days" / "one")
    settings = Settings(policies=("fifo",), seed=1, iterations=None, seconds=0.2, noise=False, moments=("five",))

    def table() -> str:
        bench_days(tmp_path / "days", tmp_path / "out", settings, snapshots=[path], say=lambda _: None)
        return (tmp_path / "out" / "table.md").read_text("utf-8")

    assert "Someone" not in table()
    monkeypatch.setitem(PEERS, someone, lazy)
    rows = plans("five", made, clock=process_time, seed=1)
    assert ["ours 50 ms", "Someone 50 ms", "Someone 200 ms"] == [x.who for x in rows]
    assert [0.0, 0.05, 0.2] == limits_s
    assert [0, 1, 1] == [x.unserved for x in rows]
    whole = priced(of_snapshot(made), [(0, (x,)) for x in range(1, 5)])
    assert [whole.cost] * 2 == [x.cost for x in rows[1:]]
    # Installed after the first table was made: the same command adds it, and then goes on with what is kept.
    for _ in range(2):
        told = table()
        assert f"| five | Someone 200 ms | – | – | {whole.late_s:,} | 0 | 1 |" in told
        assert f"Peers: Someone {msgspec.__version__}. They stop by CPU time" in told
    assert [0.0, 0.05, 0.2] * 2 == limits_s
    kept = msgspec.json.decode((tmp_path / "out" / "bench.json").read_bytes())["peers"]
    assert {"Someone": msgspec.__version__} == versions() == kept


def lent(library: Library) -> pytest.MarkDecorator:
    """Skip where a peer is missing."""
    return pytest.mark.skipif(library.version() is None, reason=library.absent)


@pytest.mark.parametrize("library", [pytest.param(x, marks=lent(x), id=x.name) for x in PEERS])
@pytest.mark.parametrize(("orders", "couriers", "late"), [(16, 8, False), (16, 2, False), (12, 4, True)])
def test_what_a_peer_plans_can_be_ridden(library: Library, orders: int, couriers: int, late: bool) -> None:
    """
    Every order is on one trip or counted as left out, boxes hold, and the price is that of the ride.

    Promises that nobody can keep are no reason to leave an order out.
    """
    made = snapshot(3, orders=orders, couriers=couriers)
    problem = of_snapshot(made)
    if late:
        problem.due_s[:] = problem.now_s - 100
    hired = PEERS[library](problem, seconds=0.02, clock=process_time, seed=1)
    served = [x for _, row in hired.trips for x in row]
    found = priced(problem, hired.trips)
    assert len(set(served)) == len(served)
    assert set(served) <= set(range(orders))
    assert orders - len(served) == found.unserved
    assert {c for c, _ in hired.trips} <= set(range(couriers))
    assert all(row for _, row in hired.trips)
    # PyVRP in overload may hand back its start, boxes too full.
    assert library == PYVRP or not found.overfull
    assert couriers == 2 or not found.unserved
    assert late == (found.late_s > 0) or couriers == 2
    assert found.cost == ridden_cost(problem, hired.trips) + 1_000_000 * found.unserved


def ridden_cost(problem: Problem, trips: Sequence[tuple[int, Sequence[int]]]) -> int:
    """Ride trip by trip, slowly: travel and lateness by the rules of a dispatch day; shifts are long."""
    cost, back_s = 0, dict(enumerate(problem.free_s.tolist()))
    for courier, row in trips:
        ride = problem.travel[problem.kind[courier], 0]
        now_s = max(back_s[courier], *(int(problem.ready_s[x]) for x in row)) + problem.loading_s
        at = 0
        for x in row:
            now_s += int(ride[at, problem.place[x]] + problem.service_s[x])
            cost += int(ride[at, problem.place[x]])
            late_s = now_s - int(problem.due_s[x])
            cost += 600 + 2 * late_s if late_s > 0 else 0
            at = problem.place[x]
        back_s[courier] = now_s + int(ride[at, 0])
        cost += int(ride[at, 0])
    return cost


@lent(vroom.VROOM)
@pytest.mark.parametrize("seed", [3, 5, 7])
def test_vroom_rides_as_long_as_it_says_and_in_time(seed: int) -> None:
    """The time that it counts is ours: what it brings is in time, and its cost is our travel over several trips."""
    problem = of_snapshot(snapshot(seed, orders=20, couriers=2))
    assert not (windows(problem).last_s == OPEN_S).any()
    stated = vroom._stated(vroom.VROOM.load(), problem)
    plan = stated.solve(exploration_level=1, nb_threads=1)
    trips = vroom._read(plan)
    found = priced(problem, trips)
    assert len(trips) > 2
    assert (0, 0) == (found.late_s, found.overfull)
    assert plan.summary.unassigned == 2 * found.unserved, "it counts pick-ups and deliveries"
    assert plan.summary.cost == found.cost - 1_000_000 * found.unserved


@lent(vroom.VROOM)
def test_vroom_goes_on_while_there_is_time() -> None:
    """With more time fewer are left out, though it rides longer; with the same first plan alone, the same twice."""
    problem = of_snapshot(snapshot(3, orders=20, couriers=3))
    short, again, long = (vroom.hire(problem, seconds=x, clock=process_time, seed=1) for x in (0.0, 0.0, 0.3))
    assert short.trips == again.trips
    assert priced(problem, long.trips).cost < priced(problem, short.trips).cost
    assert long.spent_s > short.spent_s


@lent(ortools.ORTOOLS)
def test_or_tools_brings_in_time_what_it_takes_with_hard_promises() -> None:
    """The time that it counts is ours, and the first plan comes, though no time is given."""
    problem = of_snapshot(snapshot(1, orders=20, couriers=3))
    assert not (windows(problem).last_s == OPEN_S).any()
    hired = ortools.hire(problem, seconds=0.0, clock=process_time, seed=1)
    found = priced(problem, hired.trips)
    assert len(hired.trips) > 3
    assert (0, 0) == (found.late_s, found.overfull)
    assert 0 < found.unserved < 20


@lent(ortools.ORTOOLS)
def test_or_tools_is_late_rather_than_leaving_out_where_it_has_the_time() -> None:
    """In overload it begins anew with soft promises, which serves everybody."""
    problem = of_snapshot(snapshot(1, orders=12, couriers=1))
    found = priced(problem, ortools.hire(problem, seconds=0.4, clock=process_time, seed=1).trips)
    assert (0, 0) == (found.unserved, found.overfull)
    assert found.late_s > 0


@pytest.mark.parametrize("what", ["breaks", "ranges", "limits on board", "not every kind", "slow hours"])
def test_peers_are_not_given_moments_that_say_more_than_they_are_told(what: str) -> None:
    """Each limit alone is named; a moment without any is taken."""
    made = snapshot(1, orders=12, couriers=3)
    refuse_limits(of_snapshot(made), "Someone")
    first, *rest = made.couriers
    end = {"break_from_at_s": made.now_s, "break_to_at_s": made.now_s + 60, "break_s": 60}
    rules = made.params
    slow = Travel(slices=(Slice(from_at_s=made.now_s + 900, slower_bp=12_000),))
    others: dict[str, dict[str, Any]] = {
        "breaks": {"couriers": (msgspec.structs.replace(first, **end), *rest)},
        "ranges": {"couriers": (msgspec.structs.replace(first, range_m=9_000), *rest)},
        "limits on board": {"params": msgspec.structs.replace(rules, chilled_on_board_s=900)},
        "not every kind": {"orders": tuple(msgspec.structs.replace(x, kinds=("van",)) for x in made.orders)},
        "slow hours": {"params": msgspec.structs.replace(rules, travel=slow)},
    }
    with pytest.raises(BadInput, match=what):
        refuse_limits(of_snapshot(msgspec.structs.replace(made, **others[what])), "Someone")
