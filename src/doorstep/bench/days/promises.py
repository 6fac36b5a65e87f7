"""Promises of our own on a dispatch day: quoted when an order is placed, and held against what came of them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from msgspec import Struct, structs

from doorstep.base.units import ONE_BP
from doorstep.bench.days.world import DayArrays
from doorstep.core.promise import Ahead, NoPromise, PromiseParams, promise_ahead

SHORT_S: Final = 35 * 60
TENTHS: Final = 10
ON_DAYS: Final = PromiseParams(target_bp=8_200, base_spread_s=278, wait_spread_bp=0, ride_spread_bp=6_050)
"""Fitted on the made days of `bench.days.made` with noise, never on the frozen ones."""


class Quote(Struct, frozen=True, kw_only=True):
    """A promise that was given; `p_kept_bp` is the probability that was told, in 10,000ths."""

    order: int
    quoted_at_s: int
    promised_at_s: int
    p_kept_bp: int


class Quoter(Protocol):
    """Whoever promises: shown what is ahead of an order, tells by when it will be at the door."""

    def quote(self, order: int, ahead: Ahead, *, now_s: int) -> Quote:
        """Promise one order."""
        ...


class Ours:
    """The promise room on a dispatch day, where picking takes what the order's row says."""

    def __init__(self, params: PromiseParams = ON_DAYS) -> None:
        self.params = params

    def quote(self, order: int, ahead: Ahead, *, now_s: int) -> Quote:
        """Promise one order; where nothing on the ladder is probable enough, the longest with no probability."""
        found = promise_ahead(ahead, now_s=now_s, has_room=lambda _: True, params=self.params)
        if isinstance(found, NoPromise):
            return Quote(order=order, quoted_at_s=now_s, promised_at_s=now_s + self.params.ladder_s[-1], p_kept_bp=0)
        return Quote(order=order, quoted_at_s=now_s, promised_at_s=found.promised_at_s, p_kept_bp=found.p_kept_bp)


def as_promised(day: DayArrays, quotes: Sequence[Quote]) -> DayArrays:
    """Give a day with the promises that were made in place of its own."""
    due_s = day.promised_at_s.copy()
    due_s[[x.order for x in quotes]] = [x.promised_at_s for x in quotes]
    orders = tuple(
        structs.replace(x, promised_at_s=at_s) for x, at_s in zip(day.day.orders, due_s.tolist(), strict=True)
    )
    return structs.replace(day, day=structs.replace(day.day, orders=orders), promised_at_s=due_s.astype(np.int64))


class Kept(Struct, frozen=True, kw_only=True):
    """
    How promises turned out.

    Parameters
    ----------
    quotes
        How many there were.
    expected_bp, kept_bp
        The mean probability that was told, and the share that was kept, in 10,000ths.
    short_bp
        The share of quotes of at most 35 minutes.
    tenths_bp
        Promises by probability in tenths, the least probable first: told less kept, each in 10,000ths.
    widest_bp
        The greatest difference of a tenth.
    """

    quotes: int
    expected_bp: int
    kept_bp: int
    short_bp: int
    tenths_bp: tuple[int, ...]
    widest_bp: int


def kept(outcomes: Sequence[tuple[Quote, bool]]) -> Kept:
    """
    Hold promises against what came of them.

    Parameters
    ----------
    outcomes
        At least ten promises, each with whether it was kept.

    Notes
    -----
    Tenths are cut by rank, ties in the sequence of the promises' instants and orders.
    """
    assert len(outcomes) >= TENTHS, "tenths of fewer than ten promises say nothing"
    ranked = sorted(outcomes, key=lambda x: (x[0].p_kept_bp, x[0].quoted_at_s, x[0].order))
    cuts = [len(ranked) * x // TENTHS for x in range(TENTHS + 1)]
    tenths = [_gap_bp(ranked[lo:hi]) for lo, hi in pairwise(cuts)]
    return Kept(
        quotes=len(ranked),
        expected_bp=_share_bp(sum(x.p_kept_bp for x, _ in ranked), ONE_BP * len(ranked)),
        kept_bp=_share_bp(sum(x for _, x in ranked), len(ranked)),
        short_bp=_share_bp(sum(x.promised_at_s - x.quoted_at_s <= SHORT_S for x, _ in ranked), len(ranked)),
        tenths_bp=tuple(tenths),
        widest_bp=max(map(abs, tenths)),
    )


def _gap_bp(rows: Sequence[tuple[Quote, bool]]) -> int:
    return _share_bp(sum(x.p_kept_bp - ONE_BP * y for x, y in rows), ONE_BP * len(rows))


def _share_bp(part: int, whole: int) -> int:
    return (2 * ONE_BP * part + whole) // (2 * whole)
