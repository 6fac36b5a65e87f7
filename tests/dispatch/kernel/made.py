"""Planning moments drawn from a seed, with every feature that can be switched on."""

from math import cos, pi, radians, sin, sqrt
from random import Random
from typing import Any

import numpy as np

from doorstep.base.ids import CourierId, OrderId
from doorstep.core.dispatch.problem import NONE, Prices, Problem, of_arrays
from doorstep.model.plan import Snapshot, SnapshotCourier, SnapshotOrder, SnapshotPlace

FEATURES = (
    *("kinds", "slices", "breaks", "caps", "pick_ups", "announced"),
    *("ranges", "metres", "open", "steep", "tight", "apart"),
)
NOW_S = 1_000_000


def problem(seed: int, *, orders: int, couriers: int, on: frozenset[str] = frozenset()) -> Problem:
    """Make a moment of `orders` orders; `on` are the features of `FEATURES` that it has."""
    dice = Random(f"{seed}/{orders}/{couriers}")
    sites = 2 if "pick_ups" in on else 1
    places = [(dice.uniform(-900, 900), dice.uniform(-900, 900)) for _ in range(sites + orders)]
    kinds, slices = (3 if "kinds" in on else 1), (3 if "slices" in on else 1)
    far = np.array([[round(sqrt((a - c) ** 2 + (b - d) ** 2)) for c, d in places] for a, b in places])
    slow = [[dice.uniform(0.6, 1.6) for _ in range(slices)] for _ in range(kinds)]
    ready = [NOW_S + dice.randint(-600, 2_400) for _ in range(orders)]
    return of_arrays(
        now_s=NOW_S,
        orders={
            "ready_s": ready,
            "due_s": [x + dice.randint(900, 2_400) for x in ready],
            "place": [sites + i for i in range(orders)],
            "volume_ml": [[dice.choice((10, 20, 30)), dice.choice((0, 5)), dice.choice((0, 0, 9))] for _ in ready],
            "service_s": [dice.choice((0, 60, 120)) for _ in ready],
            "pick_up": [dice.randrange(sites) for _ in ready],
            "on_board_s": [_maybe(dice, "caps" in on, 1_500, 3_000) for _ in ready],
            "announced_s": [_maybe(dice, "announced" in on, NOW_S + 900, NOW_S + 3_000) for _ in ready],
            "may_take": [dice.choice((1, 3, 5, 7)) if "kinds" in on else 1 for _ in ready],
            "unplanned_s": [dice.choice((900, 50_000)) if "tight" in on else 1_000_000 for _ in ready],
            "known_s": NOW_S,
        },
        couriers={
            "free_s": [NOW_S + dice.randint(-300, 1_200) for _ in range(couriers)],
            "off_s": [NOW_S + dice.randint(1_500, 6_000 if "tight" in on else 20_000) for _ in range(couriers)],
            "box_ml": [[dice.choice((60, 90)), 20, 18] for _ in range(couriers)],
            "kind": [dice.randrange(kinds) for _ in range(couriers)],
            "stands": [dice.randrange(sites) for _ in range(couriers)],
            "break_from_s": [NOW_S + dice.randint(0, 1_200) for _ in range(couriers)],
            "break_to_s": [NOW_S + dice.randint(1_500, 4_000) for _ in range(couriers)],
            "break_s": [dice.choice((0, 600)) if "breaks" in on else 0 for _ in range(couriers)],
            "carried": [dice.randint(0, 3) for _ in range(couriers)],
            "range_s": [_maybe(dice, "ranges" in on, 3_000, 6_000) for _ in range(couriers)],
            "range_m": [_maybe(dice, "metres" in on, 3_000, 6_000) for _ in range(couriers)],
        },
        travel=np.array([[np.rint(far * x) for x in row] for row in slow]).astype(np.int32),
        slices_s=[0, NOW_S + 900, NOW_S + 2_400][:slices],
        metres=np.array([far] * kinds).astype(np.int32) if "metres" in on else None,
        returns="open" not in on,
        prices=Prices(
            grace_s=300 if "steep" in on else 0,
            steep_per_s=5 if "steep" in on else 0,
            trip_s=40 if "steep" in on else 0,
            apart_bp=dice.choice((300, 2_000)) if "apart" in on else 0,
            moved_per_s=3 if "announced" in on else 0,
            tolerance_s=120,
            unfair_s=70 if "steep" in on else 0,
        ),
    )


def snapshot(seed: int, *, orders: int, couriers: int) -> Snapshot:
    """Make a moment as the frozen ones are: places uniform in 2.5 km, a third of the couriers free now."""
    dice, now_s = Random(f"{seed}/{orders}"), 1_781_509_600
    ahead_s = {20: 600, 50: 1_500, 100: 2_400}.get(orders, 2_700)
    made: list[Any] = []
    for i in range(orders):
        away_m, angle = 2_500 * sqrt(dice.random()), dice.random() * 2 * pi
        ready_s = now_s + dice.randint(-600, ahead_s)
        ml = sum(int(20_000 * dice.uniform(0.85, 1)) for _ in range(dice.choice((1, 2))))
        chilled = int(ml * dice.uniform(0.12, 0.36)) if dice.random() < 0.9 else 0
        frozen = int(ml * dice.uniform(0.08, 0.25)) if dice.random() < 0.35 else 0
        made.append(
            SnapshotOrder(
                order=OrderId(f"o{i:03d}"),
                ready_at_s=ready_s,
                promised_at_s=ready_s + dice.randint(1_500, 2_880) + 120,
                lat_e6=31_238_300 + int(away_m * sin(angle) / 111_195 * 1e6),
                lng_e6=121_501_000 + int(away_m * cos(angle) / 111_195 / cos(radians(31.24)) * 1e6),
                ambient_ml=ml - chilled - frozen,
                chilled_ml=chilled,
                frozen_ml=frozen,
            )
        )
    people = [
        SnapshotCourier(
            courier=CourierId(f"c{i:02d}"),
            free_at_s=now_s + (0 if 3 * i < couriers else dice.randint(0, 1_200)),
            off_at_s=now_s + 14_400,
            ambient_ml=100_000,
            chilled_ml=40_000,
            frozen_ml=20_000,
            speed_mm_s=4_167,
        )
        for i in range(couriers)
    ]
    return Snapshot(
        now_s=now_s,
        site=SnapshotPlace(lat_e6=31_238_300, lng_e6=121_501_000),
        couriers=tuple(people),
        orders=tuple(made),
    )


def _maybe(dice: Random, on: bool, low: int, high: int) -> int:
    drawn = dice.randint(low, high)
    return drawn if on and dice.random() < 0.6 else NONE
