"""A problem as the kernel's tables, and what is planned in them."""

import numpy as np

from doorstep.base.compiled import compiled
from doorstep.core.dispatch import kernel
from doorstep.core.dispatch.near import near_orders
from doorstep.core.dispatch.problem import FAR_S, NONE, Problem, Whole


def packed(problem: Problem, *, near: int, pool: int, seed: int) -> kernel.Tables:
    """
    Pack a problem, with nothing planned yet.

    Parameters
    ----------
    near
        How many near orders an order is tried next to.
    pool
        How many trips are kept for each order.
    """
    q, p, m, n = problem, problem.prices, problem.couriers, problem.orders
    order = np.full((n, kernel.ORDER_COLUMNS), -1, dtype=np.int64)
    columns = (q.ready_s, q.due_s, q.service_s, *q.volume_ml.T, q.place, q.pick_up, _or_far(q.on_board_s))
    for i, column in enumerate((*columns, q.announced_s, q.may_take, q.unplanned_s)):
        order[:, i] = column
    courier = np.zeros((m, kernel.COURIER_COLUMNS), dtype=np.int64)
    people = (q.free_s, q.off_s, *q.box_ml.T, q.kind, q.stands, q.break_from_s, q.break_to_s, q.break_s)
    spare = np.maximum(0, q.fair_orders - q.carried)
    for i, column in enumerate((*people, _or_far(q.range_s), _or_far(q.range_m), spare)):
        courier[:, i] = column
    shown = p.moved_per_s > 0 and bool(np.any(q.announced_s != NONE))
    word = np.zeros(kernel.SLICE_FROM + len(q.slices_s), dtype=np.int64)
    word[: kernel.NOW] = (
        *(p.late_fixed_s, p.late_per_s, p.grace_s, p.steep_per_s, p.overtime_per_s, p.trip_s),
        *(p.moved_per_s, p.tolerance_s, p.unfair_s, q.loading_s, int(q.returns)),
        *((0, 0) if shown or p.steep_per_s > 0 else (p.late_fixed_s, p.late_per_s)),
        int(not shown),
        int(len(q.slices_s) == 1 and q.metres.size == 0 and q.returns),
        p.apart_bp,
    )
    word[kernel.CHANCE] = _chance(seed)
    word[kernel.SLICES] = len(q.slices_s)
    word[kernel.SLICE_FROM :] = q.slices_s
    soonest_s = min(q.free_s.tolist(), default=q.now_s) + q.loading_s
    most = max(1, min(near, n - 1))
    trip, row, kept = _room(m, n, pool)
    return kernel.Tables(
        order=order,
        courier=courier,
        trip=trip,
        row=row,
        pool=kept,
        travel=q.travel,
        metres=q.metres,
        word=word,
        near=near_orders(q.travel[0, 0], q.place, q.pick_up, q.ready_s, q.due_s, q.service_s, soonest_s, most),
    )


def _or_far(column: Whole) -> Whole:
    return np.where(column == NONE, FAR_S, column)


def repacked(tables: kernel.Tables, stay: Whole, *, pool: int, seed: int) -> kernel.Tables:
    """Copy what is given in tables, without the orders that do not stay, and with nothing planned."""
    order, courier, word = tables.order[stay], tables.courier.copy(), tables.word.copy()
    order[:, kernel.WHO :] = NONE
    courier[:, kernel.TRIPS :] = 0
    word[kernel.NOW : kernel.SLICES] = 0
    word[kernel.CHANCE] = _chance(seed)
    trip, row, kept = _room(len(courier), len(order), pool)
    return tables._replace(order=order, courier=courier, word=word, trip=trip, row=row, pool=kept)


def with_near(tables: kernel.Tables, *, near: int) -> kernel.Tables:
    """Find the near orders anew, so many of each."""
    place, pick_up, ready_s, due_s, service_s = (
        np.ascontiguousarray(tables.order[:, x])
        for x in (kernel.PLACE, kernel.PICK, kernel.READY, kernel.DUE, kernel.SERVICE)
    )
    soonest_s = int(tables.courier[:, kernel.FREE].min()) + int(tables.word[kernel.LOADING])
    most = max(1, min(near, len(place) - 1))
    found = near_orders(tables.travel[0, 0], place, pick_up, ready_s, due_s, service_s, soonest_s, most)
    return tables._replace(near=found)


def by_promise(tables: kernel.Tables) -> Whole:
    """Tell the orders, promised first first: as they are inserted into a plan that lacks them."""
    order = tables.order
    return np.lexsort((np.arange(len(order)), order[:, kernel.READY], order[:, kernel.DUE])).astype(np.int64)


def best_trips(tables: kernel.Tables) -> tuple[Whole, Whole]:
    """
    Read the best plan off.

    Returns
    -------
    Orders, shape (orders,); trips, shape (trips, 3), a courier's in sequence: courier, from and to.
    """
    return _best_trips(tables.courier, tables.trip, tables.row)


@compiled
def kept_trips(given: Whole, cuts: Whole, row: Whole) -> tuple[Whole, Whole]:
    """Renumber a plan's orders by their new rows, without those that have none (−1); trips as of `best_trips`."""
    orders, trips = np.empty_like(given), np.empty_like(cuts)
    held = kept = 0
    for t in range(cuts.shape[0]):
        begin = held
        for j in range(cuts[t, 1], cuts[t, 2]):
            if row[given[j]] >= 0:
                orders[held] = row[given[j]]
                held += 1
        if held > begin:
            trips[kept, 0], trips[kept, 1], trips[kept, 2] = cuts[t, 0], begin, held
            kept += 1
    return orders[:held], trips[:kept]


@compiled
def _best_trips(courier: Whole, trip: Whole, row: Whole) -> tuple[Whole, Whole]:
    m = courier.shape[0]
    given = np.empty(courier[:, kernel.BEST_COUNT].sum(), dtype=np.int64)
    cuts = np.empty((courier[:, kernel.BEST_TRIPS].sum(), 3), dtype=np.int64)
    orders = trips = 0
    for c in range(m):
        for t in range(courier[c, kernel.BEST_TRIPS]):
            cuts[trips, 0] = c
            cuts[trips, 1] = orders + trip[c, t, kernel.BEST_FIRST]
            cuts[trips, 2] = orders + trip[c, t + 1, kernel.BEST_FIRST]
            trips += 1
        for j in range(courier[c, kernel.BEST_COUNT]):
            given[orders + j] = row[2 * m + kernel.OLD + c, j]
        orders += courier[c, kernel.BEST_COUNT]
    return given, cuts


def _room(couriers: int, orders: int, pool: int) -> tuple[Whole, Whole, Whole]:
    """Make the tables that are filled by planning: trips, rows, pool."""
    return (
        np.zeros((couriers, orders + 2, kernel.TRIP_COLUMNS), dtype=np.int64),
        np.zeros((3 * couriers + kernel.OLD, max(orders + 8, couriers)), dtype=np.int64),
        np.zeros((orders * pool, kernel.POOL_COLUMNS), dtype=np.int64),
    )


def _chance(seed: int) -> int:
    """Scatter a seed, never 0, as the 64 bits of a signed number."""
    chance = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % (1 << 64) or 1
    return chance - (chance >> 63 << 64)
