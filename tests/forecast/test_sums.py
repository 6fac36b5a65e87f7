"""Sums agree, and today is corrected by what was seen of it."""

import numpy as np
import pytest

from doorstep.core.forecast import agree, rest_of_day
from doorstep.core.forecast.coherent import sums


def test_sums_of_all_kinds_agree() -> None:
    """After the projection every kind of group adds up to the aims, to a millionth, where the aims agree."""
    chance = np.random.default_rng(1)
    base = chance.gamma(2, 2, (600, 7))
    site, sku = np.divmod(np.arange(600), 30)
    truth = base * np.exp(0.2 * chance.normal(size=(20, 1)))[site] * np.exp(0.2 * chance.normal(size=(30, 1)))[sku]
    city = np.zeros(600, np.int64)
    kinds = [sku, site, city]
    totals = [sums(truth, x, int(x.max()) + 1) for x in kinds]
    found = agree(base, kinds, totals, [1.0, 1.0, 1.0])
    for kind, total in zip(kinds, totals, strict=True):
        assert sums(found, kind, len(total)) == pytest.approx(total, rel=1e-6)
    assert np.abs(found - truth).sum() < 0.1 * np.abs(base - truth).sum()


def test_nothing_trusted_moves_nothing() -> None:
    """With trust 0 the base stays as it is; zero stays zero; nothing turns negative."""
    base = np.array([[1.0], [0.0], [3.0]])
    kind = np.array([0, 0, 1])
    total = np.array([[50.0], [1.0]])
    assert agree(base, [kind], [total], [0.0]) == pytest.approx(base)
    moved = agree(base, [kind], [total], [1.0])
    assert moved[:, 0] == pytest.approx([4.0, 0.0, 1.0])  # a factor of 4 at most


def test_the_afternoon_is_told_better_with_the_morning() -> None:
    """At noon the error of the rest of the day is at least 15 % less than without the update; by a made day."""
    chance = np.random.default_rng(3)
    sites, skus = 20, 100
    site, sku = np.divmod(np.arange(sites * skus), skus)
    mean = chance.lognormal(1.5, 0.9, sites * skus)
    factor = np.exp(0.2 * chance.normal(size=sites))[site] * np.exp(0.2 * chance.normal(size=skus))[sku]
    rate = mean * factor * chance.gamma(5, 1 / 5, len(mean))
    seen = np.where(chance.random(len(mean)) < 0.2, 0.2, 0.45)
    left = np.full(len(mean), 0.55)
    sold, came = chance.poisson(rate * seen), chance.poisson(rate * left)
    shape = np.full(len(mean), 1 / (1 / 5 + 0.08))
    told = rest_of_day(mean, shape, sold, seen, left, site, sku, site_variance=0.04, sku_variance=0.04)
    before, after = np.abs(mean * left - came).sum(), np.abs(told.mean - came).sum()
    assert after < 0.85 * before


def test_a_large_order_of_the_morning_is_no_news_of_the_afternoon() -> None:
    """One order of forty packs within an hour lifts its series' afternoon by less than a third of what a sum would."""
    mean = np.full(200, 8.0)
    seen = np.full((200, 6), 0.08)
    sold = np.random.default_rng(2).poisson(mean[:, None] * seen).astype(float)
    rest = (np.full(200, 5.0), np.full(200, 0.5), np.arange(200) // 20, np.arange(200) % 20)
    shape, left, site, sku = rest
    told = [
        rest_of_day(mean, shape, x, y, left, site, sku, site_variance=0.01, sku_variance=0.01)
        for x, y in (
            (sold, seen),
            (sold + np.eye(200, 6) * 40, seen),
            ((sold + np.eye(200, 6) * 40).sum(1), seen.sum(1)),
        )
    ]
    plain, by_hour, in_all = (x.mean[0] for x in told)
    assert in_all > 2.0 * plain
    assert by_hour - plain < (in_all - plain) / 3
    assert told[0].mean.sum() == pytest.approx(float((mean * left).sum()), rel=0.1)


def test_a_morning_as_forecast_changes_nothing() -> None:
    """Sales that are just what was expected leave the factor at 1."""
    mean = np.array([4.0, 10.0])
    told = rest_of_day(
        mean,
        np.array([5.0, 5.0]),
        mean / 2,
        np.full(2, 0.5),
        np.full(2, 0.5),
        np.arange(2),
        np.zeros(2, np.int64),
        site_variance=0.01,
        sku_variance=0.01,
    )
    assert told.factor == pytest.approx([1.0, 1.0])
    assert told.mean == pytest.approx(mean / 2)
