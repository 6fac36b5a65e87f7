"""Orders that may come next: as many as the hour and the day so far let expect, where orders of today went."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.compiled import compiled
from doorstep.core.dispatch.tick import Known

Whole = NDArray[np.int64]
HOUR_S: Final = 3600
RECENT_S: Final = 1200


class Rhythm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What is expected of a day before it begins.

    Parameters
    ----------
    opens_at_s
        The opening, epoch seconds.
    hours_e1
        Of 1,000 orders of a day, how many are placed in each hour from the opening.
    orders
        How many orders a day has.
    day_orders, recent_orders
        How many orders the expectation weighs against what was seen, since the opening and in the last 20 minutes.
    """

    opens_at_s: int
    hours_e1: tuple[int, ...] = (30, 40, 50, 65, 90, 80, 50, 45, 50, 70, 105, 110, 85, 60, 45, 25)
    orders: int = 1_690
    day_orders: int = 100
    recent_orders: int = 20

    def expected(self, from_s: int, to_s: int) -> float:
        """How many orders the usual day places between two instants."""
        total = 0.0
        for hour, share in enumerate(self.hours_e1):
            begin_s = self.opens_at_s + hour * HOUR_S
            overlap_s = min(to_s, begin_s + HOUR_S) - max(from_s, begin_s)
            total += max(0, overlap_s) / HOUR_S * share / 1000 * self.orders
        return total


class Future(Struct, frozen=True, kw_only=True):
    """Orders that may come, as rows like those of `Known`: copies of `like`, orders placed today; all shapes (n,)."""

    like: Whole
    ready_s: Whole
    due_s: Whole


def expected_orders(rhythm: Rhythm, *, placed_at_s: Whole, now_s: int, ahead_s: int) -> float:
    """
    How many orders will be placed within `ahead_s`.

    Parameters
    ----------
    placed_at_s
        Of the orders placed so far, ascending.

    Notes
    -----
    The usual number, times how much busier this day is so far, times how much busier the last 20 minutes were: both
    gamma-Poisson estimates that begin at one.
    """
    usual = rhythm.expected(now_s, now_s + ahead_s)
    seen, before = len(placed_at_s), rhythm.expected(rhythm.opens_at_s, now_s)
    level = (rhythm.day_orders + seen) / (rhythm.day_orders + before)
    recent = seen - int(np.searchsorted(placed_at_s, now_s - RECENT_S, side="right"))
    due = level * rhythm.expected(now_s - RECENT_S, now_s)
    return usual * level * (rhythm.recent_orders + recent) / (rhythm.recent_orders + due)


def sample(known: Known, *, mean: float, ahead_s: int, seed: int) -> Future:
    """Draw one future: when, where and how big the orders of the next `ahead_s` may be."""
    placed_s, like, picking_s, promise_s = _sample(
        known.now_s,
        ahead_s,
        mean,
        known.past_placed_s,
        known.past_ready_s,
        known.past_due_s,
        seed * 2 + 1,
    )
    return Future(like=like, ready_s=placed_s + picking_s, due_s=placed_s + promise_s)


@compiled
def _sample(
    now_s: int, ahead_s: int, mean: float, past_placed_s: Whole, past_ready_s: Whole, past_due_s: Whole, seed: int
) -> tuple[Whole, Whole, Whole, Whole]:
    """Poisson arrivals, each like an order of today (xorshift64*)."""
    x = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    most = past_placed_s.shape[0]
    room = int(mean * 2 + 30) if most > 0 else 0
    placed_s, like = np.empty(room, np.int64), np.empty(room, np.int64)
    picking_s, promise_s = np.empty(room, np.int64), np.empty(room, np.int64)
    count, clock = 0, 0.0
    for _ in range(8):
        x ^= x >> np.uint64(12)
        x ^= x << np.uint64(25)
        x ^= x >> np.uint64(27)
    while count < room:
        x ^= x >> np.uint64(12)
        x ^= x << np.uint64(25)
        x ^= x >> np.uint64(27)
        gap = float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0
        clock += -np.log(1.0 - gap) * ahead_s / max(mean, 1e-9)
        if clock >= ahead_s:
            break
        x ^= x >> np.uint64(12)
        x ^= x << np.uint64(25)
        x ^= x >> np.uint64(27)
        j = np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % most
        x ^= x >> np.uint64(12)
        x ^= x << np.uint64(25)
        x ^= x >> np.uint64(27)
        i = np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % most
        placed_s[count] = now_s + 1 + np.int64(clock)
        like[count] = j
        picking_s[count] = past_ready_s[i] - past_placed_s[i]
        promise_s[count] = past_due_s[i] - past_placed_s[i]
        count += 1
    return placed_s[:count], like[:count], picking_s[:count], promise_s[:count]
