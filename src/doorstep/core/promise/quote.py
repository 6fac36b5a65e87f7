"""A promise and the probability of keeping it."""

from collections.abc import Callable
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


class Ahead(Struct, frozen=True, kw_only=True):
    """
    What stands between an order placed now and its door. Instants in epoch seconds.

    Parameters
    ----------
    queue_s, pick_s
        Seconds before a picker begins, and for picking.
    free_s
        When each courier on shift is, or should be, free at the site, ascending and not before now; if nobody is on
        shift, when the next shift begins.
    orders
        Orders that are in no box yet.
    ride_s
        Seconds from the site to this door, at the pace of today.
    trip_s
        Seconds from leaving to being back, in the mean of today.
    """

    queue_s: int
    pick_s: int
    free_s: tuple[int, ...]
    orders: int
    ride_s: int
    trip_s: int


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
        Riding time from the site to this door at the usual pace.

    Returns
    -------
    The first promise of the ladder whose half hour has capacity left and whose probability of being kept is at least
    the target; or `NoPromise`.

    Notes
    -----
    The goods are packed after the queue before the pickers (list scheduling over those on shift) and picking with the
    orders that share the wave. For the rest see `promise_ahead`. O(orders + people).
    """
    assert lines >= 1, "an empty basket has no promise"
    pick_s = params.wave_s + params.line_s * lines * params.orders_a_wave_e1 // 10
    ahead = Ahead(
        queue_s=_picker_s(load, now_s, params) - now_s,
        pick_s=pick_s,
        free_s=_couriers_s(load, now_s),
        orders=len(load.undispatched),
        ride_s=load.pace.seconds(ride_s),
        trip_s=load.pace.seconds(params.trip_s),
    )

    def has_room(due_s: int) -> bool:
        slot = due_s // params.slot_s
        return load.used.get(slot, 0) < load.capacity(slot, params)

    return promise_ahead(ahead, now_s=now_s, has_room=has_room, params=params)


def promise_ahead(
    ahead: Ahead, *, now_s: int, has_room: Callable[[int], bool], params: PromiseParams
) -> Promise | NoPromise:
    """
    Say when an order will be at the door, where what is ahead of it is known.

    Parameters
    ----------
    has_room
        Whether one more promise may fall due at an instant.

    Returns
    -------
    As `promise`.

    Notes
    -----
    Expected arrival = queue + picking + the wait for a courier (the orders ahead share trips over those on shift) +
    loading, ride, service. Stops before one's own and waiting for company are no part of it: dispatch allows them only
    where the promise has the room. Its error is taken as logistic (days bring more great errors than a normal
    distribution has), with a spread that grows with each part.
    """
    packed_s = now_s + ahead.queue_s + ahead.pick_s
    wait_s = max(_turn_s(ahead, params) - packed_s, 0)
    ride_s = params.loading_s + ahead.ride_s + params.service_s
    mean_s = packed_s + wait_s + ride_s - now_s
    parts = (
        (ahead.queue_s, params.queue_spread_bp),
        (wait_s, params.wait_spread_bp),
        (ride_s, params.ride_spread_bp),
    )
    spread_s = int((params.base_spread_s**2 + sum((x * bp / ONE_BP) ** 2 for x, bp in parts)) ** 0.5)
    why = PromiseReason(ahead.queue_s, ahead.pick_s, wait_s, ride_s, spread_s)
    for rung_s in params.ladder_s:
        kept_bp = int(ONE_BP / (1 + exp((mean_s - rung_s) / (spread_s * _LOGISTIC))))
        if kept_bp >= params.target_bp and has_room(now_s + rung_s):
            return Promise(promised_at_s=now_s + rung_s, p_kept_bp=kept_bp, why=why)
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


def _couriers_s(load: Load, now_s: int) -> tuple[int, ...]:
    """When the couriers on shift are free; if there is none, when the first planned shift begins that is not over."""
    free = sorted(max(x, now_s) for x in load.courier_free_s.values())
    if free:
        return tuple(free)
    coming = [on for on, off in load.courier_shifts.values() if off > now_s]
    return (max(now_s, min(coming, default=now_s)),)


def _turn_s(ahead: Ahead, params: PromiseParams) -> int:
    """When a courier can leave with an order that is ready in time, all orders ahead served first."""
    rounds, turn = divmod(ahead.orders * 10 // params.orders_a_trip_e1, len(ahead.free_s))
    return ahead.free_s[turn] + rounds * ahead.trip_s
