"""A plan under search: problem and plan as arrays, driven by rounds or by a clock."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorstep.bench.euro import kernel

Clock = Callable[[], float]
Lines = list[list[int]]

NEVER: Final = 1 << 31  # seconds
# Neighbours that a node knows: a round takes three strings at most, so it seldom looks far.
NEAR: Final = 100
CHUNK: Final = 500  # rounds between looks at the clock: about 10 ms
# Temperatures over the mean step of the plan that a search begins with. Four pairs were tried on two static instances
# of 201 and 408 customers, 10 CPU-s each: this one ended 2.3% above the best known, the others 2.8% to 4.6%.
HOT: Final = 0.2
COLD: Final = 0.002


class Problem:
    """
    Nodes to serve, node 0 being the site; each could be served alone, whenever it is freed.

    Parameters
    ----------
    travel
        Seconds from node to node, shape ``(nodes, nodes)``.
    opens, closes, service
        By node, seconds; closes of node 0 is when all must be back.
    demand, capacity
        By node, and of one vehicle.
    freed, gone_by
        By node: the earliest and the latest departure from the site, seconds; None for any.
    """

    def __init__(
        self,
        travel: NDArray[np.int32],
        *,
        opens: NDArray[np.int64],
        closes: NDArray[np.int64],
        service: NDArray[np.int64],
        demand: NDArray[np.int64],
        capacity: int,
        freed: NDArray[np.int64] | None = None,
        gone_by: NDArray[np.int64] | None = None,
    ) -> None:
        n = len(opens)
        self.count = n
        self.capacity = capacity
        self.travel = np.ascontiguousarray(travel, dtype=np.int32)
        self.nodes = np.empty((6, n), dtype=np.int64)
        self.nodes[kernel.OPENS] = opens
        self.nodes[kernel.CLOSES] = closes
        self.nodes[kernel.SERVICE] = service
        self.nodes[kernel.DEMAND] = demand
        self.nodes[kernel.FREED] = -NEVER if freed is None else freed
        self.nodes[kernel.GONE_BY] = NEVER if gone_by is None else gone_by
        self.near = _near(self.travel)


def _near(travel: NDArray[np.int32]) -> NDArray[np.int32]:
    """Name the nodes nearest to each, there and back together, nearest first; the lower node first among equals."""
    n = len(travel)
    keys = (travel + travel.T).astype(np.int64) * n + np.arange(n)
    keys[:, 0] = np.iinfo(np.int64).max  # the site is nobody's neighbour
    count = max(min(n - 1, NEAR), 1)
    nearest = np.sort(np.partition(keys, count - 1, axis=1)[:, :count], axis=1)
    return np.ascontiguousarray(nearest % n, dtype=np.int32)


class Search:
    """
    A plan and the arrays that its search needs.

    Parameters
    ----------
    start
        Sequences of nodes to begin with, where they break no rule; all other nodes are put in where it costs least.
    """

    def __init__(self, problem: Problem, *, seed: int, start: Sequence[Sequence[int]] = ()) -> None:
        n = problem.count
        demand = np.sort(problem.nodes[kernel.DEMAND, 1:])
        places = int(np.searchsorted(np.cumsum(demand), problem.capacity, side="right")) + 3

        def room(*shape: int) -> NDArray[np.int64]:
            return np.zeros(shape, dtype=np.int64)

        self.problem = problem
        self.rounds = 0
        self.work = kernel.Work(
            travel=problem.travel,
            nodes=problem.nodes,
            near=problem.near,
            cells=room(n + 1, 4, places),
            heads=room(4, n + 1),
            where=np.full(n, -1, dtype=np.int64),
            kept=room(n + 1, places),
            touched=room(n + 1),
            out=room(n),
            keys=np.zeros(n, dtype=np.float64),
            sums=room(5),
            best=room(2 * n + 2),
            state=np.array([seed], dtype=np.uint64),
        )
        for line in start:
            self._take(line)
        order = np.argsort(problem.nodes[kernel.CLOSES, 1:], kind="stable") + 1
        kernel.fill(order, problem.capacity, self.work)
        steps = max(n - 1, 1) + int((self.work.heads[kernel.SIZE] > 0).sum())
        self.step_s = max(self.travel_s() / steps, 1.0)

    def _take(self, line: Sequence[int]) -> None:
        """Begin with a sequence, or leave its nodes to be put in one by one where together they break a rule."""
        w, size, r = self.work, len(line), int(self.work.sums[kernel.USED])
        if not 1 <= size <= w.kept.shape[1] - 3:
            return
        w.cells[r, kernel.NODE, 1 : size + 1] = line
        w.heads[kernel.SIZE, r] = size
        kernel.refresh(r, w)
        fits = (
            w.heads[kernel.LOAD, r] <= self.problem.capacity
            and w.heads[kernel.RELEASE, r] <= w.cells[r, kernel.LATE, 0]
            and bool((w.cells[r, kernel.BASE, : size + 1] <= w.cells[r, kernel.LATE, : size + 1]).all())
        )
        if fits:
            w.sums[kernel.USED] += 1
        else:
            w.heads[kernel.SIZE, r] = 0
            w.where[list(line)] = -1

    def travel_s(self) -> int:
        """Sum the travel of the best plan, seconds."""
        return int(self.work.sums[kernel.BEST])

    def lines(self) -> Lines:
        """Read the best plan: sequences of nodes, without the site."""
        found: Lines = [[]]
        for x in self.work.best[1 : self.work.best[0] + 1].tolist():
            if x:
                found[-1].append(x)
            else:
                found.append([])
        return found[:-1]

    def run(self, rounds: int, *, hot: float, cold: float) -> None:
        """Search for so many rounds between two temperatures, given in mean steps."""
        if self.problem.count < 3 or rounds < 1:
            return
        kernel.search(rounds, hot * self.step_s, cold * self.step_s, self.problem.capacity, self.work)
        self.rounds += rounds

    def run_until(self, seconds: float, *, clock: Clock, hot: float = HOT, cold: float = COLD) -> None:
        """Search while the clock says that one more go of `CHUNK` rounds fits, cooling with its going."""
        begun_s = clock()
        gone_s, longest_s = 0.0, 0.0
        while gone_s + longest_s <= seconds:
            share = gone_s / seconds if seconds > 0 else 1.0
            heat = hot * (cold / hot) ** share
            self.run(CHUNK, hot=heat, cold=heat)
            before_s, gone_s = gone_s, clock() - begun_s
            longest_s = max(longest_s, gone_s - before_s)


def warm() -> None:
    """Compile, or load what was compiled, so that no budget pays for it."""
    ones = np.ones(4, dtype=np.int64)
    problem = Problem(
        np.ones((4, 4), dtype=np.int32), opens=ones * 0, closes=ones * 100, service=ones, demand=ones * 0, capacity=1
    )
    Search(problem, seed=1, start=[[1]]).run(1, hot=HOT, cold=COLD)
