"""A promise and the probability of keeping it."""

from math import exp, pi, sqrt
from typing import Final

from msgspec import Struct

from doorstep.base.units import ONE_BP
from doorstep.core.promise.load import Load
from doorstep.core.promise.params import PromiseParams
from doorstep.model.orders import PromiseReason

_LOGISTIC: Final = sqrt(3) / pi  # scale of a logistic distribution with a standard deviation of 1


class Promise(Struct, frozen=True, kw_only=True):
    """The shortest promise we will probably keep, and why."""

    promised_at_s: int
    p_kept_bp: int
    why: PromiseReason


class NoPromise(Struct, frozen=True, kw_only=True):
    """No arrival within the ladder that has capacity left and would probably be kept; `expected_s` from now."""

    expected_s: int


def promise(load: Load, *, lines: int, ride_s: int, now_s: int, params: PromiseParams) -> Promise | NoPromise:
    """
    Say when an order will be at the door.

    Parameters
    ----------
    load
        The site now.
    lines
        Lines of the basket, at least 1.
    ride_s
        Riding time from the site to this door.

    Returns
    -------
    The first promise of the ladder whose half hour has capacity left and whose probability of being kept is at least
    the target; or `NoPromise`.

    Notes
    -----
    Expected arrival = the queue before the pickers (list scheduling over those on shift) + picking with the orders
    that share the wave + the wait for a courier (the orders ahead share trips over those on shift) + loading, ride at
    the pace of today, service. Stops before one's own and waiting for company are no part of it: dispatch allows them
    only where the promise has the room. Its error is taken as logistic (days bring more great errors than a normal
    distribution has), with a spread that grows with each part. O(orders + people).
    """
    assert lines >= 1, "an empty basket has no promise"
    pick_s = params.wave_s + params.line_s * lines * params.orders_a_wave_e1 // 10
    ready_s = _picker_s(load, now_s, params) + pick_s
    courier_s = _courier_s(load, now_s, params)
    queue_s = ready_s - pick_s - now_s
    wait_s = max(courier_s - ready_s, 0)
    leave_s = ready_s + wait_s
    ride_all_s = params.loading_s + load.pace.seconds(ride_s) + params.service_s
    mean_s = leave_s + ride_all_s - now_s
    spread_s = int(
        (
            params.base_spread_s**2
            + (queue_s * params.queue_spread_bp / ONE_BP) ** 2
            + (wait_s * params.wait_spread_bp / ONE_BP) ** 2
            + (ride_all_s * params.ride_spread_bp / ONE_BP) ** 2
        )
        ** 0.5
    )
    why = PromiseReason(queue_s, pick_s, wait_s, ride_all_s, spread_s)
    for rung_s in params.ladder_s:
        kept_bp = int(ONE_BP / (1 + exp((mean_s - rung_s) / (spread_s * _LOGISTIC))))
        due_s = now_s + rung_s
        slot = due_s // params.slot_s
        if kept_bp >= params.target_bp and load.used.get(slot, 0) < load.capacity(slot, params):
            return Promise(promised_at_s=due_s, p_kept_bp=kept_bp, why=why)
    return NoPromise(expected_s=mean_s)


def _picker_s(load: Load, now_s: int, params: PromiseParams) -> int:
    """When a picker can begin with an order placed now."""
    free = sorted(max(x, now_s) for x in load.picker_free_s.values())
    if not free:
        # Nobody is here yet: the first planned shift that is not over.
        coming = [on for on, off in load.picker_shifts.values() if off > now_s]
        return max(now_s, min(coming, default=now_s))
    waiting_s = sum(params.wave_s * 10 // params.orders_a_wave_e1 + params.line_s * x for x in load.queue.values())
    return max(free[0], (sum(free) + waiting_s) // len(free)) if waiting_s else free[0]


def _courier_s(load: Load, now_s: int, params: PromiseParams) -> int:
    """When a courier can leave with an order that is ready in time, all orders ahead served first."""
    free = sorted(max(x, now_s) for x in load.courier_free_s.values())
    if not free:
        coming = [on for on, off in load.courier_shifts.values() if off > now_s]
        return max(now_s, min(coming, default=now_s))
    trips_ahead = len(load.undispatched) * 10 // params.orders_a_trip_e1
    rounds, turn = divmod(trips_ahead, len(free))
    return free[turn] + rounds * load.pace.seconds(params.trip_s)
