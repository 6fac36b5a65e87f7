"""Who stays: why each order waits that no trip takes now, and who has a break meanwhile."""

from collections.abc import Collection, Mapping

import numpy as np

from doorstep.core.dispatch.moment import Moment, rests_before
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.score import score
from doorstep.core.dispatch.solve import SolvedTrip
from doorstep.core.dispatch.tick import Waiting
from doorstep.core.dispatch.wait import Hold, Leave, Sight

Looks = list[tuple[SolvedTrip, Leave | None, Sight]]
"""Trips that could leave now: why each does, None if it waits, and what was looked at."""


def held_back(moment: Moment) -> dict[int, Hold]:
    """Why each order would wait if no trip left now."""
    problem, numbers = moment.problem, moment.known.orders.tolist()
    held: dict[int, Hold] = {}
    for trip in moment.solved.trips:
        unready = int(problem.ready_s[list(trip.orders)].max()) > int(problem.free_s[trip.courier])
        for x in trip.orders:
            packed = int(problem.ready_s[x]) <= moment.known.now_s
            held[numbers[x]] = "not_ready" if not packed else "company" if unready else "no_courier"
    for x in moment.solved.unplanned:
        held[numbers[x]] = why_nobody(problem, x)
    return held


def waits_of(moment: Moment, held: Mapping[int, Hold], looks: Looks, put_off: Mapping[int, int]) -> dict[int, Waiting]:
    """
    Explain why orders wait.

    Parameters
    ----------
    held
        Why each waits, by its number.
    looks
        At trips that could leave now.
    put_off
        What it saves that an order waits although its trip would leave, by its number, seconds of cost.
    """
    seen = {(x.courier, x.loads_s): sight for x, _, sight in looks}
    made: dict[int, Waiting] = {}
    for trip in moment.solved.trips:
        sight = seen.get((trip.courier, trip.loads_s))
        for x in moment.orders(trip):
            if x in held:
                made[x] = Waiting(
                    courier=moment.courier(trip),
                    loads_s=trip.loads_s,
                    slack_s=moment.slack_s(trip),
                    now_bp=sight.now_bp if sight is not None else None,
                    saves_s=put_off.get(x),
                )
    return made


def why_nobody(problem: Problem, order: int) -> Hold:
    """Why no courier who is here or soon will be can take an order, the plainest reason first."""
    fits = (problem.volume_ml[order] <= problem.box_ml).all(axis=1)
    if not fits.any():
        return "no_courier" if problem.couriers == 0 else "too_big"
    may = fits & ((problem.may_take[order] >> problem.kind) & 1 == 1)
    if not may.any():
        return "no_kind"
    alone = [score(problem, np.array([c]), np.array([0, 1]), np.array([order])) for c in np.flatnonzero(may).tolist()]
    return "no_courier" if any(x.allowed for x in alone) else "too_far"


def resting(moment: Moment, leaving: Collection[int]) -> tuple[int, ...]:
    """Who begins a break now: whose window is open, and for whom nothing is planned before the break."""
    problem, known = moment.problem, moment.known
    if not problem.break_s.any():
        return ()
    due = (problem.break_s > 0) & (known.free_s[moment.rows] <= known.now_s) & (problem.break_from_s <= known.now_s)
    rests = rests_before(problem, moment.solved.trips)
    first: dict[int, int] = {}
    for trip in moment.solved.trips:
        first.setdefault(trip.courier, trip.loads_s)
    numbers: list[int] = known.couriers[moment.rows].tolist()
    return tuple(
        numbers[c]
        for c in np.flatnonzero(due & (problem.free_s <= known.now_s)).tolist()
        if numbers[c] not in leaving and first.get(c) == rests.get(c)
    )
