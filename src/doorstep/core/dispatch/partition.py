"""
Trips that the search has ridden, put together anew: set partitioning over a few near trips at a time.

A search by rounds keeps one plan and forgets the good trips of the others. Here the orders of some near trips are
covered again, each once, by the cheapest of all trips seen: a bound from prices of orders (Lagrange), then depth
first.

References
----------
Held & Karp (1971), The traveling-salesman problem and minimum spanning trees: part II (subgradients).
Subramanian, Uchoa & Ochi (2013), A hybrid algorithm for a class of vehicle routing problems (set partitioning).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled
from doorstep.core.dispatch import kernel

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
MOST_ITEMS: Final = 60
MOST_COLUMNS: Final = 1_024
STEPS: Final = 10
GOLDEN: Final = 0.6180339887498949
NODES: Final = 2_000


class Recombiner:
    """What is needed to put the trips of one search together anew."""

    def __init__(self, tables: kernel.Tables, *, trips: int) -> None:
        self._tables, self._trips = tables, trips
        orders = tables.order.shape[0]
        self._local = np.full(orders, -1, dtype=np.int64)
        self._items = np.zeros(MOST_ITEMS, dtype=np.int64)
        self._members = np.zeros((MOST_COLUMNS, kernel.POOL_LONGEST), dtype=np.int64)
        self._column = np.zeros((MOST_COLUMNS, 3), dtype=np.int64)
        self._turn = 0

    def make_ready(self) -> None:
        """Have what is compiled loaded; nothing changes."""
        kernel.gather(self._tables, 0, 0, self._items, self._local, self._members, self._column)
        cover(self._members[:1], self._column[:1, 0], self._column[:1, 1], STEPS, NODES)
        kernel.swap(self._tables, np.zeros(0, dtype=np.int64))

    def __call__(self) -> bool:
        """Try around one order; whether the plan became cheaper."""
        self._turn += 1
        first = around(self._turn, len(self._local))
        found = kernel.gather(self._tables, first, self._trips, self._items, self._local, self._members, self._column)
        if not found:
            return False
        chosen = cover(self._members[:found], self._column[:found, 0], self._column[:found, 1], STEPS, NODES)
        rows = self._column[chosen, 2]
        rows = rows[rows >= 0]
        return bool(len(rows)) and bool(kernel.swap(self._tables, rows))


def around(turn: int, orders: int) -> int:
    """Which order an attempt is made around: multiples of the golden section go round all of them evenly."""
    return int(turn * GOLDEN % 1.0 * orders)


@compiled
def cover(members: Whole, much: Whole, cost: Whole, steps: int, nodes: int) -> Whole:
    """
    Cover all items once each at the lowest cost.

    Parameters
    ----------
    members
        Shape (columns, any): the items of each column, its first `much`. The first columns cover every item once, from
        item 0 up; items are numbered from 0, at most 60.
    cost
        Of each column, shape (columns,).
    steps, nodes
        Steps of the subgradient, and columns tried depth first; with enough of these the answer is the cheapest cover.

    Returns
    -------
    Columns that cover all items more cheaply than the first ones; empty if none were found.
    """
    columns, size, upper = members.shape[0], 0, 0
    present = 0
    price = np.zeros(64)
    covered = 0
    while present < columns and members[present, 0] == covered:
        for j in range(much[present]):
            price[covered + j] = cost[present] / much[present]
        covered += much[present]
        upper += cost[present]
        present += 1
    size = covered
    _raise(price, members, much, cost, upper, size, steps)
    spare = _feasible(price, members, much, cost, size)
    gap = upper - np.sum(price[:size]) - 0.5
    if gap <= 0.0:
        return np.empty(0, np.int64)
    return _deepen(members, much, spare, size, gap, nodes)


@compiled
def _raise(price: Real, members: Whole, much: Whole, cost: Whole, upper: int, size: int, steps: int) -> None:
    """Price the items so that they bound the cost of a cover from below, nearly as high as possible."""
    slope, factor, best, since = np.zeros(64, np.int64), 1.0, -np.inf, 0
    for _ in range(steps):
        low = 0.0
        for i in range(size):
            low += price[i]
            slope[i] = 1
        for x in range(members.shape[0]):
            spare = float(cost[x])
            for j in range(much[x]):
                spare -= price[members[x, j]]
            if spare < 0.0:
                low += spare
                for j in range(much[x]):
                    slope[members[x, j]] -= 1
        norm = 0
        for i in range(size):
            norm += slope[i] * slope[i]
        if norm == 0:
            break
        since += 1
        if low > best:
            best, since = low, 0
        elif since == 4:
            factor, since = factor / 2.0, 0
        step = factor * max(1.0, upper * 1.005 - low) / norm
        for i in range(size):
            price[i] += step * slope[i]


@compiled
def _feasible(price: Real, members: Whole, much: Whole, cost: Whole, size: int) -> Real:
    """Lower the prices until no column costs less than its items, then raise each again as far as that allows."""
    columns = members.shape[0]
    spare, mask = np.empty(columns), np.zeros(columns, np.int64)
    for x in range(columns):
        spare[x] = cost[x]
        for j in range(much[x]):
            spare[x] -= price[members[x, j]]
            mask[x] |= 1 << members[x, j]
        if spare[x] < 0.0:
            for j in range(much[x]):
                price[members[x, j]] += spare[x] / much[x]
    for x in range(columns):
        spare[x] = cost[x]
        for j in range(much[x]):
            spare[x] -= price[members[x, j]]
    for i in range(size):
        least = np.inf
        for x in range(columns):
            if (mask[x] >> i) & 1:
                least = min(least, spare[x])
        if least > 0.0:
            price[i] += least
            for x in range(columns):
                if (mask[x] >> i) & 1:
                    spare[x] -= least
    return spare


@compiled
def _deepen(members: Whole, much: Whole, spare: Real, size: int, gap: float, nodes: int) -> Whole:
    """Look depth first for a cover whose columns cost less than `gap` more than their items in all."""
    columns = members.shape[0]
    # The item with the fewest columns is covered first: a column is listed with the first of its items in that order.
    often, bit = np.zeros(size, np.int64), np.empty(size, np.int64)
    for x in range(columns):
        if spare[x] < gap:
            for j in range(much[x]):
                often[members[x, j]] += 1
    for place, i in enumerate(np.argsort(often, kind="mergesort")):
        bit[i] = place
    mask, after = np.zeros(columns, np.int64), np.full(columns, -1, np.int64)
    head = np.full(size + 1, -1, np.int64)
    for x in range(columns):
        if spare[x] >= gap:
            continue
        first = size
        for j in range(much[x]):
            mask[x] |= 1 << bit[members[x, j]]
            first = min(first, bit[members[x, j]])
        before, at = -1, head[first]
        while at >= 0 and spare[at] <= spare[x]:
            before, at = at, after[at]
        after[x] = at
        if before < 0:
            head[first] = x
        else:
            after[before] = x
    full, covered, depth, best = (1 << size) - 1, 0, 0, gap
    turn, taken, paid = np.full(size + 1, -1, np.int64), np.empty(size + 1, np.int64), np.zeros(size + 1)
    found = np.empty(0, np.int64)
    turn[0] = head[0]
    while depth >= 0 and nodes > 0:
        x = turn[depth]
        while x >= 0 and (mask[x] & covered) != 0:
            x = after[x]
        if x < 0 or paid[depth] + spare[x] >= best:
            depth -= 1
            if depth >= 0:
                covered ^= mask[taken[depth]]
            continue
        nodes -= 1
        turn[depth], taken[depth] = after[x], x
        if covered | mask[x] == full:
            best = paid[depth] + spare[x]
            found = taken[: depth + 1].copy()
            continue
        covered |= mask[x]
        paid[depth + 1] = paid[depth] + spare[x]
        depth += 1
        first, rest = 0, covered
        while rest & 1:
            first, rest = first + 1, rest >> 1
        turn[depth] = head[first]
    return found
