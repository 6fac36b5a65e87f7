"""Profiles of hours that empty shelves do not bend."""

import numpy as np
from msgspec.structs import replace

from doorstep.core.forecast.profiles import profiles_of
from tests.forecast.made import city


def test_late_hours_are_not_taken_for_slow() -> None:
    """Where busy days sell out before the evening, a flat day is still found flat; counting hours alone bends it."""
    panel, _, _ = city(seed=3, sites=6, skus=20, days=84)
    assert panel.hours is not None, "the made city has hours"
    chance = np.random.default_rng(5)
    wanted = chance.poisson(chance.gamma(2, 8 / 2, (panel.n, panel.d, 1)) * np.where(_open(), 1 / 16, 0.0))
    before = np.cumsum(wanted, axis=2) - wanted
    sold = np.clip(np.minimum(wanted, 12 - before), 0, None)
    out = ((before + sold >= 12) << np.arange(24)).sum(axis=2).astype(np.uint32)
    bent = replace(panel, hours=sold.astype(np.float32), sales=sold.sum(axis=2).astype(np.float32), out=out)
    demand = wanted.sum(axis=2).astype(np.float32)
    found = np.array([x["shares"] for x in profiles_of(bent, demand)]).mean(axis=(0, 1))
    plain = np.array([x["shares"] for x in profiles_of(bent, np.ones_like(demand))]).mean(axis=(0, 1))
    assert abs(found[14:22].sum() - 0.5) < 0.02
    assert plain[14:22].sum() < 0.46, "the check can fail"


def _open() -> np.ndarray:
    return np.isin(np.arange(24), np.arange(6, 22))
