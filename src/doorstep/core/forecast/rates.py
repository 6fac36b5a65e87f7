"""
The rates: log demand as effects that add up, and levels that drift; fitted to what was seen of each day.

Everything is a ridge: each effect (weekday of a sku, pull of a discount …) is shrunk towards that of the larger
group by a variance that the data itself tells, so a sku with three promotions borrows from those with thirty.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from doorstep.core.forecast.citywide import by_day, weigh
from doorstep.core.forecast.design import Design, Effect
from doorstep.core.forecast.levels import Level, begin, carried, move_level, seed
from doorstep.core.forecast.sweep import likelihood, pull, push

Array = npt.NDArray[Any]

SWEEPS = 7
"""Rounds of effects and levels; the log rates move by less than a hundredth after five (measured on the worlds)."""


FEW: Final = 300.0
"""Packs that all days must hold before half of what their sum says is taken."""
STRONGEST: Final = 1.2


LENT = ("all", "city", "first", "third", "sku")
"""Kinds of groups that are the same in every site of a city."""
SHAPE_DAYS = 35
"""Last days that tell the shapes of series that borrow the rest."""


class Habits(Struct, frozen=True, kw_only=True, eq=False):
    """What a fit has learned of how things vary: laws of drift by level, variances of effects, shapes `[n]`."""

    laws: dict[str, Array]
    spread: dict[str, float]
    shape: Array

    def series(self, rows: Array) -> "Habits":
        """Return the habits of some series."""
        return Habits(laws=self.laws, spread=self.spread, shape=self.shape[rows])


class Shared(Struct, frozen=True, kw_only=True, eq=False):
    """
    What a fit of some sites found that holds for all: effects and levels of the city, its categories and its skus.

    Parameters
    ----------
    labels
        The ids of each kind of group, `[groups, k]`.
    steps
        Coefficients by effect.
    drift, ahead, open_
        By level: drift `[groups, d]`, and ahead, with its variance, `[groups, h]`.
    balance
        As of `Rates`.
    """

    labels: dict[str, Array]
    steps: dict[str, Array]
    drift: dict[str, Array]
    ahead: dict[str, Array]
    open_: dict[str, Array]
    laws: dict[str, Array]
    spread: dict[str, float]
    balance: float


class Rates(Struct, kw_only=True, eq=False):
    """
    A fitted model of rates.

    Parameters
    ----------
    eta
        `[n, d + h]`: log of expected demand; days after the last seen are a forecast.
    risk
        `[n, h]`: variance of the log rate of the days to come that the levels leave open.
    shape
        `[n]`: of a negative binomial day.
    balance
        What `balance` added to the log rates of the days to come.
    """

    eta: Array
    risk: Array
    shape: Array
    levels: tuple[Level, ...]
    steps: dict[str, Array]
    habits: Habits
    balance: float = 0.0


def fit_rates(
    design: Design,
    demand: Array,
    weight: Array,
    *,
    seen: tuple[Array, Array],
    sweeps: int = SWEEPS,
    habits: Habits | None = None,
    shared: Shared | None = None,
) -> Rates:
    """
    Fit effects and levels.

    Parameters
    ----------
    design
        Of n series over d days seen and h to come.
    demand, weight
        `[n, d]` float32: demand, and how much of the day was seen.
    seen
        Demand over the share of the day that was seen, and that share: what shapes are estimated from.
    habits
        Of an earlier fit of the same series; None learns them.
    shared
        What a fit of other sites of the same city and days lends: only sites and series are fitted then.

    Notes
    -----
    Newton steps on the effects one block after the other, those of a whole city's days together with its drift; then
    the drift of each kind of group against the rest (a sight is the working response of the negative binomial).
    Variances by expectation-maximisation, laws of drift by likelihood.
    """
    d = demand.shape[1]
    fit = _started(design, d, habits, shared)
    eta, shape = fit.eta, fit.shape
    own = shared is not None
    drifting = [x for x in fit.levels if not (own and x.name in LENT)]
    moving = [x for x in design.effects if not (own and x.by in LENT)]
    seed(drifting, demand, weight, np.exp(eta[:, :d]) if own else None)
    for level in drifting:
        eta[:, :d] += level.drift[level.group].astype(np.float32)
    citywide, moving = [x for x in moving if x.by == "city"], [x for x in moving if x.by != "city"]
    city = next(x for x in fit.levels if x.name == "city")
    table = by_day(citywide, city, d)
    for sweep in range(sweeps):
        for effect in moving:
            _move(effect, eta, demand, weight, shape, fit)
        if citywide:
            _move_citywide(citywide, table, city, eta, demand, weight, shape, fit)
        learn = habits is None and not own and sweep in {0, 2, sweeps - 2}
        for level in drifting:
            move_level(level, eta, demand, weight, shape, learn=learn)
        if habits is None and sweep in ({0} if own else {1, 3, 5}):
            first = max(0, d - SHAPE_DAYS) if own else 0
            shape = _shapes(*(np.ascontiguousarray(x[:, first:d]) for x in (*seen, eta)))
    for level in drifting:
        _carry(level, fit)
    fit.shape = shape
    fit.habits = Habits(laws={x.name: x.law for x in fit.levels}, spread=fit.habits.spread, shape=shape)
    return fit


def _carry(level: Level, fit: Rates) -> None:
    """Carry a level's states to the days to come, and the variance that they leave open."""
    days = fit.risk.shape[1]
    ahead, open_ = carried(level, days)
    fit.eta[:, -days:] += ahead[level.group].astype(np.float32)
    fit.risk[:] += open_[level.group]


def balance(rates: Rates, demand: Array, weight: Array, *, shared: Shared | None = None) -> None:
    """
    Raise or lower the days to come by what the fitted days lack of what came, one factor for all; in place.

    Parameters
    ----------
    shared
        Of other sites of the city: their factor is taken.

    Notes
    -----
    Levels are drawn to the logs of larger groups, and a mean of logs lies below the log of a mean.
    """
    d = demand.shape[1]
    if shared is None:
        came = float((demand * weight).sum(dtype=np.float64))
        due = float((np.exp(np.clip(rates.eta[:, :d], -12, 16)) * weight).sum(dtype=np.float64))
        rates.balance = float(np.log(np.clip((came + FEW) / (due + FEW), 1 / STRONGEST, STRONGEST)))
    else:
        rates.balance = shared.balance
    rates.eta[:, d:] += np.float32(rates.balance)


def _started(design: Design, d: int, habits: Habits | None, shared: Shared | None) -> Rates:
    """Begin a fit: nothing known, or with what an earlier fit or other sites tell."""
    n = len(design.groups["all"])
    levels = tuple(begin(x, groups, count, d) for x, groups, count in design.levels)
    spread = {x.name: x.prior**2 for x in design.effects}
    told = habits or shared
    if told is not None:
        spread |= {x: v for x, v in told.spread.items() if x in spread}
        for level in levels:
            level.law = told.laws.get(level.name, level.law)
    shape = np.full(n, 8.0, np.float32) if habits is None else habits.shape
    fit = Rates(
        eta=np.zeros((n, design.days), np.float32),
        risk=np.zeros((n, design.days - d)),
        shape=shape,
        levels=levels,
        steps={x.name: np.zeros(x.groups * x.slots) for x in design.effects},
        habits=Habits(laws={}, spread=spread, shape=shape),
    )
    if shared is not None:
        _borrow(shared, design, fit)
    return fit


def lend(design: Design, rates: Rates) -> Shared:
    """Take out of a fit what other sites of the city may borrow."""
    levels = {x.name: x for x in rates.levels if x.name in LENT}
    d = next(iter(levels.values())).drift.shape[1]
    ahead = {x: carried(level, design.days - d) for x, level in levels.items()}
    return Shared(
        labels={x: design.labels[x] for x in LENT},
        steps={x.name: rates.steps[x.name] for x in design.effects if x.by in LENT},
        drift={x: level.drift for x, level in levels.items()},
        ahead={x: v[0] for x, v in ahead.items()},
        open_={x: v[1] for x, v in ahead.items()},
        laws={x.name: x.law for x in rates.levels},
        spread=rates.habits.spread,
        balance=rates.balance,
    )


def _borrow(shared: Shared, design: Design, fit: Rates) -> None:
    """Put what was lent into the log rates; what the lender does not know stays 0."""
    levels, steps, eta, risk = fit.levels, fit.steps, fit.eta, fit.risk
    d = eta.shape[1] - risk.shape[1]
    place = {}
    for by in LENT:
        known_at = {tuple(x): i for i, x in enumerate(shared.labels[by].tolist())}
        place[by] = np.array([known_at.get(tuple(x), -1) for x in design.labels[by].tolist()], np.int64)
    for effect in design.effects:
        if effect.by in LENT and effect.name in shared.steps:
            lent = shared.steps[effect.name].reshape(-1, effect.slots)
            mine = np.where((place[effect.by] >= 0)[:, None], lent[place[effect.by]], 0.0)
            steps[effect.name] = mine.ravel()
            where = (effect.group, effect.slot, effect.slot_row, effect.value, effect.value_row, effect.slots)
            push(eta, *where, mine.ravel().astype(np.float32))
    for level in levels:
        if level.name in LENT:
            at = place[level.name]
            known = (at >= 0)[:, None]
            level.drift = np.where(known, shared.drift[level.name][at][:, -d:], 0.0)
            ahead = np.where(known, shared.ahead[level.name][at], 0.0)
            open_ = np.where(known, shared.open_[level.name][at], level.law[0])
            eta[:, :d] += level.drift[level.group].astype(np.float32)
            eta[:, d:] += ahead[level.group].astype(np.float32)
            risk += open_[level.group]


def _move(effect: Effect, eta: Array, demand: Array, weight: Array, shape: Array, fit: Rates) -> None:
    """Take one Newton step of an effect, and learn how far its groups spread."""
    steps, spread = fit.steps, fit.habits.spread
    size = effect.groups * effect.slots
    score, information = np.empty(size), np.empty(size)
    where = (effect.group, effect.slot, effect.slot_row, effect.value, effect.value_row, effect.slots)
    pull(demand, weight, eta, shape, *where, score, information)
    tight = 1.0 / spread[effect.name]
    now = steps[effect.name]
    move = np.clip((score - tight * now) / (information + tight), -0.7, 0.7)
    now += move
    push(eta, *where, move.astype(np.float32))
    if effect.learn:
        told = information > 0
        if told.sum() >= 3:
            learned = float(np.mean(now[told] ** 2 + 1.0 / (information[told] + tight)))
            spread[effect.name] = min(max(learned, 1e-6), 4.0)


def _move_citywide(
    effects: Sequence[Effect],
    table: Array,
    city: Level,
    eta: Array,
    demand: Array,
    weight: Array,
    shape: Array,
    fit: Rates,
) -> None:
    """Find the effects that a whole city shares anew, together with its drift."""
    now = np.concatenate([fit.steps[x.name].reshape(city.groups, x.slots) for x in effects], axis=1)
    priors = np.concatenate([np.full(x.slots, x.prior) for x in effects])
    found = weigh(table, priors, now, city, (eta, demand, weight, shape))
    at = 0
    for x in effects:
        move = np.clip(found - now, -0.7, 0.7)[:, at : at + x.slots].ravel()
        at += x.slots
        fit.steps[x.name] += move
        where = (x.group, x.slot, x.slot_row, x.value, x.value_row, x.slots)
        push(eta, *where, move.astype(np.float32))


SHAPES = np.geomspace(0.25, 128.0, 19)
"""The shapes that are tried, from bursts to nearly Poisson."""


def _shapes(demand: Array, weight: Array, eta: Array) -> Array:
    """Estimate each series' shape by likelihood, its prior being how often each shape fits the others."""
    n = len(demand)
    fit = np.empty((n, len(SHAPES)))
    likelihood(demand, weight, eta, SHAPES, fit)
    chance = np.exp(fit - fit.max(axis=1, keepdims=True))
    prior = np.full(len(SHAPES), 1.0 / len(SHAPES))
    each = chance
    for _ in range(30):
        each = chance * prior
        each /= each.sum(axis=1, keepdims=True)
        prior = each.mean(axis=0) + 1e-6
        prior /= prior.sum()
    shape: Array = (1.0 / (each @ (1.0 / SHAPES))).astype(np.float32)
    return shape
