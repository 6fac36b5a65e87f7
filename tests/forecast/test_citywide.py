"""What a whole city's days share is told from its drift, and no demand is lost between series."""

from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.core.forecast.citywide import by_day, weigh
from doorstep.core.forecast.design import Effect
from doorstep.core.forecast.levels import Level, begin, move_level

Array = npt.NDArray[Any]
DAYS, SERIES = 90, 60
FEASTS = (28, 29, 30, 55, 56, 57, 58, 59)
LIFT = 0.2


def holiday() -> Effect:
    value = np.zeros((1, DAYS), np.float32)
    value[0, list(FEASTS)] = 1
    zero = np.zeros(SERIES, np.int32)
    return Effect(
        name="feast city",
        by="city",
        group=zero,
        groups=1,
        slot=np.zeros((1, DAYS), np.int32),
        slot_row=zero,
        slots=1,
        value=value,
        value_row=zero,
        prior=0.3,
        learn=False,
    )


def days_of_a_city(chance: np.random.Generator) -> Array:
    """Draw counts around a rate that drifts by 5 % and is lifted on holidays."""
    drift = np.zeros(DAYS)
    for x in range(1, DAYS):
        drift[x] = 0.6 * drift[x - 1] + chance.normal(0, 0.04)
    rate = 8.0 * np.exp(drift + LIFT * holiday().value[0])
    found: Array = chance.poisson(rate, (SERIES, DAYS)).astype(np.float32)
    return found


def city_level() -> Level:
    level = begin("city", np.zeros(SERIES, np.int32), 1, DAYS)
    level.drift[:] = np.log(8.0)
    return level


def lift_of(demand: Array, level: Level) -> float:
    eta = np.full((SERIES, DAYS), np.log(8.0), np.float32)
    weight, shape = np.ones((SERIES, DAYS), np.float32), np.full(SERIES, 50.0, np.float32)
    eta += (level.drift[0] - np.log(8.0)).astype(np.float32)
    table = by_day([holiday()], level, DAYS)
    found = weigh(table, np.array([0.3]), np.zeros((1, 1)), level, (eta, demand, weight, shape))
    return float(found[0, 0])


def test_a_holiday_is_no_drift() -> None:
    """A lift on eight holidays is found within its error, also where the drift has swallowed it before."""
    for seed in range(5):
        demand = days_of_a_city(np.random.default_rng(seed))
        fresh, used = city_level(), city_level()
        eta = np.full((SERIES, DAYS), np.log(8.0), np.float32)
        rest = (np.ones((SERIES, DAYS), np.float32), np.full(SERIES, 50.0, np.float32))
        move_level(used, eta, demand, *rest, learn=False)
        assert used.drift[0, list(FEASTS)].mean() > np.log(8.0) + LIFT / 2, "the drift alone follows any three days"
        assert abs(lift_of(demand, fresh) - LIFT) < 0.08
        assert abs(lift_of(demand, used) - LIFT) < 0.08


def test_without_days_seen_nothing_is_told() -> None:
    """A city without a single day seen has coefficients of 0, not a NaN."""
    level = city_level()
    table = by_day([holiday()], level, DAYS)
    eta, nothing = np.zeros((SERIES, DAYS), np.float32), np.zeros((SERIES, DAYS), np.float32)
    fit = (eta, nothing, nothing, np.full(SERIES, 8.0, np.float32))
    assert weigh(table, np.array([0.3]), np.zeros((1, 1)), level, fit).tolist() == [[0.0]]


def test_large_orders_stay_in_the_sum() -> None:
    """Where a tenth of the days sell twenty times their rate, levels of single series still add up to what came."""
    chance = np.random.default_rng(1)
    rate = np.repeat([1.0, 3.0], SERIES // 2)[:, None]
    demand = chance.poisson(rate, (SERIES, DAYS)) + 20 * (chance.random((SERIES, DAYS)) < 0.1)
    demand = demand.astype(np.float32)
    level = begin("series", np.arange(SERIES, dtype=np.int32), SERIES, DAYS)
    level.law[0] = 4.0  # so wide that next to nothing is pulled to the larger group
    eta = np.zeros((SERIES, DAYS), np.float32)
    weight, shape = np.ones((SERIES, DAYS), np.float32), np.full(SERIES, 0.5, np.float32)
    for _ in range(12):
        move_level(level, eta, demand, weight, shape, learn=False)
    assert abs(float(np.exp(eta.astype(np.float64)).sum()) / float(demand.sum()) - 1) < 0.04
