"""History and known future brought to the same series; and a known future made up where none was given."""

from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.base.errors import BadInput
from doorstep.model.demand import DAILY, Ahead, Panel, Recovered

Array = npt.NDArray[Any]

ENDED_DAYS = 14
"""A series without a row this long is taken to have ended, where no known future says otherwise."""


def made_up(panel: Panel, days: int) -> Ahead:
    """
    Make a known future up: who sold lately goes on, at list price, without activities; weekends are holidays.

    Parameters
    ----------
    days
        How many days, at least 1.
    """
    there = panel.there
    lately = there[:, -min(ENDED_DAYS, panel.d) :].any(axis=1)
    m = int(lately.sum())
    if not m:
        raise BadInput(
            f"no series has a row in its last {ENDED_DAYS} days, so nothing is on sale; give a known future"
        )
    first_day = panel.first_day + panel.d
    weekend = (first_day + 3 + np.arange(days)) % 7 >= 5
    return Ahead(
        keys=panel.keys[lately],
        groups=panel.groups[lately],
        first_day=first_day,
        on_sale=np.ones((m, days), np.bool_),
        discount=np.ones((m, days), np.float32),
        holiday=np.broadcast_to(weekend.astype(np.int8), (m, days)).copy(),
        activity=np.zeros((m, days), np.int8),
        weather=np.full((m, days, panel.weather.shape[2]), np.nan, np.float32),
        live=None if panel.live is None else np.zeros((m, days), np.float32),
        preorders=None if panel.preorders is None else np.zeros((m, days), np.float32),
        names=panel.names,
    )


def aligned(panel: Panel, recovered: Recovered, ahead: Ahead) -> tuple[Panel, Recovered, Array]:
    """
    Add the series that only the known future has, without a single day.

    Returns
    -------
    The panel and what was recovered, new series last; and for each of its series the row of `ahead`, or -1.
    """
    at = {tuple(key): i for i, key in enumerate(ahead.keys.tolist())}
    rows = np.array([at.pop(tuple(key), -1) for key in panel.keys.tolist()], np.int64)
    new = np.array(sorted(at.values()), np.int64)
    if not len(new):
        return panel, recovered, rows
    return _longer(panel, ahead, new), _unseen(recovered, len(new)), np.concatenate([rows, new])


def _longer(panel: Panel, ahead: Ahead, new: Array) -> Panel:
    blank = {"sales": np.nan, "discount": 1.0, "weather": np.nan, "out_hours": -1}
    parts = {}
    for name in DAILY:
        whole = getattr(panel, name)
        if whole is not None and name != "hours":
            parts[name] = np.concatenate(
                [whole, np.full((len(new), *whole.shape[1:]), blank.get(name, 0), whole.dtype)]
            )
    return Panel(
        keys=np.concatenate([panel.keys, ahead.keys[new]]),
        groups=np.concatenate([panel.groups, ahead.groups[new]]),
        first_day=panel.first_day,
        hours=None,
        names=ahead.names,
        **parts,
    )


def _unseen(recovered: Recovered, count: int) -> Recovered:
    parts = {}
    for name in ("sales", "exposure", "mean", "sd", "method"):
        whole = getattr(recovered, name)
        parts[name] = np.concatenate([whole, np.zeros((count, whole.shape[1]), whole.dtype)])
    return Recovered(**parts)
