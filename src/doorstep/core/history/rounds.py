"""Rounds of belief: what shelves were there for, what people wanted, what was moved, large or wrongly flagged."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorstep.core.history.belief import believe, doubted, first_belief, learn
from doorstep.core.history.bulk import Bulk, bulk
from doorstep.core.history.calibrate import EDGES, MaskScore, factors, place
from doorstep.core.history.codes import cells_of, draws
from doorstep.core.history.exposure import exposure, onsets
from doorstep.core.history.hourly import flat, profiles
from doorstep.core.history.masking import hide
from doorstep.core.history.moved import moved
from doorstep.core.history.prior import Spread, prior
from doorstep.core.history.recover_params import RecoverParams
from doorstep.core.history.spread import hour_scale, shapes
from doorstep.model.demand import OPEN_HOURS, Panel

Floats = NDArray[np.float32]
WHOLE: Final = 0.995  # from this exposure on nothing was lost
LEARNED: Final = 2  # rounds after which flags are judged
CLUSTERS: Final = 1500  # that the share of moved demand is read from
BLIND: Final = 0.02  # below it a day's own sales tell nothing


class Rounds:
    """A panel with hours and what is believed of it so far; `run` changes it in place."""

    def __init__(self, panel: Panel, hours: Floats, params: RecoverParams) -> None:
        self.panel, self.params, self.cells = panel, params, cells_of(panel)
        self.hours_seen = self.hours = hours
        self.there = panel.there
        self.sales = np.where(self.there, panel.sales, 0).astype(np.float32)
        self.sold = self.sales
        self.profile, self.drift = flat(panel.n, panel.d, self.cells, params)
        self.share = np.ones(self.sold.shape, dtype=np.float32)
        self.rate = np.where(self.there, self.sold.mean(1, keepdims=True), 0).astype(np.float32)
        self.mean, self.inflow, self.moved = self.rate, np.zeros_like(self.sold), 0.0
        self.spread, self.belief = Spread(scale=1.0), first_belief()
        self.extra: Bulk | None = None
        self.factor = np.ones((len(EDGES) + 1, len(params.bands) + 1))
        counts = np.zeros(2, dtype=np.int64)
        onsets(panel.out, hours, counts)
        self.late = float((counts[0] + 1) / (counts.sum() + 4))
        self.stock = np.empty(hours.shape, dtype=np.uint8)
        self._believe()

    def run(self) -> tuple[MaskScore, MaskScore]:
        """
        Go round, then hold the outcome against hidden hours.

        Returns
        -------
        How recovery did on hidden hours: as it is, and times the factors that other hidden hours ask for.
        """
        for x in range(self.params.passes):
            self._fit()
            self._split()
            if x >= LEARNED and not self.doubted:
                continue  # flags that were believed twice are right enough
            self.belief = learn(
                self.panel, self.hours, self.rate, self.profile, self.drift, self.cells, self.belief,
                self.spread.scale, self.late, self.params,
            )  # fmt: skip
            self._believe()
        self._expose()
        self.rate, self.rate_sd = posterior(self.sold, self.share, self.mean, self.spread)
        scores = self._calibrate()
        factor = self.factor.ravel()[place(self.share, self.mean, self.params.bands)].astype(np.float32)
        self.rate, self.rate_sd = self.rate * factor, self.rate_sd * factor
        return scores

    @property
    def doubted(self) -> bool:
        """Whether flags are weighed against sales."""
        return doubted(self.belief, self.params)

    def _believe(self) -> None:
        believe(
            self.panel, self.hours, self.rate, self.profile, self.drift, self.cells, self.belief, self.spread.scale,
            self.late, self.params, self.stock,
        )  # fmt: skip
        # What is empty at night is not missed: a day counts as whole by its open hours, as in FreshRetailNet.
        self.stock[:, :, : OPEN_HOURS.start] = 250
        self.stock[:, :, OPEN_HOURS.stop :] = 250

    def _expose(self) -> None:
        exposure(
            self.stock, self.profile, self.cells.kind, self.drift, self.cells.category, self.params.block_days,
            self.share,
        )  # fmt: skip

    def _fit(self) -> None:
        """Profile, exposure, prior, spread, rate."""
        self.profile, self.drift = profiles(self.hours, self.stock, self.rate, self.cells, self.profile, self.params)
        self._expose()
        evidence = np.where(self.there & (self.share > BLIND), self.share, 0).astype(np.float32)
        sold = np.where(evidence > 0, self.sold, 0).astype(np.float32)
        self.mean = prior(sold, evidence, self.cells, self.spread, self.params)
        scale = hour_scale(self.hours, self.stock, self.profile, self.cells.kind)
        self.spread = shapes(self.sold, evidence, self.mean, scale=scale, params=self.params)
        rate, _ = posterior(self.sold, self.share, self.mean, self.spread)
        self.rate = np.where(self.there, rate, 0).astype(np.float32)

    def _split(self) -> None:
        """Take large orders and what moved in from neighbours out of the sales to learn from."""
        self.extra = bulk(
            self.hours_seen, self.panel.out, self.rate, self.share, self.profile, self.cells, self.spread.scale,
            self.params,
        )  # fmt: skip
        self.hours = self.hours_seen if self.extra is None else self.extra.regular
        own = self.sales if self.extra is None else np.maximum(self.sales - self.extra.lump, 0)
        came = self._inflow()
        # What came in is told from the sku's own demand in proportion, so that it never exceeds the sales.
        self.inflow = own * np.minimum(came / np.maximum(self.rate * self.share + came, 1e-6), np.float32(0.9))
        self.sold = (own - self.inflow).astype(np.float32)

    def _inflow(self) -> Floats:
        """Return what empty neighbours are expected to have sent, `[n, d]`; zero unless hours say so clearly."""
        order = np.argsort(self.cells.cluster, kind="stable")
        starts = np.searchsorted(self.cells.cluster[order], np.arange(int(self.cells.cluster.max()) + 2))
        sums, came = np.zeros(3), np.zeros_like(self.sold)
        rest = self.hours, self.stock, self.rate, self.there, self.profile, self.cells.kind
        part_of = starts.size // CLUSTERS
        few_order, few_starts = _some(order, starts, part_of) if part_of > 1 else (order, starts)
        moved(few_order, few_starts, *rest, -1.0, self.spread.scale, sums, came)
        part, error = sums[0] / max(sums[1], 1e-9), np.sqrt(sums[2]) / max(sums[1], 1e-9)
        clear = part * 10_000 > self.params.moved_bp and part > 5 * error
        self.moved = float(min(part, 1.0)) if clear else 0.0
        if clear:
            moved(order, starts, *rest, self.moved, self.spread.scale, sums, came)
        return came

    def _calibrate(self) -> tuple[MaskScore, MaskScore]:
        """Hide hours of whole days twice: factors from one draw, scores from the other."""
        params = self.params
        whole = self.there & (self.share >= WHOLE) & (self.inflow <= 0.02 * self.sold)
        free = calibrated = MaskScore(days=0, wape=0.0, wpe=0.0)
        for seed in (params.mask_seed, params.mask_seed + 1):
            seen, share = np.empty_like(self.sold), np.empty_like(self.sold)
            hide(
                self.hours, whole, self.profile, self.cells.kind, self.drift, self.cells.category, params.block_days,
                draws(self.panel), self.panel.first_day, seed, (1 + self.late) / 2, seen, share,
            )  # fmt: skip
            use = share >= 0
            rate, _ = posterior(seen, np.maximum(share, 0), self.mean, self.spread)
            guess, lost = rate * (1 - share), self.hours.sum(2) - seen
            if seed == params.mask_seed:
                self.factor = factors(lost, guess, share, self.mean, params.bands, use)
                continue
            fit = self.factor.ravel()[place(share, self.mean, params.bands)]
            free = score(guess[use], lost[use], seen[use])
            calibrated = score((fit * guess)[use], lost[use], seen[use])
        return free, calibrated


def _some(
    order: NDArray[np.int64], starts: NDArray[np.int64], every: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one in so many clusters, evenly taken."""
    chosen = np.arange(0, starts.size - 1, every)
    parts = [order[starts[x] : starts[x + 1]] for x in chosen]
    return np.concatenate(parts), np.cumsum([0, *map(len, parts)])


def score(guess: Floats, lost: Floats, seen: Floats) -> MaskScore:
    """Return errors of guesses of hidden sales, as shares of the days' sales."""
    total = float(lost.sum(dtype=np.float64) + seen.sum(dtype=np.float64))
    if total <= 0:
        return MaskScore(days=int(guess.size), wape=0.0, wpe=0.0)
    error = (guess - lost).astype(np.float64)
    return MaskScore(days=int(guess.size), wape=float(np.abs(error).sum()) / total, wpe=float(error.sum()) / total)


def posterior(sold: Floats, share: Floats, mean: Floats, spread: Spread) -> tuple[Floats, Floats]:
    """
    Return the day's rate given its own hours in stock, and that rate's standard deviation.

    Notes
    -----
    Gamma prior, Poisson sales, in units of the scale. The exposure ends when sales have emptied the shelf: a stopping
    time, so the likelihood is that of a fixed one.
    """
    mean = np.maximum(mean, np.float32(1e-6))
    shape, scale = spread.shape(mean), np.float32(spread.scale)
    below = shape / mean + share / scale
    rate = (shape + sold / scale) / below
    return rate.astype(np.float32), np.sqrt(rate / below).astype(np.float32)
