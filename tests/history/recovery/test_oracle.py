"""The kernels of recovery against the slow and obvious way."""

import numpy as np
import pytest

from doorstep.core.history.exposure import exposure, stock_of_flags
from doorstep.core.history.level import smooth
from doorstep.core.history.trust import weigh
from tests.oracles.recovery import Tables, chance_in_stock, level_without, share_seen


def test_exposure_is_what_an_hour_by_hour_count_says() -> None:
    """Any flags, any sales, any profile: within the byte that a share of an hour is kept in."""
    draw = np.random.default_rng(5)
    for _ in range(50):
        out = draw.integers(0, 1 << 24, (1, 1)).astype(np.uint32)
        hours = draw.poisson(0.7, (1, 1, 24)).astype(np.float32)
        profile = draw.random((1, 1, 24)).astype(np.float32)
        stock, share = np.empty((1, 1, 24), np.uint8), np.empty((1, 1), np.float32)
        zero = np.zeros(1, np.int64)
        stock_of_flags(out, hours, 0.4, stock)
        exposure(stock, profile, np.zeros((1, 1), np.int8), np.ones((1, 1, 24), np.float32), zero, 14, share)
        expected = share_seen(int(out[0, 0]), list(hours[0, 0]), list(profile[0, 0]), 0.4)
        assert share[0, 0] == pytest.approx(expected, abs=2e-3)


def test_a_level_is_the_days_around_and_never_the_day_itself() -> None:
    """Two runs along the days give what weighing all other days gives."""
    draw = np.random.default_rng(6)
    sold, due = draw.gamma(2, 3, (3, 30)).astype(np.float32), draw.random((3, 30)).astype(np.float32)
    mean, level = np.array([2.0, 5.0, 9.0]), np.empty((3, 30), np.float32)
    smooth(sold, due, 0.8, mean, 4.0, level)
    for i in range(3):
        for t in range(30):
            expected = level_without(list(sold[i]), list(due[i]), t, 0.8, float(mean[i]), 4.0)
            assert level[i, t] == pytest.approx(expected, rel=1e-4)


def _chances(flags: list[int], sold: list[float], due: list[float], tables: Tables, late: float) -> list[float]:
    """Run the kernel on one day of which only the first hours count."""
    size = len(flags)
    out = np.array([[sum(f << h for h, f in enumerate(flags))]], dtype=np.uint32)
    hours = np.zeros((1, 1, 24), np.float32)
    hours[0, 0, :size] = sold
    profile = np.zeros((1, 1, 24), np.float32)
    profile[0, 0, :size] = due
    rest = np.full(24 - size, 0.5)  # what comes after says nothing: no sale is due, flags are coin tosses
    leave, back, slip, stay = (np.concatenate([np.asarray(x, dtype=np.float64), rest]) for x in tables)
    stock = np.empty((1, 1, 24), np.uint8)
    weigh(
        out, hours, np.full((1, 1), sum(due), np.float32), np.ones((1, 1), np.bool_), profile,
        np.zeros((1, 1), np.int8), np.ones((1, 1, 24), np.float32), np.zeros(1, np.int64), 14, 1.0, late,
        leave, back, slip, stay, np.zeros((12, 24)), stock,
    )  # fmt: skip
    return [float(x) / 250 for x in stock[0, 0, :size]]


def test_a_flag_is_weighed_as_every_path_of_the_shelf_says() -> None:
    """Forward and backward runs give what adding up all paths gives; hours where the shelf may just end aside."""
    draw = np.random.default_rng(7)
    for _ in range(30):
        size = 7
        flags = [int(x) for x in draw.integers(0, 2, size)]
        sold = [float(x) for x in draw.integers(1, 3, size)]
        due = [float(x) for x in draw.uniform(0.1, 3, size)]
        tables = tuple([float(x) for x in draw.uniform(0.05, 0.6, size)] for _ in range(4))
        late = 1e-6  # no sale in the hour that ends it: nothing is added for parts of hours
        expected = chance_in_stock(flags, sold, due, (tables[0], tables[1], tables[2], tables[3]), late)
        actual = _chances(flags, sold, due, (tables[0], tables[1], tables[2], tables[3]), late)
        # After the last hour the kernel goes on, with tables under which what follows changes little.
        assert actual[:-1] == pytest.approx(expected[:-1], abs=0.02)
