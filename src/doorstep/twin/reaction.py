"""
Whether a shopper takes a quote.

Model: a logistic choice. The readiness to buy falls with every minute beyond a half hour, with the share of the
basket (by value) that is missing, and with how much dearer it is than usual; `ReactionParams` has the numbers. They
are assumptions of plausible size, not measurements: no public data joins quotes to the baskets they lost. Change
them, or fit them to the `quoted` and `basket_abandoned` facts of a real site.
"""

from math import exp
from typing import Literal

from msgspec import Struct


class ReactionParams(Struct, frozen=True, kw_only=True):
    """
    The curve, in hundredths of log-odds.

    Parameters
    ----------
    ready_e2
        Log-odds to buy at 30 minutes with everything there at the usual price: 3.5, so 97 of 100.
    minute_e2
        Lost a minute beyond 30: at 60 minutes 88 of 100 still buy, at 90 minutes 62.
    missing_e2
        Lost when all of the basket's value is missing, in proportion: a fifth missing leaves 90 of 100.
    price_e2
        Lost a doubling of the price, in proportion: 10% dearer leaves 94 of 100.
    """

    ready_e2: int = 350
    minute_e2: int = 5
    missing_e2: int = 650
    price_e2: int = 800


def stays(
    *, wait_s: int, missing_bp: int, dearer_bp: int, params: ReactionParams
) -> tuple[float, Literal["promise", "missing", "price", "other"]]:
    """
    Return the probability that a shopper places the order, and what weighs most against it.

    Parameters
    ----------
    wait_s
        Promised arrival less now.
    missing_bp
        Share of the basket's value that cannot be had.
    dearer_bp
        How much dearer than usual the rest is; negative where it is cheaper.
    """
    costs: dict[Literal["promise", "missing", "price", "other"], float] = {
        "promise": params.minute_e2 / 100 * max(0, wait_s - 1_800) / 60,
        "missing": params.missing_e2 / 100 * missing_bp / 10_000,
        "price": params.price_e2 / 100 * max(0, dearer_bp) / 10_000,
    }
    worst = max(costs, key=lambda x: (costs[x], x))
    readiness = params.ready_e2 / 100 - sum(costs.values())
    return 1 / (1 + exp(-max(-700.0, readiness))), worst if costs[worst] > 0 else "other"
