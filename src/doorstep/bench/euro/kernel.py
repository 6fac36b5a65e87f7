"""The search: strings of neighbours are taken out and put back, again and again (one compiled file)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Ints = NDArray[np.int64]

# Rows of `nodes`: what the problem says of a node.
OPENS, CLOSES, SERVICE, DEMAND, FREED, GONE_BY = 0, 1, 2, 3, 4, 5
# Rows of `cells`: what a sequence knows of its places.
NODE, BASE, SPAN, LATE = 0, 1, 2, 3
# Rows of `heads`: what is known of a sequence as a whole.
SIZE, LOAD, RELEASE, LEAVE_BY = 0, 1, 2, 3
# Places of `sums`: the cost now, the best so far, sequences in use, sequences touched, nodes out.
COST, BEST, USED, TOUCHED, OUT = 0, 1, 2, 3, 4

FAR = 1 << 40
REMOVED = 10.0  # Christiaens & Vanden Berghe (2020), table 2: nodes taken out in the mean
LONGEST = 10.0  # the same: the longest string
SPLIT_DEPTH = 0.01  # the same: how often a preserved string grows no further
BLINK = 0.01  # the same: how often a place is overlooked


class Work(NamedTuple):
    """
    A problem, a plan, and room to change it.

    Parameters
    ----------
    travel
        Seconds from node to node, shape ``(nodes, nodes)``; node 0 is the site.
    nodes
        Shape ``(6, nodes)``, rows `OPENS` … `GONE_BY`: window, service, demand, its earliest and latest departure from
        the site.
    near
        Nodes other than the site, nearest first, shape ``(nodes, neighbours)``; row 0 is not used.
    cells, heads, where
        The plan: shape ``(sequences, 4, places)``, ``(4, sequences)``, and by node its sequence or -1.
    kept, touched
        Sequences as they were before this round: size, then nodes; and which they are.
    out, keys
        Nodes to put back in this round, and by what they are sorted.
    sums
        Shape ``(5,)``, see `COST` … `OUT`.
    best
        The best plan: how long it is, then nodes, each sequence ended by a 0.
    state
        One word: where the stream of chance is.
    """

    travel: NDArray[np.int32]
    nodes: Ints
    near: NDArray[np.int32]
    cells: Ints
    heads: Ints
    where: Ints
    kept: Ints
    touched: Ints
    out: Ints
    keys: NDArray[np.float64]
    sums: Ints
    best: Ints
    state: NDArray[np.uint64]


@compiled
def draw(state: NDArray[np.uint64]) -> float:
    """
    Draw from [0, 1): splitmix64, whose state is one word.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators.
    """
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return float(np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0))


@compiled
def refresh(r: int, w: Work) -> None:
    """
    Recompute what one sequence knows of itself, from its nodes and its size.

    Notes
    -----
    Leaving at t, service at place k begins at max(base, t + span); it may begin at `late` at the latest for all that
    follows to be in time. `late` at place 0 is the latest departure. O(places).
    """
    travel, nodes, line = w.travel, w.nodes, w.cells[r]
    size = w.heads[SIZE, r]
    line[NODE, 0] = 0
    line[NODE, size + 1] = 0
    base, span, here = nodes[OPENS, 0], 0, 0
    line[BASE, 0] = base
    line[SPAN, 0] = 0
    load, release, leave_by = 0, nodes[FREED, 0], nodes[GONE_BY, 0]
    for k in range(1, size + 1):
        c = line[NODE, k]
        step = nodes[SERVICE, here] + travel[here, c]
        base = max(nodes[OPENS, c], base + step)
        span += step
        line[BASE, k] = base
        line[SPAN, k] = span
        load += nodes[DEMAND, c]
        release = max(release, nodes[FREED, c])
        leave_by = min(leave_by, nodes[GONE_BY, c])
        w.where[c] = r
        here = c
    w.heads[LOAD, r] = load
    w.heads[RELEASE, r] = release
    w.heads[LEAVE_BY, r] = leave_by
    late, after = nodes[CLOSES, 0], 0
    line[LATE, size + 1] = late
    for k in range(size, -1, -1):
        c = line[NODE, k]
        late = min(nodes[CLOSES, c] if k else leave_by, late - travel[c, after] - nodes[SERVICE, c])
        line[LATE, k] = late
        after = c


@compiled
def has(numbers: Ints, count: int, x: int) -> bool:
    """Say whether a number is among the first `count`."""
    for k in range(count):  # noqa: SIM110 numba knows no generators in `any`
        if numbers[k] == x:
            return True
    return False


@compiled
def keep(r: int, w: Work) -> None:
    """Keep a sequence as it was before this round, once."""
    if has(w.touched, w.sums[TOUCHED], r):
        return
    k = w.sums[TOUCHED]
    w.sums[TOUCHED] += 1
    w.touched[k] = r
    w.kept[k, 0] = w.heads[SIZE, r]
    for j in range(1, w.heads[SIZE, r] + 1):
        w.kept[k, j] = w.cells[r, NODE, j]


@compiled
def cut(r: int, start: int, count: int, w: Work) -> None:
    """Take `count` places from `start` on out of a sequence."""
    size = w.heads[SIZE, r]
    for k in range(start, start + count):
        c = w.cells[r, NODE, k]
        w.where[c] = -1
        w.out[w.sums[OUT]] = c
        w.sums[OUT] += 1
    for k in range(start, size - count + 1):
        w.cells[r, NODE, k] = w.cells[r, NODE, k + count]
    w.heads[SIZE, r] = size - count


@compiled
def cut_string(c: int, longest: float, w: Work) -> None:
    """Take a string with a node in it out of its sequence, in one piece or with a part in the middle spared."""
    r = w.where[c]
    keep(r, w)
    size = w.heads[SIZE, r]
    place = 1
    while w.cells[r, NODE, place] != c:
        place += 1
    count = int(draw(w.state) * min(float(size), longest) + 1.0)
    spared = 0
    if 1 < count < size and draw(w.state) < 0.5:
        spared = 1
        while count + spared < size and draw(w.state) > SPLIT_DEPTH:
            spared += 1
    first = max(1, place - count - spared + 1)
    last = min(place, size - count - spared + 1)
    start = first + int(draw(w.state) * (last - first + 1))
    head = count
    if spared:
        head = 1 + int(draw(w.state) * (count - 1))
        cut(r, start + head + spared, count - head, w)
    cut(r, start, head, w)
    refresh(r, w)


@compiled
def ruin(w: Work) -> None:
    """Take strings out of sequences that pass near a node."""
    n = w.travel.shape[0]
    served, lines = 0, 0
    for r in range(w.sums[USED]):
        served += w.heads[SIZE, r]
        lines += 1 if w.heads[SIZE, r] else 0
    longest = min(LONGEST, served / max(lines, 1))
    strings = int(draw(w.state) * (4.0 * REMOVED / (1.0 + longest) - 1.0) + 1.0)
    seed = 1 + int(draw(w.state) * (n - 1))
    done = 0
    for j in range(w.near.shape[1]):
        c = w.near[seed, j]
        if w.where[c] >= 0 and not has(w.touched, w.sums[TOUCHED], w.where[c]):
            cut_string(c, longest, w)
            done += 1
            if done >= strings:
                break


@compiled
def sort_out(w: Work) -> None:
    """Put those taken out into one of seven orders: by chance, demand, distance (both ways), window (three ways)."""
    nodes, travel, out, keys = w.nodes, w.travel, w.out, w.keys
    u = draw(w.state) * 17.0
    for k in range(w.sums[OUT]):
        c = out[k]
        if u < 4.0:
            keys[k] = draw(w.state)
        elif u < 8.0:
            keys[k] = -float(nodes[DEMAND, c])
        elif u < 10.0:
            keys[k] = -float(travel[0, c] + travel[c, 0])
        elif u < 11.0:
            keys[k] = float(travel[0, c] + travel[c, 0])
        elif u < 13.0:
            keys[k] = float(nodes[CLOSES, c] - nodes[OPENS, c])
        elif u < 15.0:
            keys[k] = float(nodes[OPENS, c])
        else:
            keys[k] = -float(nodes[CLOSES, c])
    for k in range(1, w.sums[OUT]):
        key, c, j = keys[k], out[k], k - 1
        while j >= 0 and keys[j] > key:
            keys[j + 1] = keys[j]
            out[j + 1] = out[j]
            j -= 1
        keys[j + 1] = key
        out[j + 1] = c


@compiled
def put_back(c: int, capacity: int, blink: float, w: Work) -> None:
    """Put a node where it costs least, be it in a sequence of its own."""
    travel, nodes, cells, heads = w.travel, w.nodes, w.cells, w.heads
    opens, closes, service, demand = nodes[OPENS, c], nodes[CLOSES, c], nodes[SERVICE, c], nodes[DEMAND, c]
    freed, gone_by = nodes[FREED, c], nodes[GONE_BY, c]
    best, best_r, best_p, empty = FAR, -1, 0, -1
    for r in range(w.sums[USED]):
        size = heads[SIZE, r]
        if size == 0:
            if empty < 0:
                empty = r
            continue
        if heads[LOAD, r] + demand > capacity:
            continue
        release = max(heads[RELEASE, r], freed)
        if release > cells[r, LATE, 0] or release > gone_by:
            continue
        here = 0
        for p in range(size + 1):
            begins = max(cells[r, BASE, p], release + cells[r, SPAN, p])
            if begins > closes:
                break
            there = cells[r, NODE, p + 1]
            more = travel[here, c] + travel[c, there] - travel[here, there]
            if more < best:
                arrives = max(begins + nodes[SERVICE, here] + travel[here, c], opens)
                if (
                    arrives <= closes
                    and arrives + service + travel[c, there] <= cells[r, LATE, p + 1]
                    and (blink == 0.0 or draw(w.state) >= blink)
                ):
                    best, best_r, best_p = more, r, p
            here = there
    alone = int(travel[0, c] + travel[c, 0])
    if alone < best:
        if empty < 0:
            empty = w.sums[USED]
            w.sums[USED] += 1
            heads[SIZE, empty] = 0
        best, best_r, best_p = alone, empty, 0
    keep(best_r, w)
    for k in range(heads[SIZE, best_r], best_p, -1):
        cells[best_r, NODE, k + 1] = cells[best_r, NODE, k]
    cells[best_r, NODE, best_p + 1] = c
    heads[SIZE, best_r] += 1
    refresh(best_r, w)


@compiled
def line_cost(nodes: Ints, size: int, travel: NDArray[np.int32]) -> int:
    """Sum the travel from the site along nodes 1 … size of an array and back."""
    cost, here = 0, 0
    for k in range(1, size + 1):
        cost += travel[here, nodes[k]]
        here = nodes[k]
    return cost + travel[here, 0] if size else 0


@compiled
def change(w: Work) -> int:
    """Say by how much the cost changed in this round."""
    more = 0
    for k in range(w.sums[TOUCHED]):
        r = w.touched[k]
        more += line_cost(w.cells[r, NODE], w.heads[SIZE, r], w.travel)
        more -= line_cost(w.kept[k], w.kept[k, 0], w.travel)
    return more


@compiled
def undo(w: Work) -> None:
    """Make every touched sequence what it was when it was kept."""
    for k in range(w.sums[TOUCHED]):
        r = w.touched[k]
        for j in range(1, w.heads[SIZE, r] + 1):
            w.where[w.cells[r, NODE, j]] = -1
    for k in range(w.sums[TOUCHED]):
        r = w.touched[k]
        w.heads[SIZE, r] = w.kept[k, 0]
        for j in range(1, w.kept[k, 0] + 1):
            w.cells[r, NODE, j] = w.kept[k, j]
        refresh(r, w)


@compiled
def keep_best(w: Work) -> None:
    """Write the plan down as the best so far."""
    w.sums[BEST] = w.sums[COST]
    at = 1
    for r in range(w.sums[USED]):
        for k in range(1, w.heads[SIZE, r] + 1):
            w.best[at] = w.cells[r, NODE, k]
            at += 1
        if w.heads[SIZE, r]:
            w.best[at] = 0
            at += 1
    w.best[0] = at - 1


@compiled
def fill(order: Ints, capacity: int, w: Work) -> None:
    """Put in, one by one, who is in no sequence yet; count the cost anew and call it the best."""
    for c in order:
        if w.where[c] < 0:
            w.sums[TOUCHED] = 0
            put_back(c, capacity, 0.0, w)
    w.sums[COST] = 0
    for r in range(w.sums[USED]):
        w.sums[COST] += line_cost(w.cells[r, NODE], w.heads[SIZE, r], w.travel)
    keep_best(w)


@compiled
def search(rounds: int, hot: float, cold: float, capacity: int, w: Work) -> None:
    """
    Improve the plan in place for so many rounds, cooling from `hot` to `cold`, in seconds of travel.

    Notes
    -----
    A round is O(removed × nodes) looks, each O(1).

    References
    ----------
    Christiaens & Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems.
    """
    fade = (cold / hot) ** (1.0 / max(rounds, 1))
    heat = hot
    for _ in range(rounds):
        w.sums[TOUCHED] = 0
        w.sums[OUT] = 0
        ruin(w)
        sort_out(w)
        for k in range(w.sums[OUT]):
            put_back(w.out[k], capacity, BLINK, w)
        more = change(w)
        if more < -heat * np.log(max(draw(w.state), 1e-300)):
            w.sums[COST] += more
            while w.sums[USED] > 0 and w.heads[SIZE, w.sums[USED] - 1] == 0:
                w.sums[USED] -= 1
            if w.sums[COST] < w.sums[BEST]:
                keep_best(w)
        else:
            undo(w)
        heat *= fade
