"""Kernels compiled side by side, once: what one process would compile in a row, several compile at the same time."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final


def warm_day() -> None:
    """
    Compile what the built-in day needs: the forecast's kernels beside the planner's.

    Notes
    -----
    Numba keeps what each process compiled in the folder that all of them read. Nothing is changed but that folder; on
    one core nothing is gained, so nothing is done.
    """
    from doorstep.adapters.engine import Local

    beside = Local()
    if beside.count > 1:
        list(beside.map(_compile, sorted(PARTS)))


def _compile(part: str) -> None:
    PARTS[part]()


def _shelf() -> None:
    """Do what fills the shelf: recovery and forecast of the neighbourhood's past."""
    from doorstep.twin.worlds import catalogue
    from doorstep.twin.worlds.neighbourhood import expectation

    expectation(catalogue())


def _trips() -> None:
    """Do what sends couriers: a tick with two of them and four orders, then another."""
    import numpy as np

    from doorstep.core.dispatch.decide import TickParams, decide
    from doorstep.core.dispatch.problem import Prices
    from doorstep.core.dispatch.tick import Known
    from doorstep.core.dispatch.travel import straight_travel
    from doorstep.model.people import Place
    from doorstep.roads import Straight

    now_s, n, m = 1_000_000, 4, 2
    ready_s, due_s = np.full(n, now_s, np.int64), now_s + 900 * np.arange(1, n + 1, dtype=np.int64)
    volume_ml = np.full((n, 3), 9_000, np.int64)
    travel = straight_travel(
        [Place(31_000_000 + 4_000 * x, 121_000_000) for x in range(n + 1)], speeds_mm_s=[4_167], roads=Straight()
    )
    known = Known(
        now_s=now_s,
        orders=np.arange(n),
        placed_s=ready_s,
        ready_s=ready_s,
        due_s=due_s,
        volume_ml=volume_ml,
        couriers=np.arange(m),
        free_s=np.full(m, now_s, np.int64),
        on_s=np.full(m, now_s, np.int64),
        off_s=np.full(m, now_s + 9_000, np.int64),
        box_ml=np.full((m, 3), 40_000, np.int64),
        kind=np.zeros(m, np.int64),
        travel=travel,
        past_placed_s=ready_s,
        past_ready_s=ready_s,
        past_due_s=due_s,
        past_ml=volume_ml,
        loading_s=60,
        service_s=120,
        prices=Prices(),
    )
    _, last = decide(known, last=(), params=TickParams(iterations=50), seed=1)
    decide(known, last=last, params=TickParams(iterations=50), seed=2)


PARTS: Final[Mapping[str, Callable[[], None]]] = MappingProxyType({"shelf": _shelf, "trips": _trips})
