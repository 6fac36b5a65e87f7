"""Days and series of a panel, as backtests ask for them."""

import numpy as np

from doorstep.bench.backtest.rows import Masks, Whole
from doorstep.model.demand import OPEN_HOURS, Panel


def clean(panel: Panel) -> Masks:
    """Tell which days are recorded free of stock-outs in hours 6 to 21: `[n, d]`; days without flags are not."""
    open_hours = np.uint32(sum(1 << x for x in OPEN_HOURS))
    hourly = panel.out_known & ((panel.out & open_hours) == 0)
    daily = ~panel.out_known & (panel.out_hours == 0)
    free: Masks = (hourly | daily) & panel.there
    return free


def rows_in(among: Whole, keys: Whole) -> Whole:
    """Find each of m keys, `[m, 3]`, among n different ones, `[n, 3]`: `[m]`, its row, or -1."""
    n = len(among)
    _, number = np.unique(np.concatenate([among, keys]), axis=0, return_inverse=True)
    number = number.reshape(-1)
    place = np.full(len(number), -1)
    place[number[:n]] = np.arange(n)
    found: Whole = place[number[n:]]
    return found
