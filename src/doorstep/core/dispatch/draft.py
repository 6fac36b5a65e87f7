"""A plan to go on from: what is packed for the kernel once, so that what may be chosen costs little to try."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.core.dispatch import kernel
from doorstep.core.dispatch.pack import best_trips, by_promise, kept_trips, repacked, with_near
from doorstep.core.dispatch.problem import Problem, Whole
from doorstep.core.dispatch.solve import Effort, Trip, improve, searched

NO_TRIPS: Final = np.zeros((0, 0, kernel.TRIP_COLUMNS), dtype=np.int64)
NO_ROWS: Final = np.zeros((0, 0), dtype=np.int64)


class Draft(Struct, frozen=True, kw_only=True):
    """
    A plan, and what it was made for.

    Parameters
    ----------
    tables
        What the kernel is given.
    given, cuts
        The plan: orders; trips, shape (trips, 3), a courier's in sequence: courier, from and to.
    cost_s
        What it costs, seconds.
    """

    tables: kernel.Tables
    given: Whole
    cuts: Whole
    cost_s: int

    @classmethod
    def of(cls, problem: Problem, *, seed: int, iterations: int, warm: Sequence[Trip] | None = None) -> "Draft":
        """Plan a problem as `solve` does."""
        tables, _ = searched(problem, seed=seed, iterations=iterations, warm=warm)
        return cls._of(tables)

    def left(self, orders: Sequence[int], *, courier: int, back_s: int, seed: int, iterations: int) -> "Draft":
        """
        Go on from the plan after a courier left with some orders; the others are renumbered.

        Parameters
        ----------
        back_s
            When the courier is free again.
        iterations
            Ruins to do, 0 or more.
        """
        stays = np.ones(len(self.tables.order), np.bool_)
        stays[list(orders)] = False
        tables = self._unplanned(np.nonzero(stays)[0], seed, iterations)
        tables.courier[courier, kernel.FREE] = back_s
        tables.courier[courier, kernel.SPARE] = max(0, tables.courier[courier, kernel.SPARE] - len(orders))
        return self._went_on(
            tables, *kept_trips(self.given, self.cuts, np.where(stays, stays.cumsum() - 1, -1)), iterations
        )

    def waited(self, orders: Sequence[int], *, until_s: int, seed: int, iterations: int) -> "Draft":
        """Go on from the plan where some orders are not ready before `until_s`."""
        tables = self._unplanned(np.arange(len(self.tables.order)), seed, iterations)
        rows = list(orders)
        tables.order[rows, kernel.READY] = np.maximum(tables.order[rows, kernel.READY], until_s)
        return self._went_on(tables, self.given, self.cuts, iterations)

    def trip_of(self, order: int) -> tuple[int, tuple[int, ...]] | None:
        """Tell courier and orders of the trip of an order, if it is the first of its courier."""
        at = np.nonzero(self.given == order)[0]
        if not at.size:
            return None
        nth = int(np.searchsorted(self.cuts[:, 1], at[0], side="right")) - 1
        courier, begin, end = self.cuts[nth].tolist()
        if nth and self.cuts[nth - 1, 0] == courier:
            return None
        return courier, tuple(self.given[begin:end].tolist())

    def _unplanned(self, stay: Whole, seed: int, iterations: int) -> kernel.Tables:
        how = Effort()
        pools = how.pools(iterations / max(1, len(stay)), crowded=False)
        return repacked(self.tables, stay, pool=how.pool if pools else 0, seed=seed)

    def _went_on(self, tables: kernel.Tables, given: Whole, cuts: Whole, iterations: int) -> "Draft":
        """Search from a plan on."""
        how, orders = Effort(), len(tables.order)
        tables = with_near(tables, near=how.near)
        # A single order is planned anew, as everywhere.
        kernel.search(tables, given, cuts if orders > 1 else cuts[:0], by_promise(tables), 0, 0.0, 1.0, 1, 1, 1)
        improve(tables, orders, how=how, iterations=iterations)
        return self._of(tables)

    @classmethod
    def _of(cls, tables: kernel.Tables) -> "Draft":
        given, cuts = best_trips(tables)
        # The tables for planning are as large as all others together, and no longer needed.
        return cls(
            tables=tables._replace(trip=NO_TRIPS, row=NO_ROWS, pool=NO_ROWS),
            given=given,
            cuts=cuts,
            cost_s=int(tables.word[kernel.BEST]),
        )
