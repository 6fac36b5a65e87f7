"""Numbers of the policy that asks sampled futures."""

from msgspec import Struct


class Params(Struct, frozen=True, kw_only=True):
    """
    How futures are asked.

    Parameters
    ----------
    asks, futures
        How often all is asked again with what was decided before, and how many futures each time.
    ahead
        How many epochs a future has.
    send, keep
        A request goes when at least this share of futures send it, waits when at least this share keep it.
    plan, last
        Shares of the budget for the plan that the futures begin with, and for the routes in the end.
    """

    asks: int = 3  # published defaults of leonlan/dynamic-dispatch-waves, the code of Lan et al. (2024)
    futures: int = 30  # the same
    ahead: int = 1  # the same
    send: float = 0.5  # the same
    keep: float = 0.8  # the same
    plan: float = 0.05  # set once, never tuned
    last: float = 0.2  # the same
