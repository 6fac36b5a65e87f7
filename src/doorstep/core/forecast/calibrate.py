"""What past origins say of the forecast itself: how far it was off, and how much wider the days fell than it said."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from scipy.special import gammaln

from doorstep.core.forecast.origin import Evidence, Origin

Array = npt.NDArray[Any]

WIDER: Final = np.geomspace(0.35, 6.0, 17)
VOLUMES: Final = (1.0, 5.0)
"""Edges of the volume bands, packs a day."""
HORIZONS: Final = (2, 7)
"""Last days of the first two bands of horizons; the third is all later ones."""
PROMOTED: Final = 0.02
"""Depth of a discount (of its log) from which a day counts as promoted."""
USUAL_BIAS: Final = 0.05
"""A week's common error (older weeks of the frozen worlds and the slices); what lasts beyond it is corrected."""


class Errors(Struct, frozen=True, kw_only=True):
    """
    Corrections learned from past origins.

    Parameters
    ----------
    bias
        Log factor of plain and of promoted days; 0: the drift of the rates follows the level already, and a second
        correction by past weeks made the older weeks of the frozen worlds worse.
    wider
        `[volume][horizon][promoted]`: factor on a day's squared spread.
    held
        What days free of stock-outs sell against their rate's expectation: log factor of the trees' level.
    """

    bias: tuple[float, float]
    wider: tuple[tuple[tuple[float, float], ...], ...]
    held: float


def errors_of(origins: Sequence[Origin], evidence: Evidence) -> Errors:
    """
    Learn from what happened after past origins.

    Parameters
    ----------
    origins
        Each fitted to the days before it only.
    evidence
        Of the same series, all days.
    """
    cells = [_cells(x, evidence) for x in origins]
    bias = (0.0, 0.0)
    logs = [float(np.log((c["sold"].sum() + 30) / (c["clear"].sum() + 30))) for c in cells if c["clear"].sum() > 0]
    whole = {x: np.concatenate([c[x] for c in cells]) for x in cells[0]} if cells else {}
    return Errors(bias=(bias[0], bias[1]), wider=_wider(whole, bias), held=_persistent([(x, 1e-4) for x in logs]))


def classes(mean: Array, depth: Array) -> tuple[Array, Array, Array]:
    """Return volume band, horizon band and whether promoted, each `[n, h]`."""
    h = mean.shape[1]
    horizon = np.searchsorted(HORIZONS, np.arange(1, h + 1)) * np.ones((len(mean), 1), np.int64)
    return np.searchsorted(VOLUMES, mean), horizon, (depth >= PROMOTED).astype(np.int64)


def _cells(origin: Origin, evidence: Evidence) -> dict[str, Array]:
    d = origin.panel.d
    h = origin.ahead.on_sale.shape[1]
    eta, risk = origin.true.eta[:, d : d + h], origin.true.risk
    mean = np.exp(np.clip(eta + risk / 2, -12, 16))
    flat = (1 + 1 / origin.true.shape[:, None]) * np.exp(risk) - 1
    weight, demand = evidence.weight[:, d : d + h], evidence.demand[:, d : d + h]
    volume, horizon, promoted = classes(mean, origin.design.columns["depth"][:, d : d + h])
    seen = (weight > 0) & (origin.rows >= 0)[:, None]
    clear = (evidence.clear[:, d : d + h] > 0) & seen
    expected = np.exp(np.clip(origin.clear.eta[:, d : d + h] + origin.clear.risk / 2, -12, 16))
    found = {"mean": mean, "flat": flat, "weight": weight, "demand": demand, "volume": volume}
    found |= {"horizon": horizon, "promoted": promoted, "sold": np.where(clear, evidence.sold[:, d : d + h], 0)}
    found["clear"] = np.where(clear, expected, 0)
    return {x: np.broadcast_to(v, mean.shape)[seen] for x, v in found.items()}


def _log_ratio(cells: dict[str, Array], promoted: int) -> tuple[float, float]:
    """Return the log of what came over what was expected, and its sampling variance."""
    some = cells["promoted"] == promoted
    came = float((cells["weight"] * cells["demand"])[some].sum())
    due = float((cells["weight"] * cells["mean"])[some].sum())
    # Bursts make the sum noisier than counts: about thirty packs move together.
    return float(np.log((came + 30) / (due + 30))), 30.0 / (due + 30.0)


def _persistent(weeks: Sequence[tuple[float, float]]) -> float:
    """Shrink the mean of some weeks' log errors by what chance alone would give it."""
    if not weeks:
        return 0.0
    logs = np.array([x for x, _ in weeks])
    noise = np.array([v for _, v in weeks]) + USUAL_BIAS**2
    mean = float((logs / noise).sum() / (1 / noise).sum())
    chance = float(1 / (1 / noise).sum())
    return mean * USUAL_BIAS**2 / (USUAL_BIAS**2 + chance)


def _wider(cells: dict[str, Array], bias: Sequence[float]) -> tuple[tuple[tuple[float, float], ...], ...]:
    shape = (len(VOLUMES) + 1, len(HORIZONS) + 1, 2)
    if not cells or not len(cells["mean"]):
        return tuple(tuple((1.0, 1.0) for _ in range(shape[1])) for _ in range(shape[0]))
    mean = cells["mean"] * np.exp(np.asarray(bias)[cells["promoted"]])
    rate, sold = cells["weight"] * mean, cells["weight"] * cells["demand"]
    fits = np.empty((len(mean), len(WIDER)))
    for k, factor in enumerate(WIDER):
        a = 1.0 / (cells["flat"] * factor)
        fits[:, k] = gammaln(a + sold) - gammaln(a) + a * np.log(a) - (a + sold) * np.log(a + rate)
    of_all = fits.sum(axis=0)
    best = float(np.log(WIDER[int(np.argmax(of_all))]))
    code = (cells["volume"] * shape[1] + cells["horizon"]) * 2 + cells["promoted"]
    each: Array = np.stack([np.bincount(code, fits[:, k], int(np.prod(shape))) for k in range(len(WIDER))], axis=1)
    each = each - 0.5 * ((np.log(WIDER) - best) / 0.25) ** 2
    found = WIDER[np.argmax(each, axis=1)].reshape(shape)
    return tuple(tuple((float(y[0]), float(y[1])) for y in x) for x in found)
