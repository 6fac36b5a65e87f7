"""What no plan of a moment can undercut, beside the best plan that is known."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from doorstep.base.errors import BadFile, BadInput, CheckFailed
from doorstep.bench.days.bound import MOST_ORDERS, lower_bound
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.score import score
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.solve import solve
from doorstep.model.plan import Plan
from doorstep.wire.dispatch import STEPS
from doorstep.wire.files import write_whole
from doorstep.wire.moments import read_snapshot

OURS: Final = "ours"


class Certified(Struct, frozen=True, kw_only=True):
    """
    A bound and a plan of the same moment.

    Parameters
    ----------
    bound, cost
        Seconds of cost: no plan is below the first; the second is that of a plan that exists.
    gap_bp
        How much dearer the plan is than the bound, in basis points of the plan.
    plan
        Whose plan: `ours`, or the name of a file.
    ended
        Whether the bound was thought through; if not, the limit of CPU seconds cut it short: it holds all the same,
        but the true gap may be smaller.
    orders, couriers, trips, rounds, spent_s
        Of the moment; trips that were priced in, rounds of pricing, and CPU seconds.
    """

    snapshot: str
    bound: int
    cost: int
    gap_bp: int
    plan: str
    ended: bool
    orders: int
    couriers: int
    trips: int
    rounds: int
    spent_s: float


def certify(
    snapshot: Path,
    *,
    plan: Path | None,
    out: Path | None,
    seconds: float,
    slot_s: int,
    seed: int,
    force: bool = False,
    progress: Callable[[int, float], None] | None = None,
) -> Certified:
    """
    Prove that no plan of a moment is cheaper than a bound, and hold the best plan against it.

    Parameters
    ----------
    plan, out
        A plan of this moment, None: ours, of `STEPS` steps; where the numbers are written, None: nowhere.
    seconds
        CPU seconds after which proving ends, with what is proven by then.
    slot_s
        Couriers are counted in slots of so many seconds: shorter is tighter and slower.
    progress
        Told after every round of pricing how many there were, and the value of the master problem.

    Raises
    ------
    BadInput
        The moment is too large, or `out` is there already; a `BadFile` where snapshot or plan cannot be read right.
    CheckFailed
        The plan is cheaper than the bound: one of the two is wrong.
    """
    if out is not None and out.exists() and not force:
        raise BadInput(f"{out} is there already; name another file, or add --force to write over it")
    problem = _small(snapshot)
    cost, trips = _planned(problem, seed) if plan is None else _read(plan, problem)
    begun = time.process_time()
    proven = lower_bound(
        problem, slot_s=slot_s, begin=trips, progress=progress, stop=lambda: time.process_time() - begun >= seconds
    )
    if proven.cost_s > cost:
        raise CheckFailed(
            f"the plan costs {cost:,} s and the bound says {proven.cost_s:,} s at least: a mistake of Doorstep"
        )
    found = Certified(
        snapshot=snapshot.name,
        bound=proven.cost_s,
        cost=cost,
        gap_bp=round(10_000 * (cost - proven.cost_s) / cost) if cost else 0,
        plan=OURS if plan is None else plan.name,
        ended=proven.ended,
        orders=proven.orders,
        couriers=proven.couriers,
        trips=proven.trips,
        rounds=proven.rounds,
        spent_s=round(time.process_time() - begun, 3),
    )
    if out is not None:
        write_whole(out, msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    return found


def _small(snapshot: Path) -> Problem:
    """Read a moment; refuse one with more orders than can be counted."""
    problem = of_snapshot(read_snapshot(snapshot))
    if problem.orders > MOST_ORDERS:
        what = f"{problem.orders} orders, and a bound is proven for at most {MOST_ORDERS}; name a smaller moment"
        raise BadFile(str(snapshot), column="orders", what=what)
    return problem


def _planned(problem: Problem, seed: int) -> tuple[int, list[list[int]]]:
    """Plan the moment ourselves; what nobody can take is priced, as the bound prices it."""
    solved = solve(problem, seed=seed, iterations=STEPS)
    left = int(problem.unplanned_s[list(solved.unplanned)].sum())
    return solved.cost.total + left, [list(x.orders) for x in solved.trips]


def _read(path: Path, problem: Problem) -> tuple[int, list[list[int]]]:
    """Read a plan and ride it as early as possible; what it leaves out is priced, as the bound prices it."""
    try:
        trips = msgspec.json.decode(path.read_bytes(), type=Plan).trips
    except OSError as error:
        raise BadFile(str(path), what=f"cannot be read ({error.strerror}); name a plan") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what, _, place = str(error).partition(" - at ")
        raise BadFile(str(path), column=place.strip("`"), what=f"{what}; name what `dispatch plan` wrote") from error
    couriers = {str(x): i for i, x in enumerate(problem.courier_names)}
    orders = {str(x): i for i, x in enumerate(problem.order_names)}
    for at, trip in enumerate(trips):
        _known(path, f"trips[{at}].courier", [str(trip.courier)], couriers)
        _known(path, f"trips[{at}].orders", [str(x) for x in trip.orders], orders)
    rows = [(couriers[str(x.courier)], [orders[str(y)] for y in x.orders]) for x in trips if x.orders]
    rows.sort(key=lambda x: x[0])
    brought = [x for _, row in rows for x in row]
    if len(set(brought)) < len(brought):
        raise BadFile(str(path), column="trips", what="an order is on two trips; correct it")
    first = np.cumsum([0, *(len(x) for _, x in rows)]).astype(np.int64)
    timed = score(problem, np.array([x for x, _ in rows], np.int64), first, np.array(brought, np.int64))
    if not timed.allowed:
        raise BadFile(str(path), column="trips", what="a box is too full or a trip leaves after its shift; correct it")
    left = sorted(set(range(problem.orders)) - set(brought))
    return timed.cost.total + int(problem.unplanned_s[left].sum()), [row for _, row in rows]


def _known(path: Path, column: str, names: list[str], known: Mapping[str, int]) -> None:
    for x in names:
        if x not in known:
            raise BadFile(str(path), column=column, value=x, what="is not of this moment; name its own snapshot")
