"""One instance from its folder to its table of assignments and its measures."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec

from doorstep.base.errors import CheckFailed
from doorstep.bench.grubhub.check import check
from doorstep.bench.grubhub.live import Dispatcher, Known, Progress, live
from doorstep.bench.grubhub.measure import measured
from doorstep.bench.grubhub.nearest import Nearest
from doorstep.bench.grubhub.plans import Params, Plans
from doorstep.bench.grubhub.sheet import ASSIGNMENTS, write_rows
from doorstep.intake.grubhub import read_instance
from doorstep.intake.summary import Summary

METRICS: Final = "metrics.json"
Policy = Literal["plan", "nearest-in-time", "nearest-at-placement"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """
    How an instance is lived.

    Parameters
    ----------
    policy
        `plan`: all couriers planned ahead every minute; the others send the nearest free courier.
    params
        The planner's numbers, its seed among them.
    """

    policy: Policy = "plan"
    params: Params = Params()


def dispatcher(options: Options) -> Callable[[Known], Dispatcher]:
    """Tell how the dispatcher of these options is made."""
    match options.policy:
        case "plan":
            return lambda known: Plans(known, options.params)
        case "nearest-in-time":
            return lambda known: Nearest(known, when="in-time")
        case "nearest-at-placement":
            return lambda known: Nearest(known, when="at-placement")


def replay_grubhub(
    folder: Path, out: Path, *, options: Options | None = None, progress: Progress | None = None
) -> Summary:
    """
    Live a meal delivery instance, write what was done, and check what was written.

    Parameters
    ----------
    folder
        An instance: `orders.txt`, `couriers.txt`, `restaurants.txt`, `instance_parameters.txt`.
    out
        Where `assignments.csv` and `metrics.json` go; made if it is not there. Whether it may hold other files, the
        caller decides.
    options
        Which policy; by default the planner with its defaults.
    progress
        Called with minutes lived and minutes in all.

    Returns
    -------
    What was read and written; counts `orders, delivered, undelivered, bundles, moves`.

    Raises
    ------
    BadFile, BadInput
        A table that cannot be read right; a policy that there is not. Nothing is written.
    CheckFailed
        What was written breaks a rule of the instance: a bug of ours.
    """
    options = options or Options()
    instance = read_instance(folder)
    rows = live(instance, dispatcher(options), progress=progress)
    found = measured(instance, rows)
    out.mkdir(parents=True, exist_ok=True)
    write_rows(rows, out / ASSIGNMENTS)
    metrics = {"instance": instance.name, "policy": options.policy, "seed": options.params.seed, **found}
    (out / METRICS).write_bytes(msgspec.json.format(msgspec.json.encode(metrics)) + b"\n")
    faults = check((out / ASSIGNMENTS).read_text(encoding="utf-8"), instance)
    if faults:
        first = faults[0]
        raise CheckFailed(f"{ASSIGNMENTS}, row {first.row}: {first.law}: {first.what} ({len(faults)} in all)")
    brought = [x for x in rows if x.order]
    return Summary(
        reader="grubhub",
        source=str(folder),
        files=(ASSIGNMENTS, METRICS),
        counts={
            "orders": len(instance.orders),
            "delivered": len(brought),
            "undelivered": len(instance.orders) - len(brought),
            "bundles": len({(x.courier, x.restaurant, x.pickup) for x in brought}),
            "moves": len(rows) - len(brought),
        },
    )
