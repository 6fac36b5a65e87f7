"""One origin: what would have been known on a day of the past, and the rates fitted to it."""

from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from doorstep.core.forecast.design import Design, make_design
from doorstep.core.forecast.features import features
from doorstep.core.forecast.rates import Habits, Rates, Shared, balance, fit_rates
from doorstep.model.demand import Ahead, Panel, Recovered, ahead_of

Array = npt.NDArray[Any]


class Evidence(Struct, frozen=True, kw_only=True, eq=False):
    """
    Demand as the fits take it, in packs; arrays float32 `[n, d]`.

    Parameters
    ----------
    demand, weight
        True demand as the shelf's hours tell it (sales over the share of the day that was seen), and that share.
    filled, known
        True demand as it was recovered, unseen hours filled in; and 1 where anything was seen. Levels are fitted to
        these: where large orders empty a shelf, sales over their share are too low by what the order lost.
    sold, clear
        Sales, and 1 where the day was free of stock-outs in the open hours.
    """

    demand: Array
    weight: Array
    filled: Array
    known: Array
    sold: Array
    clear: Array

    def days(self, end: int) -> "Evidence":
        """Return the days before `end`."""
        return Evidence(**{x: np.ascontiguousarray(getattr(self, x)[:, :end]) for x in self.__struct_fields__})

    def series(self, rows: Array) -> "Evidence":
        """Return some series."""
        return Evidence(**{x: getattr(self, x)[rows] for x in self.__struct_fields__})


class Origin(Struct, frozen=True, kw_only=True, eq=False):
    """Rates of true demand and of days free of stock-outs, fitted to the days before an origin."""

    panel: Panel
    ahead: Ahead
    rows: Array
    design: Design
    evidence: Evidence
    true: Rates
    clear: Rates

    def table(self) -> Array:
        """Return what the trees see, `[n, h, features]`."""
        fits = (self.true, self.clear)
        return features(self.panel, self.ahead, self.rows, self.design, fits, self.evidence.sold)


def evidence_of(panel: Panel, recovered: Recovered, unit: float) -> Evidence:
    """
    Turn what was recovered into evidence: what stands in for unseen hours is taken out again.

    Parameters
    ----------
    unit
        A pack, in the history's unit.
    """
    there = panel.there
    sales = np.where(there, np.nan_to_num(panel.sales), 0.0)
    mean = np.nan_to_num(recovered.mean)
    sold = np.minimum(sales, mean)
    share = np.where(there & (recovered.exposure > 0.03), np.nan_to_num(recovered.exposure), 0.0)
    whole = share > 0.98
    demand = np.where(whole, mean, sold / np.maximum(share, 0.03))
    clear = there & (panel.out_hours <= 0)
    if (panel.out_hours < 0).all():  # no flags at all: a day is taken as it is
        clear = there
    known = share > 0
    return Evidence(
        filled=(np.where(known, mean, 0.0) / unit).astype(np.float32),
        known=known.astype(np.float32),
        demand=(np.where(share > 0, demand, 0.0) / unit).astype(np.float32),
        weight=np.where(whole, 1.0, share).astype(np.float32),
        sold=(sales / unit).astype(np.float32),
        clear=clear.astype(np.float32),
    )


def fit_origin(
    panel: Panel,
    evidence: Evidence,
    ahead: Ahead,
    rows: Array,
    *,
    sweeps: int,
    habits: tuple[Habits, Habits] | None = None,
    shared: tuple[Shared, Shared] | None = None,
) -> Origin:
    """
    Fit both rates to a panel.

    Parameters
    ----------
    habits
        Laws of drift, spreads and shapes of an earlier fit, which spare learning them again.
    shared
        What other sites of the city lend.
    """
    design = make_design(panel, ahead, rows)
    one, two = habits or (None, None)
    lent, lent_clear = shared or (None, None)
    seen = (evidence.demand, evidence.weight)
    true = fit_rates(design, evidence.filled, evidence.known, seen=seen, sweeps=sweeps, habits=one, shared=lent)
    balance(true, evidence.filled, evidence.known, shared=lent)
    sold = evidence.sold * evidence.clear
    told = (sold, evidence.clear)
    clear = fit_rates(design, *told, seen=told, sweeps=sweeps, habits=two, shared=lent_clear)
    return Origin(panel=panel, ahead=ahead, rows=rows, design=design, evidence=evidence, true=true, clear=clear)


def past_origin(
    panel: Panel, evidence: Evidence, end: int, days: int, *, sweeps: int, habits: tuple[Habits, Habits]
) -> Origin:
    """Fit as if the history had ended before day `end`; the days after it are only known ahead."""
    ahead = ahead_of(panel, end, days)
    at = {tuple(key): i for i, key in enumerate(ahead.keys.tolist())}
    rows = np.array([at.get(tuple(key), -1) for key in panel.keys.tolist()], np.int64)
    return fit_origin(panel.days(0, end), evidence.days(end), ahead, rows, sweeps=sweeps, habits=habits)
