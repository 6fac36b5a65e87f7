"""Demand as arrays, one row a series, one column a day: what was sold and flagged, what is known of days to come."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

KEYS: Final = ("city_id", "store_id", "product_id")
GROUPS: Final = ("management_group_id", "first_category_id", "second_category_id", "third_category_id")
WEATHER: Final = ("precpt", "avg_temperature", "avg_humidity", "avg_wind_level")
OPEN_HOURS: Final = range(6, 22)
"""Hours that FreshRetailNet counts as open: 6 to 21."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Flags = npt.NDArray[np.int8]
Bits = npt.NDArray[np.uint32]


class Panel(Struct, frozen=True, kw_only=True, eq=False):
    """
    History of n series over d days; days run on without gaps, series are sorted by their keys.

    Parameters
    ----------
    keys
        `[n, 3]`: city, store (a site), product (a sku), each pair of rows different. Where a column of the files holds
        text, an index into `names` of that column.
    groups
        `[n, 4]`: management group, first, second and third category; -1 where unknown. Text is numbered as keys are.
    first_day
        The first day, counted from 1970-01-01.
    sales
        `[n, d]`, at least 0; NaN where there is no row.
    hours
        `[n, d, 24]`, sales by hour, 0 where there is no row; or None where the files hold days only.
    out
        `[n, d]`: bit h is set where hour h was flagged out of stock.
    out_known
        `[n, d]`: whether the row had hourly flags.
    out_hours
        `[n, d]`: flagged hours of 6 to 21 (`stock_hour6_22_cnt`) where flags are daily; -1 unknown.
    discount
        `[n, d]`: 1 none, 0.9 = 10 % off; 1 where there is no row.
    holiday, activity
        `[n, d]`: 0 or 1, as in the files; 0 where there is no row.
    weather
        `[n, d, 4]`: rain in mm, temperature in °C, humidity in %, level of the wind; NaN where unknown.
    live
        `[n, d]`: strength of live events known ahead (0 none); or None where the files have no column `live_event`.
    preorders
        `[n, d]`: goods ordered for the day before it began; or None where there is no column `preorders`.
    names
        For columns that hold text: their texts by number.
    """

    keys: Ints
    groups: Ints
    first_day: int
    sales: Floats
    hours: Floats | None
    out: Bits
    out_known: Bools
    out_hours: Flags
    discount: Floats
    holiday: Flags
    activity: Flags
    weather: Floats
    live: Floats | None = None
    preorders: Floats | None = None
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many series there are."""
        return int(self.sales.shape[0])

    @property
    def d(self) -> int:
        """How many days there are."""
        return int(self.sales.shape[1])

    @property
    def there(self) -> Bools:
        """Where there is a row: `[n, d]`."""
        return ~np.isnan(self.sales)

    def days(self, start: int, end: int) -> "Panel":
        """Return days `start` (included) to `end` (not), counted from the first; views, nothing is copied."""
        assert 0 <= start < end <= self.d, "a cut leaves at least one day"
        parts = {x: getattr(self, x) for x in DAILY}
        cut: dict[str, Any] = {x: None if a is None else a[:, start:end] for x, a in parts.items()}
        return Panel(keys=self.keys, groups=self.groups, first_day=self.first_day + start, names=self.names, **cut)

    def series(self, rows: Ints | Bools) -> "Panel":
        """Return some series: rows rising, or a mask."""
        parts = {x: getattr(self, x) for x in DAILY}
        cut: dict[str, Any] = {x: None if a is None else a[rows] for x, a in parts.items()}
        return Panel(keys=self.keys[rows], groups=self.groups[rows], first_day=self.first_day, names=self.names, **cut)


DAILY: Final = (
    "sales",
    "hours",
    "out",
    "out_known",
    "out_hours",
    "discount",
    "holiday",
    "activity",
    "weather",
    "live",
    "preorders",
)
"""Fields of a panel with a column a day."""


class Ahead(Struct, frozen=True, kw_only=True, eq=False):
    """
    What is known of h days to come for m series, sorted by their keys; new series may be among them.

    Parameters
    ----------
    keys, groups, names
        As in `Panel`; the numbers of texts are those of the panel, new ones after them.
    first_day
        The first day to come, counted from 1970-01-01.
    on_sale
        `[m, h]`: whether the series has a row that day.
    discount, holiday, activity, weather, live, preorders
        `[m, h]` (weather `[m, h, 4]`), as in `Panel`.
    """

    keys: Ints
    groups: Ints
    first_day: int
    on_sale: Bools
    discount: Floats
    holiday: Flags
    activity: Flags
    weather: Floats
    live: Floats | None = None
    preorders: Floats | None = None
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)


def ahead_of(panel: Panel, end: int, days: int) -> Ahead:
    """
    Return what a later part of a panel tells as known future: no sales, no flags of stock.

    Parameters
    ----------
    end
        The first day to come, counted from the panel's first.
    days
        How many days, at least 1; all within the panel.
    """
    assert 0 < end < end + days <= panel.d, "the days to come lie within the panel"
    there = panel.there[:, end : end + days]
    rows = np.flatnonzero(there.any(axis=1))
    part = panel.days(end, end + days).series(rows)
    return Ahead(
        keys=part.keys,
        groups=part.groups,
        first_day=part.first_day,
        on_sale=there[rows],
        discount=part.discount,
        holiday=part.holiday,
        activity=part.activity,
        weather=part.weather,
        live=part.live,
        preorders=part.preorders,
        names=panel.names,
    )


RECOVERY: Final = ("observed", "recovered", "prior")
"""How a day's demand was found, by the number in `Recovered.method`: it was seen, filled up, or only assumed."""


class Recovered(Struct, frozen=True, kw_only=True, eq=False):
    """
    Demand of the days of a panel, where shelves were empty seen through; arrays `[n, d]`.

    Parameters
    ----------
    sales
        What was sold; 0 or NaN where there is no row, here and in `mean` and `sd`.
    exposure
        Share of the day's demand that met a full shelf, 0 to 1; 0 where there is no row.
    mean, sd
        True demand and how uncertain it is.
    method
        int8, an index into `RECOVERY`.
    """

    sales: Floats
    exposure: Floats
    mean: Floats
    sd: Floats
    method: Flags


LEVELS: Final = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.98)
"""The levels of the quantiles."""
METHODS: Final = ("model", "cold", "fallback")
"""How a forecast was made, by the number in `Forecast.method`."""


class Forecast(Struct, frozen=True, kw_only=True, eq=False):
    """
    Demand of h days to come for m series, sorted by their keys.

    Parameters
    ----------
    keys, groups, names
        As in `Panel`.
    first_day
        The first day to come, counted from 1970-01-01.
    on_sale
        `[m, h]`: whether the day is forecast; elsewhere the numbers are 0.
    mean, sd, in_stock_sales
        `[m, h]`: true demand; and the sale expected of a day that turns out free of stock-outs.
    quantiles
        `[m, h, 8]` of true demand at `LEVELS`, not falling.
    spread
        `[m, h, 3]`: what the marginals are made of, see `doorstep.model.spread`.
    method
        `[m, h]`: an index into `METHODS`.
    about
        All else that `paths` needs and what a reader may ask: a document for JSON.
    """

    keys: Ints
    groups: Ints
    first_day: int
    on_sale: Bools
    mean: Floats
    sd: Floats
    in_stock_sales: Floats
    quantiles: Floats
    spread: Floats
    method: Flags
    about: dict[str, Any]
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
