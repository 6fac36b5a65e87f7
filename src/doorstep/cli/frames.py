"""The one place that lets polars in: late, and on one thread."""

import os


def pin_threads() -> None:
    """
    Let frames be worked on one thread; to be called before anything imports polars.

    With several, the order of groups and the sums of floats would depend on the machine.
    """
    os.environ["POLARS_MAX_THREADS"] = "1"
