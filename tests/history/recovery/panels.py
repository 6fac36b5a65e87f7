"""Panels for the laws of recovery."""

from typing import Any

import numpy as np
from msgspec.structs import replace

from doorstep.model.demand import Panel


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
