"""Panels for the laws of recovery."""

from typing import Any

import numpy as np
from msgspec.structs import replace

from doorstep.bench.demandworlds import DemandWorld
from doorstep.model.demand import Panel

OPEN = np.uint32(0xFFFF << 6)
COUNT = np.array([x.bit_count() for x in range(1 << 16)], dtype=np.int8)


def panel_of(world: DemandWorld) -> Panel:
    """A world's history as a panel."""
    end = world.history_days
    hours = world.hours[:, :end]
    there = np.isfinite(hours[:, :, 0])
    out = np.where(there, world.out[:, :end], 0).astype(np.uint32)
    return Panel(
        keys=world.keys,
        groups=world.groups[:, :4],
        first_day=world.first_day,
        sales=np.where(there, hours.sum(2), np.nan).astype(np.float32),
        hours=np.nan_to_num(hours),
        out=out,
        out_known=there,
        out_hours=COUNT[(out & OPEN) >> 6],
        discount=world.discount[:, :end],
        holiday=world.holiday[:, :end],
        activity=world.activity[:, :end],
        weather=world.weather[:, :end],
    )


def with_hours(panel: Panel, hours: Any, out: Any = None) -> Panel:
    """The panel with other sales, and other flags."""
    sales = np.where(panel.there, hours.sum(2), np.nan).astype(np.float32)
    return replace(panel, hours=hours, sales=sales, out=panel.out if out is None else out)


def wape(mean: Any, truth: Any, where: Any) -> float:
    """Sum of errors over the sum of the truth."""
    return float(np.abs(mean - truth)[where].sum() / truth[where].sum())


def wpe(mean: Any, truth: Any, where: Any) -> float:
    """Sum of signed errors over the sum of the truth."""
    return float((mean - truth)[where].sum() / truth[where].sum())
