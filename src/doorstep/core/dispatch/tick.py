"""What dispatch knows at an instant, and what it answers: who leaves now, who waits, and each time why."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

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
    travel, slices_s, metres
        Seconds, shape (kinds, slices, places, places), and when each slice of the day begins; place 0 is the site,
        order i goes to place i + 1. Metres, shape (kinds, places, places), where a courier has a range.
    past_placed_s, past_ready_s, past_due_s, past_ml
        The same of all orders placed so far, those that left too: orders 0 … k - 1 are no secret; shape (k,), (k, 3).
    loading_s, service_s, prices
        Rules of the day.
    overrun_s
        By how much today's handovers come later than expected at departure, all but one in twenty of them; trips are
        planned to be so much before their promises. 0 where rides take what they should, or too few were seen.
    order_more, courier_more
        Columns of `Problem` that not every day needs, by name, shape (n,) or (m,): `on_board_s`, `may_take`,
        `announced_s` (what the shopper was shown) of the orders; `break_from_s`, `break_to_s`, `break_s` (0 after the
        break, too), `range_m`, `carried` of the couriers.
    past_more
        `on_board_s` and `may_take` of all orders placed so far, shape (k,).
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
    slices_s: tuple[int, ...] = (0,)
    metres: NDArray[np.int32] | None = None
    order_more: Mapping[str, Whole] = field(default_factory=dict)
    courier_more: Mapping[str, Whole] = field(default_factory=dict)
    past_more: Mapping[str, Whole] = field(default_factory=dict)

    @property
    def slice_now(self) -> int:
        """The second index of `travel` for what rides off after loading now."""
        return slice_at(self.slices_s, self.now_s + self.loading_s)


def slice_at(slices_s: Sequence[int], at_s: int) -> int:
    """Tell which slice holds at an instant; the first holds for all before it, too."""
    return max(0, bisect_right(slices_s, at_s) - 1)


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


class Waiting(Struct, frozen=True, kw_only=True):
    """
    What an order waits for, as it is planned.

    Parameters
    ----------
    courier, loads_s
        Who would take it, by number, and when loading of that trip would begin, epoch seconds.
    slack_s
        How much later that trip could leave with nobody late because of it.
    now_bp
        In how many of the futures it would leave now, in 10,000ths; None where no future was asked.
    saves_s
        By how much waiting is cheaper than leaving now, seconds of cost; None where that was not chosen about.
    """

    courier: int
    loads_s: int
    slack_s: int
    now_bp: int | None
    saves_s: int | None


class Decision(Struct, frozen=True, kw_only=True):
    """
    What one tick answers.

    Parameters
    ----------
    leaving
        At most one trip for each courier who is free.
    held
        Why each other order waits, by its number.
    waits
        What each of these waits for, as far as a trip is planned for it, where reasons are asked for.
    arrivals_s
        When each waiting order is expected to be handed over, by its number; what the shopper may be shown.
    wanted_s
        When each order that is still to be packed is wanted for its trip at the latest, by its number; orders of one
        trip at one instant.
    resting
        Couriers whose break begins now.
    wake_s
        When to look again at the latest, even if nothing happens: the first instant at which a held trip must go.
    """

    leaving: tuple[Leaving, ...] = ()
    held: Mapping[int, Hold] = field(default_factory=dict)
    waits: Mapping[int, Waiting] = field(default_factory=dict)
    arrivals_s: Mapping[int, int] = field(default_factory=dict)
    wanted_s: Mapping[int, int] = field(default_factory=dict)
    resting: tuple[int, ...] = ()
    wake_s: int | None = None
