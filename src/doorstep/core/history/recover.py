"""Demand out of sales: what people would have bought from a full shelf."""

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from doorstep.core.history.calibrate import EDGES, MaskScore
from doorstep.core.history.daily import recover_days
from doorstep.core.history.recover_params import RecoverParams
from doorstep.core.history.rounds import BLIND, WHOLE, Rounds
from doorstep.model.demand import RECOVERY, Panel, Recovered

Floats = NDArray[np.float32]
OBSERVED, SEEN_THROUGH, ASSUMED = range(len(RECOVERY))


class RecoveryReport(Struct, frozen=True, kw_only=True):
    """
    What a recovery found out about its panel and itself; shares and ratios from 0 to 1.

    Parameters
    ----------
    step
        What a sale comes in; `bands`, `means` and `scale` are in these.
    masked, calibrated
        Scores on hidden hours of whole days: as recovered, and times `factors`, which were learned from other masks.
    exposure_edges, bands, factors
        Upper bounds of exposure (rows) and of expected daily sales (columns), and the factors on what is recovered.
    scale, means, shapes
        Variance of an hour's sales over their mean; shape of the day's rate around its prior at expected sales.
    flags_doubted
        Whether flags were weighed against sales.
    flags_wrong, flags_empty_wrong, flags_stocked_wrong
        Share of flags that seem to err; of those that say empty; of those that say in stock.
    flags_late
        Of the hours in which shelves ran empty, the share that was flagged.
    moved
        Of unmet demand, the share that went to others of its group; 0 where it is not clear.
    bulk
        Of all sales, the share in large orders; 0 where they are too few to tell.
    daily
        Whether there were no hours, so that all of the above is unknown.
    """

    step: float
    masked: MaskScore
    calibrated: MaskScore
    exposure_edges: tuple[float, ...]
    bands: tuple[float, ...]
    factors: tuple[tuple[float, ...], ...]
    scale: float
    means: tuple[float, ...]
    shapes: tuple[float, ...]
    flags_doubted: bool
    flags_wrong: float
    flags_empty_wrong: float
    flags_stocked_wrong: float
    flags_late: float
    moved: float
    bulk: float
    daily: bool


class Recovery(Recovered, frozen=True, kw_only=True, eq=False):
    """
    Demand of every series and day of a panel, and what was found out about the panel on the way.

    `mean`, `sd` and `sales` are NaN where there is no row, `exposure` is 0 there.
    """

    report: RecoveryReport


def recover(panel: Panel, *, params: RecoverParams | None = None) -> Recovery:
    """
    Estimate what people wanted where the shelf was empty.

    Parameters
    ----------
    panel
        Sales by hour with flags; or by day, with hours out of stock or a flag a day, or without.
    params
        Defaults where it is None.

    Returns
    -------
    A mean and a spread for every row. A day without an empty hour keeps its sales, unless neighbours were empty and
    some of their demand clearly moved to it.

    Notes
    -----
    Demand in an hour is quasi-Poisson with the day's rate times the hour's share; the rate is Gamma around a prior of
    everything but the day itself. Large orders, moved demand and wrong flags are looked for in every panel and taken
    into account where they are plain to see. Linear in cells; the panel's hours once more in memory while large orders
    are told apart, a quarter of them otherwise.

    References
    ----------
    Conrad (1976), Sales data and the estimation of demand; Jain, Rudi & Wang (2015), Demand estimation and ordering
    under censoring: stock-out timing is (almost) all you need.
    """
    params = params or RecoverParams()
    step = _step(panel)
    sales = (panel.sales / step).astype(np.float32)
    if panel.n == 0 or panel.hours is None:
        share, mean, sd = recover_days(replace(panel, sales=sales), params)
        return _packed(panel, share, mean * step, sd * step, _daily_report(params, step))
    hours = panel.hours if step == 1 else (panel.hours / step).astype(np.float32)
    rounds = Rounds(replace(panel, sales=sales, hours=hours), hours, params)
    free, calibrated = rounds.run()
    lost = 1 - rounds.share
    unmet = lost * rounds.rate
    variance = np.square(lost * rounds.rate_sd) + rounds.spread.scale * unmet
    if rounds.extra is not None:
        unmet = unmet + lost * rounds.extra.rate[:, None] + rounds.extra.missing
        variance = variance + lost * rounds.extra.square[:, None] + np.square(rounds.extra.missing)
    whole = rounds.share >= WHOLE
    # What moved in was told from the sku's own demand by shares only: as uncertain as a draw of each.
    variance = np.where(whole, 0, variance) + rounds.inflow * (1 - rounds.inflow / np.maximum(rounds.sales, 1e-6))
    mean = np.where(whole, rounds.sales, rounds.sales + unmet) - rounds.inflow
    # As sold, to the bit, where nothing was added or taken away.
    mean = np.where(mean == rounds.sales, np.nan_to_num(panel.sales), mean * step).astype(np.float32)
    return _packed(panel, rounds.share, mean, np.sqrt(variance) * step, _report(rounds, free, calibrated, step))


def _step(panel: Panel) -> np.float32:
    """Return what a sale comes in: the smallest that is not rare. Sales may be packs, or packs times any constant."""
    every = max(1, panel.n // 2000)
    some = (panel.sales if panel.hours is None else panel.hours)[::every]
    some = some[some > 0]
    return np.float32(np.quantile(some, 0.01)) if some.size else np.float32(1)


def _packed(panel: Panel, share: Floats, mean: Floats, sd: Floats, report: RecoveryReport) -> Recovery:
    there, nan = panel.there, np.float32(np.nan)
    kept = (share >= WHOLE) & (mean == np.nan_to_num(panel.sales))
    method = np.where(kept & there, OBSERVED, np.where((share > BLIND) & there, SEEN_THROUGH, ASSUMED))
    return Recovery(
        sales=panel.sales,
        exposure=np.where(there, share, 0).astype(np.float32),
        mean=np.where(there, mean, nan).astype(np.float32),
        sd=np.where(there, sd, nan).astype(np.float32),
        method=method.astype(np.int8),
        report=report,
    )


def _report(rounds: Rounds, free: MaskScore, calibrated: MaskScore, step: np.float32) -> RecoveryReport:
    return RecoveryReport(
        step=float(step),
        masked=free,
        calibrated=calibrated,
        exposure_edges=EDGES,
        bands=rounds.params.bands,
        factors=tuple(tuple(float(x) for x in row) for row in rounds.factor),
        scale=rounds.spread.scale,
        means=rounds.spread.means,
        shapes=rounds.spread.shapes,
        flags_doubted=rounds.doubted,
        flags_wrong=rounds.belief.wrong,
        flags_empty_wrong=rounds.belief.false,
        flags_stocked_wrong=rounds.belief.missed,
        flags_late=rounds.late,
        moved=rounds.moved,
        bulk=0.0 if rounds.extra is None else rounds.extra.share,
        daily=False,
    )


def _daily_report(params: RecoverParams, step: np.float32) -> RecoveryReport:
    nothing = MaskScore(days=0, wape=0.0, wpe=0.0)
    return RecoveryReport(
        step=float(step),
        masked=nothing,
        calibrated=nothing,
        exposure_edges=EDGES,
        bands=params.bands,
        factors=(),
        scale=1.0,
        means=(),
        shapes=(),
        flags_doubted=False,
        flags_wrong=0.0,
        flags_empty_wrong=0.0,
        flags_stocked_wrong=0.0,
        flags_late=0.0,
        moved=0.0,
        bulk=0.0,
        daily=True,
    )
