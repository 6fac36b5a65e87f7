"""What dispatch knows at an instant, and what it answers: who leaves now, who waits, and each time why."""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from doorstep.core.dispatch.explain import Reason
from doorstep.core.dispatch.problem import Prices
from doorstep.core.dispatch.wait import Hold, Leave

Whole = NDArray[np.int64]


class Known(Struct, frozen=True, kw_only=True):
    """
    All that may be known at one instant. Orders and couriers are called by their numbers in the day.

    Parameters
    ----------
    now_s
        The instant, epoch seconds.
    orders
        Numbers of the orders that were placed and are in no box yet, ascending, shape (n,).
    placed_s, ready_s, due_s
        When each was placed, is (or is expected to be) packed, and is promised to be handed over; epoch seconds, (n,).
    volume_ml
        Room that each takes, ml, shape (n, 3): ambient, chilled, frozen.
    couriers
        Numbers of the couriers whose shift is not over, ascending, shape (m,).
    free_s, on_s, off_s
        When each is (or is expected to be) free at the site, and the shift; epoch seconds, shape (m,).
    box_ml, kind
        Room in each box, ml, shape (m, 3); the first index of `travel`, shape (m,).
    travel
        Seconds, shape (kinds, 1, places, places); place 0 is the site, order i goes to place i + 1.
    past_placed_s, past_ready_s, past_due_s, past_ml
        The same of all orders placed so far, those that left too: orders 0 … k - 1 are no secret; shape (k,), (k, 3).
    loading_s, service_s, prices
        Rules of the day.
    overrun_s
        By how much today's handovers come later than expected at departure, all but one in twenty of them; trips are
        planned to be so much before their promises. 0 where rides take what they should, or too few were seen.
    """

    now_s: int
    orders: Whole
    placed_s: Whole
    ready_s: Whole
    due_s: Whole
    volume_ml: Whole
    couriers: Whole
    free_s: Whole
    on_s: Whole
    off_s: Whole
    box_ml: Whole
    kind: Whole
    travel: NDArray[np.int32]
    past_placed_s: Whole
    past_ready_s: Whole
    past_due_s: Whole
    past_ml: Whole
    loading_s: int
    service_s: int
    prices: Prices
    overrun_s: int = 0


class Leaving(Struct, frozen=True, kw_only=True):
    """
    A trip whose loading begins now.

    Parameters
    ----------
    courier, orders
        Numbers; orders in the sequence of their doors.
    why
        What made it leave now and not later.
    because
        Why each order is on it, in the sequence of its doors, where reasons are asked for; all by their numbers.
    slack_s
        Seconds by which it could have left later with nobody late because of it; negative if somebody is late.
    now_bp
        In how many of the futures its orders left now, in 10,000ths, where futures were asked.
    saves_s
        By how much it is cheaper than the trip that was planned, seconds of cost, where it left instead of that.
    """

    courier: int
    orders: tuple[int, ...]
    why: Leave = "at_once"
    slack_s: int = 0
    now_bp: int = 10_000
    saves_s: int = 0
    because: tuple[Reason, ...] = ()


class Decision(Struct, frozen=True, kw_only=True):
    """
    What one tick answers.

    Parameters
    ----------
    leaving
        At most one trip for each courier who is free.
    held
        Why each other order waits, by its number.
    arrivals_s
        When each waiting order is expected to be handed over, by its number; what the shopper may be shown.
    wanted_s
        When each order that is still to be packed is wanted for its trip at the latest, by its number; orders of one
        trip at one instant.
    wake_s
        When to look again at the latest, even if nothing happens: the first instant at which a held trip must go.
    """

    leaving: tuple[Leaving, ...] = ()
    held: Mapping[int, Hold] = field(default_factory=dict)
    arrivals_s: Mapping[int, int] = field(default_factory=dict)
    wanted_s: Mapping[int, int] = field(default_factory=dict)
    wake_s: int | None = None
