"""Learning from past origins, each fitted as if nothing after it were known."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from doorstep.core.forecast.calibrate import Errors, errors_of
from doorstep.core.forecast.origin import Evidence, Origin, past_origin
from doorstep.core.forecast.params import ForecastParams
from doorstep.core.forecast.rates import Habits
from doorstep.core.forecast.trees import Trees, grow
from doorstep.model.demand import Panel

Array = npt.NDArray[Any]

FEW_ROWS: Final = 2_000
"""With fewer days to learn from, trees only repeat chance."""
TENTH: Final = 0.1
"""FreshRetailNet's smallest step, taken for one pack where sales are no whole numbers."""


class Maps(Protocol):
    """The part of `ports.Engine` that past origins are fitted with."""

    def map(self, work: "Callable[[Task], Origin]", pieces: "Iterable[Task]") -> Iterator[Origin]:
        """Do the work on each piece, here or elsewhere; answers in order."""
        ...


class Learned(Struct, frozen=True, kw_only=True):
    """What past origins taught."""

    trees: Trees | None
    errors: Errors
    profiles: tuple[dict[str, Any], ...] = ()


class Task(Struct, frozen=True, kw_only=True, eq=False):
    """One past origin to fit: what another process needs."""

    panel: Panel
    evidence: Evidence
    end: int
    days: int
    sweeps: int
    habits: tuple[Habits, Habits]


def learn(
    origin: Origin,
    *,
    days: int,
    params: ForecastParams,
    seed: int,
    engine: Maps | None,
    profiles: tuple[dict[str, Any], ...] = (),
) -> Learned:
    """Fit past origins, and learn trees, bias and spread from what came after them."""
    panel, evidence = origin.panel, origin.evidence
    habits = (origin.true.habits, origin.clear.habits)
    some = sample(panel, params.learn_series)
    if some is not None:
        panel, evidence = panel.series(some), evidence.series(some)
        habits = (habits[0].series(some), habits[1].series(some))
    lean = Panel(**{x: getattr(panel, x) for x in panel.__struct_fields__ if x != "hours"}, hours=None)
    ends = [panel.d - days - k * params.origin_days for k in range(params.origins)]
    tasks = [
        Task(panel=lean, evidence=evidence, end=x, days=days, sweeps=params.past_sweeps, habits=habits)
        for x in ends
        if x >= params.least_days
    ]
    past = list(engine.map(fit_task, tasks) if engine else map(fit_task, tasks))
    errors = errors_of(past, evidence)
    trees = _trees(past, evidence, errors, params=params, seed=seed)
    return Learned(trees=trees, errors=errors, profiles=profiles)


def fit_task(task: Task) -> Origin:
    """Fit one past origin."""
    return past_origin(task.panel, task.evidence, task.end, task.days, sweeps=task.sweeps, habits=task.habits)


def sample(panel: Panel, most: int) -> Array | None:
    """Return the rows of whole sites, evenly taken, that hold about `most` series; None where all are fewer."""
    if panel.n <= most:
        return None
    sites, of = np.unique(panel.keys[:, :2], axis=0, return_inverse=True)
    of = of.ravel()
    wanted = max(1, round(len(sites) * most / panel.n))
    chosen = np.unique(np.linspace(0, len(sites) - 1, wanted).round().astype(np.int64))
    return np.flatnonzero(np.isin(of, chosen))


def unit_of(panel: Panel) -> float:
    """Return what a pack is: 1 where sales are whole numbers, else a tenth."""
    there = panel.sales[~np.isnan(panel.sales)]
    some = there[:: max(1, len(there) // 100_000)]
    whole = np.abs(some - np.rint(some)) < 1e-3
    return 1.0 if whole.mean() > 0.99 else TENTH


def _trees(
    past: Sequence[Origin], evidence: Evidence, errors: Errors, *, params: ForecastParams, seed: int
) -> Trees | None:
    if not params.trees or not past:
        return None
    tables, rates, sold = [], [], []
    for origin in past:
        d, h = origin.panel.d, origin.ahead.on_sale.shape[1]
        clear = (evidence.clear[:, d : d + h] > 0) & (origin.rows >= 0)[:, None]
        rate = np.exp(np.clip(origin.clear.eta[:, d : d + h] + origin.clear.risk / 2, -12, 16))
        came = evidence.sold[:, d : d + h]
        due = np.where(clear, rate, 0).sum(axis=0)
        week = (np.where(clear, came, 0).sum(axis=0) + 30) / (due + 30)
        # A day's common error is partly taken out: trees would learn the date by its weather.
        rate = rate * (week / np.exp(errors.held)) ** params.week_kept * np.exp(errors.held * 0.5)
        tables.append(origin.table()[clear])
        rates.append(rate[clear])
        sold.append(came[clear])
    table, rate_, came_ = np.concatenate(tables), np.concatenate(rates), np.concatenate(sold)
    if len(came_) < FEW_ROWS:
        return None
    return grow(table, rate_, came_, trees=params.trees, seed=seed)
