"""Dispatch days from folder to folder: replays, plans of a moment, and plans with hindsight."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from doorstep.base.errors import BadFile, BadInput, CheckFailed
from doorstep.bench.days.clairvoyant import Hindsight, as_numbers, as_ridden, clairvoyant, whole_day
from doorstep.bench.days.lived import Replay
from doorstep.bench.days.metrics import Metrics, metrics
from doorstep.bench.days.page import replay_page
from doorstep.bench.days.policies import Budget, policy_named
from doorstep.bench.days.promises import Ours, as_promised
from doorstep.bench.days.replay import replay
from doorstep.bench.days.rhythm import learned
from doorstep.bench.days.validator import check_trips
from doorstep.bench.days.world import DayArrays, World, arrays
from doorstep.bench.days.write import (
    COLUMNS,
    trip_rows,
    write_breaks,
    write_held,
    write_metrics,
    write_promises,
    write_trips,
    write_why,
)
from doorstep.core.dispatch.explain import Reason
from doorstep.core.dispatch.explain import explain as explain_orders
from doorstep.core.dispatch.held import why_nobody
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.solve import Deadline, make_ready, solve
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.model.dispatch import DispatchDay
from doorstep.roads import RoadsOf
from doorstep.wire.files import write_into, write_whole
from doorstep.wire.moments import day_points, read_snapshot, snapshot_points
from doorstep.wire.ways import Opened, Ways, roads_for

MAP, HINDSIGHT = "map.html", "clairvoyant"
STEPS: Final = 20_000
"""What a plan of one moment takes where no budget is named: some tenths of a second for a hundred orders."""
UNBOUNDED: Final = 1 << 40
Progress = Callable[[int, int], None]


class Lived(Struct, frozen=True, kw_only=True):
    """A replayed day: as given, as lived, in numbers, and the names of the orders that nobody brought."""

    day: DayArrays
    lived: Replay
    numbers: Metrics
    waiting: tuple[str, ...]


class Planned(Struct, frozen=True, kw_only=True):
    """A plan of one moment in numbers; `overtime` is priced, `unplanned` are orders that nobody can take."""

    cost: int
    travel_s: int
    late_orders: int
    late_s: int
    overtime: int
    trips: int
    rounds: int
    spent_ms: float
    unplanned: tuple[str, ...]


def live_dispatch(
    folder: Path,
    out: Path,
    *,
    policy: str,
    budget: Budget,
    seed: int,
    noise: bool = False,
    explain: bool = False,
    promise: bool = False,
    site: str | None = None,
    history: Path | None = None,
    ways: Ways | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Lived:
    """
    Replay the day of a folder and write what came of it.

    Parameters
    ----------
    explain
        Write also why every order left as it did.
    promise
        Promise every order anew when it is placed, in place of the day's own promises, and write how that turned out.
    history
        A folder of dispatch days; futures are sampled from the rhythm of those that lie before this one.
    ways
        What couriers go by; straight lines times the day's detour where nothing is named.

    Raises
    ------
    BadInput
        The day or the policy cannot be read, or `out` may not be written into.
    CheckFailed
        The checker finds another day in the files than the replay did: nothing is written.
    """

    def work(scratch: Path) -> Lived:
        given = read_dispatch_day(folder, site=site)
        by = day_roads(given, ways)
        day = arrays(given, roads=by.roads)
        rhythm = learned(_days_in(history), before=day.day) if history is not None else None
        decider = policy_named(policy, day=day, budget=_timed(budget), seed=seed, explain=explain, rhythm=rhythm)
        world = World(day, seed=seed, noise=noise)
        quoter = Ours() if promise else None
        lived = replay(day, decider, world=world, clock_ns=time.process_time_ns, progress=progress, quoter=quoter)
        day = as_promised(day, lived.quotes)
        numbers = metrics(day, lived, policy=policy, seed=seed, roads=by.said)
        if promise:
            write_promises(day, lived, scratch)
        if explain:
            write_why(day, lived, scratch)
            write_held(day, lived, scratch)
        _write(day, lived, numbers, scratch)
        check_lived(day, lived, numbers, noise=noise, roads=by.roads)
        waiting = tuple(str(day.day.orders[x].order) for x in lived.waiting)
        return Lived(day=day, lived=lived, numbers=numbers, waiting=waiting)

    return write_into(out, work, force=force)


def _write(day: DayArrays, lived: Replay, numbers: Metrics, folder: Path) -> None:
    """Write what every replay leaves behind."""
    write_trips(day, lived.ridden, folder)
    write_metrics(numbers, folder)
    if "break_s" in day.courier_more:
        write_breaks(day, lived, folder)
    (folder / MAP).write_bytes(replay_page(day, lived, numbers))


def day_roads(day: DispatchDay, ways: Ways | None) -> Opened:
    """
    Open what the couriers of a day go by.

    Raises
    ------
    BadInput
        A file cannot be read right, or is not of this day.
    """
    couriers = [(x.kind, x.speed_mm_s) for x in day.couriers]
    return roads_for(ways or Ways(), points=day_points(day), couriers=couriers, detour_e3=day.rules.travel.detour_e3)


def snapshot_problem(path: Path, ways: Ways | None) -> Problem:
    """
    Read a moment as a problem.

    Raises
    ------
    BadInput
        The moment, or what couriers go by, cannot be read right.
    """
    snapshot = read_snapshot(path)
    couriers = [(x.kind, x.speed_mm_s) for x in snapshot.couriers]
    detour_e3 = snapshot.params.travel.detour_e3
    by = roads_for(ways or Ways(), points=snapshot_points(snapshot), couriers=couriers, detour_e3=detour_e3)
    return of_snapshot(snapshot, roads=by.roads)


def _days_in(folder: Path) -> list[DispatchDay]:
    """Read every dispatch day of a folder, by name."""
    if not folder.is_dir():
        raise BadFile(str(folder), what="is no folder; name one that holds a folder for each dispatch day")
    return [read_dispatch_day(x) for x in sorted(folder.iterdir()) if (x / "day.json").is_file()]


def plan_snapshot(
    path: Path,
    out: Path,
    *,
    iterations: int | None,
    milliseconds: int | None,
    seed: int,
    ways: Ways | None = None,
    reasons: bool = False,
    force: bool = False,
) -> Planned:
    """
    Plan one moment and write the plan.

    Parameters
    ----------
    ways
        What couriers go by; straight lines times the snapshot's detour where nothing is named.
    reasons
        Write also, for each order, what it adds to the plan and what its best other place would cost.

    Raises
    ------
    BadInput
        The snapshot cannot be read right, or `out` is there already.
    """
    if out.exists() and not force:
        raise BadInput(f"{out} is there already; name another file, or add --force to write over it")
    problem = snapshot_problem(path, ways)
    make_ready(problem)
    begun = time.process_time()
    deadline = None
    if milliseconds is not None:
        deadline = Deadline(clock=time.process_time, at=begun + milliseconds / 1000)
    steps = (UNBOUNDED if milliseconds is not None else STEPS) if iterations is None else iterations
    solved = solve(problem, seed=seed, iterations=steps, deadline=deadline)
    spent_ms = (time.process_time() - begun) * 1000
    said = msgspec.to_builtins(solved.plan(problem))
    if reasons:
        said["why"] = [_reason(problem, x) for x in explain_orders(problem, solved)]
    write_whole(out, msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n")
    unplanned = tuple(problem.order_names[x] for x in solved.unplanned)
    return Planned(
        cost=solved.cost.total,
        travel_s=solved.cost.travel,
        late_orders=solved.cost.late_orders,
        late_s=solved.cost.late_s,
        overtime=solved.cost.overtime,
        trips=len(solved.trips),
        rounds=solved.rounds,
        spent_ms=round(spent_ms, 3),
        unplanned=unplanned,
    )


def _reason(problem: Problem, why: Reason) -> dict[str, object]:
    """Tell a reason by names; an order that nobody takes says why."""
    other = why.other
    return {
        "order": problem.order_names[why.order],
        "courier": problem.courier_names[why.courier] if why.courier >= 0 else None,
        "left_out": None if why.courier >= 0 else why_nobody(problem, why.order),
        "adds_s": why.costs,
        "adds_in_all_s": why.costs_s,
        "spare_s": why.spare_s,
        "instead": None
        if other is None
        else {
            "courier": problem.courier_names[other.courier],
            "trip": other.trip + 1,
            "alone": other.place < 0,
            "dearer_s": other.more,
            "dearer_in_all_s": other.more_s,
        },
    }


def find_clairvoyant(
    folder: Path,
    out: Path,
    *,
    seconds: float,
    seed: int,
    site: str | None = None,
    ways: Ways | None = None,
    progress: Callable[[float, float, int], None] | None = None,
) -> Hindsight:
    """
    Look for the cheapest plan of a day known as a whole, going on from the one in `out` if there is one.

    Raises
    ------
    BadInput
        The day cannot be read, or `out` holds something else than a plan of this day.
    CheckFailed
        The checker finds the plan impossible, or of another cost.
    """
    given = read_dispatch_day(folder, site=site)
    roads = day_roads(given, ways).roads
    day = arrays(given, roads=roads)
    before = read_hindsight(out) if out.exists() else None
    begin = as_numbers(day, before.trips) if before is not None else ()
    solved = clairvoyant(day, seconds=seconds, seed=seed, clock=time.process_time, begin=begin, progress=progress)
    if solved.unplanned:
        raise CheckFailed(f"nobody can bring {len(solved.unplanned)} orders of this day: no plan brings all")
    found = Hindsight(
        day=f"{day.day.date} {day.day.site.site} {len(day.day.orders)}",
        seed=seed,
        cost=solved.cost.total,
        seconds=round(seconds + (before.seconds if before is not None else 0), 3),
        trips=solved.plan(whole_day(day)).trips,
    )
    check_hindsight(day, found, roads=roads)
    write_whole(out, msgspec.json.encode(found) + b"\n")
    return found


def read_hindsight(path: Path) -> Hindsight:
    """
    Read a stored plan with hindsight.

    Raises
    ------
    BadFile
        It is none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Hindsight)
    except OSError as error:
        raise BadFile(str(path), what=f"cannot be read ({error.strerror}); name a plan") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFile(str(path), what=f"is no plan with hindsight ({error}); name another file") from error


def check_hindsight(day: DayArrays, found: Hindsight, *, roads: RoadsOf | None = None) -> Metrics:
    """
    Let the checker ride a stored plan.

    Raises
    ------
    CheckFailed
        It cannot be ridden, forgets an order, or costs something else.
    """
    ridden = as_ridden(day, found.trips)
    columns = [dict(zip(COLUMNS, x, strict=True)) for x in trip_rows(day, ridden)]
    checked = check_trips(day.day, columns, roads=roads)
    wrong = [f"{x.rule}: {x.what}" for x in checked.faults] + [f"{x} is on no trip" for x in checked.waiting]
    if checked.numbers["cost"] != found.cost:
        wrong.append(f"it costs {checked.numbers['cost']}, not {found.cost}")
    if wrong:
        raise CheckFailed(f"the plan with hindsight does not hold, {len(wrong)} faults, first {wrong[0]}")
    return metrics(day, Replay(ridden=ridden), policy=HINDSIGHT, seed=found.seed)


def _timed(budget: Budget) -> Budget:
    """Give a budget in milliseconds its clock: CPU time of this process."""
    return Budget(iterations=budget.iterations, ms=budget.ms, clock=time.process_time)


def check_lived(day: DayArrays, lived: Replay, numbers: Metrics, *, noise: bool, roads: RoadsOf | None = None) -> None:
    """
    Let the checker ride what was lived.

    Raises
    ------
    CheckFailed
        It finds another day than the replay did.
    """
    rows = [dict(zip(COLUMNS, x, strict=True)) for x in trip_rows(day, lived.ridden)]
    said = {x: getattr(numbers, x) for x in numbers.__struct_fields__}
    checked = check_trips(day.day, rows, said=said, noise=noise, roads=roads)
    if checked.faults:
        first = checked.faults[0]
        raise CheckFailed(
            f"the checker finds {len(checked.faults)} faults in the replay, first {first.rule}: {first.what}; "
            "this is a mistake of Doorstep, nothing was written"
        )
