"""A snapshot as a problem: what one site knows at an instant, and how its places are joined."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from doorstep.base.errors import BadInput
from doorstep.core.dispatch.limits import courier_limits, order_limits, sliced
from doorstep.core.dispatch.problem import KINDS, NONE, Prices, Problem, of_arrays
from doorstep.core.dispatch.travel import lengths_between, refuse_unlawful, travel_between
from doorstep.model.people import Place
from doorstep.model.plan import Snapshot, SnapshotCourier
from doorstep.roads import RoadsOf, Straight

Whole = NDArray[np.int64]


def of_snapshot(snapshot: Snapshot, *, prices: Prices | None = None, roads: RoadsOf | None = None) -> Problem:
    """
    Make a problem from a snapshot; place 0 is the site, place i + 1 the door of order i.

    Parameters
    ----------
    prices
        What time costs, where it is not to be what the snapshot says.
    roads
        What each kind rides on; straight lines times the snapshot's detour where none are given.

    Raises
    ------
    BadInput
        Where a courier would ride faster than the law allows their kind, or a break has no window.
    """
    for x in snapshot.couriers:
        refuse_unlawful(x.kind, x.speed_mm_s, f"courier {x.courier}")
        if x.break_s and not 0 < x.break_from_at_s <= x.break_to_at_s:
            raise BadInput(
                f"courier {x.courier}: a break has a window, from break_from_at_s to break_to_at_s; correct them, or "
                "leave break_s out"
            )
    rules = snapshot.params
    columns = [(x.ready_at_s, x.promised_at_s, x.ambient_ml, x.chilled_ml, x.frozen_ml) for x in snapshot.orders]
    rows = np.array(columns, dtype=np.int64).reshape(-1, 5)
    pairs = sorted({(KINDS.index(x.kind), x.speed_mm_s) for x in snapshot.couriers})
    kinds = [KINDS[x] for x, _ in pairs]
    ranges = any(x.range_m is not None for x in snapshot.couriers)
    seconds, metres = _ways(snapshot, pairs, roads, metres=ranges)
    travel, slices_s = sliced(seconds, rules.travel)
    return of_arrays(
        now_s=snapshot.now_s,
        orders={
            "ready_s": rows[:, 0],
            "due_s": rows[:, 1],
            "place": np.arange(1, len(snapshot.orders) + 1),
            "volume_ml": rows[:, 2:],
            "service_s": rules.service_s,
            "names": [x.order for x in snapshot.orders],
            **order_limits(snapshot.orders, rules=rules, kinds=kinds),
            **_announced(snapshot),
        },
        couriers={
            "free_s": [x.free_at_s for x in snapshot.couriers],
            "off_s": [x.off_at_s for x in snapshot.couriers],
            "box_ml": _zones([(x.ambient_ml, x.chilled_ml, x.frozen_ml) for x in snapshot.couriers]),
            "kind": [pairs.index((KINDS.index(x.kind), x.speed_mm_s)) for x in snapshot.couriers],
            "names": [x.courier for x in snapshot.couriers],
            **courier_limits(snapshot.couriers),
            **_carried(snapshot.couriers),
        },
        travel=travel,
        slices_s=slices_s,
        metres=metres,
        loading_s=rules.loading_s,
        prices=prices or Prices.of_rules(rules),
    )


def _ways(
    snapshot: Snapshot, pairs: Sequence[tuple[int, int]], roads: RoadsOf | None, *, metres: bool
) -> tuple[NDArray[np.int32], NDArray[np.int32] | None]:
    """Seconds of every kind, shape (kinds, 1, places, places); and metres, shape (kinds, places, places), if asked."""
    straight = Straight(detour_e3=snapshot.params.travel.detour_e3)
    by: RoadsOf = roads or (lambda _: straight)
    kinds = [(KINDS[kind], speed_mm_s) for kind, speed_mm_s in pairs] or [(KINDS[0], 1)]
    places = [snapshot.site.place, *(Place(x.lat_e6, x.lng_e6) for x in snapshot.orders)]
    seconds = travel_between(places, kinds=kinds, roads=by)
    return seconds, lengths_between(places, kinds=kinds, roads=by) if metres else None


def _announced(snapshot: Snapshot) -> dict[str, Whole]:
    shown = [x.announced_at_s for x in snapshot.orders]
    if snapshot.params.moved_per_s == 0 or all(x is None for x in shown):
        return {}
    return {"announced_s": np.array([NONE if x is None else x for x in shown], np.int64)}


def _carried(couriers: Sequence[SnapshotCourier]) -> dict[str, Whole]:
    return {"carried": np.array([x.carried for x in couriers], np.int64)} if any(x.carried for x in couriers) else {}


def _zones(rows: Sequence[tuple[int, int, int]]) -> Whole:
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
