"""Boosted trees over the rates: what days free of stock-outs sell, learned from many origins, all horizons at once."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from doorstep.base.errors import WorldFailed

Array = npt.NDArray[Any]

ONE_THREAD: Final = {"num_threads": 1, "deterministic": True, "force_row_wise": True, "verbosity": -1}
"""Sums of floats depend on the number of threads: one, always."""
SHAPE: Final = {
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
}
"""Set on rolling weeks of the public slices before their last one (cities 6 and 11)."""


class Trees(Struct, frozen=True, kw_only=True):
    """Two boosters as text, which any process can load: one of the mean, one of the median."""

    mean: str
    median: str


def lightgbm() -> Any:  # noqa: ANN401 the library ships no types
    """
    Import LightGBM, late: it loads OpenMP, whose threads must have been pinned before.

    Raises
    ------
    WorldFailed
        It cannot be loaded; the sentence says what to install.
    """
    try:
        import lightgbm as library  # noqa: PLC0415 heavy, and may fail to load
    except OSError as error:
        raise WorldFailed(
            f"LightGBM cannot be loaded ({error}): it needs the OpenMP runtime; install libgomp1 (Debian, Ubuntu: "
            "apt-get install libgomp1; Fedora: dnf install libgomp; macOS: brew install libomp) and try again"
        ) from error
    return library


def grow(table: Array, rate: Array, sold: Array, *, trees: int, seed: int) -> Trees:
    """
    Learn how sales differ from their rate.

    Parameters
    ----------
    table
        `[rows, features]`.
    rate
        `[rows]`: what is expected without trees, above 0: where the trees begin.
    sold
        `[rows]`: what days free of stock-outs sold.
    trees
        How many of each kind.
    """
    library = lightgbm()
    rate = np.maximum(rate, 0.05)
    common = {**ONE_THREAD, **SHAPE, "seed": seed % 2**31}
    poisson = library.Dataset(table, sold, init_score=np.log(rate), free_raw_data=True)
    mean = library.train({**common, "objective": "poisson"}, poisson, trees)
    # Least absolute errors of sales are least absolute errors of their ratio to the rate, weighed by the rate.
    ratio = library.Dataset(table, sold / rate, weight=rate, init_score=np.ones(len(sold)), free_raw_data=True)
    median = library.train({**common, "objective": "l1"}, ratio, trees)
    return Trees(mean=mean.model_to_string(), median=median.model_to_string())


def apply(trees: Trees, table: Array, rate: Array) -> Array:
    """Return what days free of stock-outs are expected to sell: half way between mean and median."""
    library = lightgbm()
    rate = np.maximum(rate, 0.05)
    raw = [
        library.Booster(model_str=x).predict(table, raw_score=True, num_threads=1) for x in (trees.mean, trees.median)
    ]
    found: Array = rate * (np.exp(np.clip(raw[0], -3.0, 3.0)) + np.clip(1.0 + raw[1], 0.0, 20.0)) / 2
    return found
