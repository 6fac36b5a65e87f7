"""What really happens on a dispatch day: when goods are ready and how long rides take, as written or with noise."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.chance import Chance
from doorstep.bench.days.legs import Legs, legs_of
from doorstep.core.dispatch.limits import courier_limits, order_limits
from doorstep.core.dispatch.problem import KINDS
from doorstep.model.dispatch import DispatchDay
from doorstep.roads import RoadsOf

Instants = NDArray[np.int64]
SLOW_MM_S: Final = 1_000
"""What a day without couriers is laid out with; nobody rides."""
SPREAD: Final = 0.25
"""Noise is log-normal: a factor of median one, whose logarithm has this standard deviation."""


class DayArrays(Struct, frozen=True):
    """
    A dispatch day as arrays. Row i of orders is place i + 1 of `legs`; instants are epoch seconds.

    Shapes: orders (n,), `ml` and `box_ml` (…, 3) by zone: ambient, chilled, frozen; couriers (m,).

    Parameters
    ----------
    kind
        The first index of `legs` for each courier.
    order_more, courier_more
        Limits that not every day has, as columns of `Known`.
    """

    day: DispatchDay
    legs: Legs
    placed_at_s: Instants
    ready_at_s: Instants
    promised_at_s: Instants
    ml: Instants
    on_at_s: Instants
    off_at_s: Instants
    box_ml: Instants
    kind: Instants
    order_more: Mapping[str, Instants]
    courier_more: Mapping[str, Instants]


def arrays(day: DispatchDay, *, roads: RoadsOf | None = None) -> DayArrays:
    """
    Lay a day out as arrays, orders and couriers in the day's order.

    Parameters
    ----------
    roads
        What each kind of courier rides on; straight lines times the day's detour where none are given.
    """

    def column(rows: object, *names: str) -> Instants:
        assert isinstance(rows, tuple), "people and orders of a day are tuples"
        made = np.array([[getattr(x, y) for y in names] for x in rows], np.int64).reshape(len(rows), len(names))
        return made[:, 0] if len(names) == 1 else made

    zones = ("ambient_ml", "chilled_ml", "frozen_ml")
    kinds = sorted({(KINDS.index(x.kind), x.speed_mm_s) for x in day.couriers}) or [(0, SLOW_MM_S)]
    limits = courier_limits(day.couriers)
    return DayArrays(
        day=day,
        legs=legs_of(
            (day.site.place, *(x.at for x in day.orders)),
            [(KINDS[kind], speed_mm_s) for kind, speed_mm_s in kinds],
            day.rules.travel,
            roads=roads,
            metres="range_m" in limits,
        ),
        placed_at_s=column(day.orders, "placed_at_s"),
        ready_at_s=column(day.orders, "ready_at_s"),
        promised_at_s=column(day.orders, "promised_at_s"),
        ml=column(day.orders, *zones),
        on_at_s=column(day.couriers, "on_at_s"),
        off_at_s=column(day.couriers, "off_at_s"),
        box_ml=column(day.couriers, *zones),
        kind=np.array([kinds.index((KINDS.index(x.kind), x.speed_mm_s)) for x in day.couriers], np.int64),
        order_more=order_limits(day.orders, rules=day.rules, kinds=[KINDS[kind] for kind, _ in kinds]),
        courier_more=limits,
    )


class World:
    """
    How a day turns out. Without `noise` exactly as written; with it, picking and every ride are drawn from the seed.

    Notes
    -----
    A draw depends on the seed, the order and the ride alone, not on what else was done that day.
    """

    __slots__ = ("_chance", "_noise", "day", "expected_at_s", "ready_at_s")

    def __init__(self, day: DayArrays, *, seed: int, noise: bool) -> None:
        self.day = day
        self._noise = noise
        self._chance = Chance(seed).child("noise")
        self.ready_at_s = self.expected_at_s = day.ready_at_s
        if noise:
            picking = self._chance.child("picking")
            rows = zip(day.day.orders, day.placed_at_s, day.ready_at_s, strict=True)
            self.ready_at_s = np.array(
                [placed + round(int(ready - placed) * _factor(picking.child(x.order))) for x, placed, ready in rows],
                np.int64,
            )

    def pick(self, now_s: int, waiting: Sequence[int], wanted_s: Mapping[int, int]) -> list[int]:  # noqa: ARG002
        """
        Let pickers go on. Here they do by themselves.

        Parameters
        ----------
        waiting
            Orders that did not leave yet.
        wanted_s
            When dispatch wants them packed at the latest, as far as it planned them.

        Returns
        -------
        When orders begun now will be ready.
        """
        return []

    def ride_s(self, courier: int, trip: int, leg: int, seconds: int) -> int:
        """How long a ride takes that should take `seconds`: leg `leg` of a courier's trip, from 0."""
        if not self._noise:
            return seconds
        name = self.day.day.couriers[courier].courier
        return round(seconds * _factor(self._chance.child("riding", name, trip, leg)))


def _factor(chance: Chance) -> float:
    return exp(SPREAD * chance.normal())
