"""What moves demand, as columns of a design: the groups each series belongs to, and what is known of each day."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from doorstep.base.holidays import FESTIVALS, day_off, festival
from doorstep.model.demand import Ahead, Panel

Array = npt.NDArray[Any]

LIVE = 0.995
"""An activity without a discount is a live sale."""


LEVELS: Final = ("city", "third", "sku", "store", "series")
"""What drifts, the larger first."""

SLOPES: Final = {
    "depth": (("all", 1.0), ("first", 0.5), ("third", 0.5), ("sku", 0.6)),
    "live": (("all", 1.0), ("third", 0.3), ("sku", 0.3)),
    "preorders": (("all", 0.3), ("sku", 0.1)),
    "advert": (("all", 0.5), ("third", 0.2), ("sku", 0.2)),
    "feast": (("city", 0.3), ("third", 0.1), ("sku", 0.1)),
    "eve": (("city", 0.1), ("third", 0.05)),
    "rain": (("city", 0.1), ("first", 0.1), ("third", 0.1), ("sku", 0.1)),
    "heat": (("city", 0.1), ("first", 0.1), ("third", 0.1), ("sku", 0.1)),
}
"""By column: the groups that have a coefficient of their own, and how far these spread before anything was seen."""
WEEKDAYS: Final = (("city", 0.5), ("first", 0.1), ("third", 0.1), ("sku", 0.1), ("store", 0.1))
FEASTS: Final = (("city", 0.15), ("third", 0.1))


class Effect(Struct, frozen=True, kw_only=True, eq=False):
    """
    One effect: the coefficient of series i on day t is ``group[i] * slots + slot[slot_row[i], t]``.

    Parameters
    ----------
    value, value_row
        It multiplies ``value[value_row[i], t]``.
    prior
        Standard deviation of the coefficients before anything was seen.
    learn
        Whether their spread is learned from the data.
    """

    name: str
    by: str
    group: Array
    groups: int
    slot: Array
    slot_row: Array
    slots: int
    value: Array
    value_row: Array
    prior: float
    learn: bool


class Design(Struct, frozen=True, kw_only=True, eq=False):
    """Effects and levels of n series over `days` days, those to come included."""

    days: int
    effects: tuple[Effect, ...]
    levels: tuple[tuple[str, Array, int], ...]
    columns: dict[str, Array]
    groups: dict[str, Array]
    labels: dict[str, Array]


def make_design(panel: Panel, ahead: Ahead, rows: Array) -> Design:
    """
    Lay out the design.

    Parameters
    ----------
    panel
        History of the series that are fitted, new ones (without a day) included.
    ahead
        Their days to come, one row a series of the panel where `rows` says so.
    rows
        `[n]`: the row of `ahead`, or -1 where a series has ended.
    """
    groups, labels = _groups(panel)
    columns = _columns(panel, ahead, rows, groups["store"])
    dates = panel.first_day + np.arange(panel.d + ahead.on_sale.shape[1])
    effects = [*_slopes(columns, groups), *_calendar(dates, panel.d, groups)]
    levels = tuple((x, groups[x], int(groups[x].max()) + 1) for x in LEVELS)
    return Design(
        days=len(dates), effects=tuple(effects), levels=levels, columns=columns, groups=groups, labels=labels
    )


def _columns(panel: Panel, ahead: Ahead, rows: Array, store: Array) -> dict[str, Array]:
    """Return what is known of each series and day, `[n, d + h]`, as the effects multiply it; 0 = nothing special."""
    dates = panel.first_day + np.arange(panel.d + ahead.on_sale.shape[1])
    discount = _joined(panel.discount, ahead.discount, rows, 1.0)
    activity = _joined(panel.activity, ahead.activity, rows, 0.0)
    holiday = _joined(panel.holiday, ahead.holiday, rows, 0.0)
    rain = _weather(panel, ahead, rows, 0, store)
    heat = _weather(panel, ahead, rows, 1, store)
    depth = -np.log(np.clip(discount, 0.2, 1.25)).astype(np.float32)
    depth[np.abs(depth) < 0.002] = 0.0
    live = ((activity > 0) & (discount >= LIVE)).astype(np.float32)
    if panel.live is not None and ahead.live is not None:
        live += np.log1p(_joined(panel.live, ahead.live, rows, 0.0))
    off = np.array([day_off(int(x)) for x in dates])
    # On workdays the files say what is a holiday; a weekend of one is told from a plain one by the calendar.
    feast = np.where(_weekday(dates) < 5, holiday > 0, off[None, :]).astype(np.float32)
    eve = np.array([not day_off(int(x)) and day_off(int(x) + 1) for x in dates], np.float32)
    columns = {
        "depth": depth,
        "live": live,
        "advert": ((activity > 0) & (discount < LIVE)).astype(np.float32),
        "feast": feast,
        "eve": np.broadcast_to(eve, discount.shape).copy(),
        "rain": (np.log1p(np.maximum(rain, 0.0)) / 2.0 - 0.5).astype(np.float32),
        "heat": ((heat - np.mean(heat)) / 8.0).astype(np.float32),
    }
    if panel.preorders is not None and ahead.preorders is not None:
        columns["preorders"] = np.log1p(_joined(panel.preorders, ahead.preorders, rows, 0.0))
    return columns


def _slopes(columns: dict[str, Array], groups: dict[str, Array]) -> Iterator[Effect]:
    """Give one coefficient a group for each column."""
    n = len(groups["all"])
    flat = np.zeros(n, np.int32)
    for name, parts in SLOPES.items():
        value = columns.get(name)
        if value is None or not value.any():
            continue
        for by, prior in parts:
            yield Effect(
                name=f"{name} {by}",
                by=by,
                group=groups[by],
                groups=int(groups[by].max()) + 1,
                slot=np.zeros((1, value.shape[1]), np.int32),
                slot_row=flat,
                slots=1,
                value=value,
                value_row=np.arange(n, dtype=np.int32),
                prior=prior,
                learn=by not in {"all", "city"},
            )


def _calendar(dates: Array, d: int, groups: dict[str, Array]) -> Iterator[Effect]:
    """Give one coefficient a group and weekday; and one a group and festival, where the history has any."""
    kinds = {x: i for i, x in enumerate(("", *FESTIVALS))}
    kind = np.array([kinds[festival(int(x))] for x in dates], np.int32)
    plan: list[Any] = [("weekday", _weekday(dates).astype(np.int32), 7, np.ones(len(dates), np.float32), WEEKDAYS)]
    if kind[:d].any():
        plan.insert(0, ("festival", kind, len(kinds), (kind > 0).astype(np.float32), FEASTS))
    flat = np.zeros(len(groups["all"]), np.int32)
    for name, slot, slots, value, parts in plan:
        for by, prior in parts:
            yield Effect(
                name=f"{name} {by}",
                by=by,
                group=groups[by],
                groups=int(groups[by].max()) + 1,
                slot=slot[None, :],
                slot_row=flat,
                slots=slots,
                value=value[None, :],
                value_row=flat,
                prior=prior,
                learn=by != "city" and name == "weekday",
            )


def _weekday(dates: Array) -> Array:
    """Return 0 for Monday to 6; 1970-01-01 was a Thursday."""
    found: Array = (dates + 3) % 7
    return found


def _groups(panel: Panel) -> tuple[dict[str, Array], dict[str, Array]]:
    """Give each series the number of its group `[n]`, by kind of group; and the ids that the numbers stand for."""
    city, store, sku = panel.keys.T
    made = {
        "city": _codes(city),
        "store": _codes(city, store),
        "sku": _codes(city, sku),
        "first": _codes(city, panel.groups[:, 1]),
        "third": _codes(city, *panel.groups[:, 1:].T),
    }
    codes = {x: v[0] for x, v in made.items()}
    labels = {x: v[1] for x, v in made.items()}
    codes["all"], labels["all"] = np.zeros(panel.n, np.int32), np.zeros((1, 1), np.int64)
    codes["series"], labels["series"] = np.arange(panel.n, dtype=np.int32), panel.keys
    return codes, labels


def _codes(*columns: Array) -> tuple[Array, Array]:
    one = np.zeros(len(columns[0]), np.int64)
    for x in columns:
        _, back = np.unique(x, return_inverse=True)
        one = one * (back.max(initial=0) + 1) + back
        one = np.unique(one, return_inverse=True)[1]
    _, first = np.unique(one, return_index=True)
    return one.astype(np.int32), np.stack(columns, axis=1)[first]


def _joined(before: Array, after: Array, rows: Array, empty: float) -> Array:
    ahead = np.where((rows >= 0)[:, None], after[rows], empty)
    return np.concatenate([before, ahead], axis=1).astype(np.float32)


def _weather(panel: Panel, ahead: Ahead, rows: Array, column: int, store: Array) -> Array:
    """Weather by series and day, taken from the store's other rows and then its usual where a row lacks it."""
    both = np.concatenate(
        [panel.weather[:, :, column], np.where((rows >= 0)[:, None], ahead.weather[rows, :, column], np.nan)], axis=1
    )
    known = ~np.isnan(both)
    stores = int(store.max()) + 1
    total, count = np.zeros((stores, both.shape[1])), np.zeros((stores, both.shape[1]))
    np.add.at(total, store, np.where(known, both, 0.0))
    np.add.at(count, store, known)
    usual = total.sum() / max(count.sum(), 1)
    mean = np.where(count > 0, total / np.maximum(count, 1), usual)
    return np.where(known, both, mean[store])
