"""When orders come on a usual day, as the forecast room learns it from dispatch days that lie before."""

from collections.abc import Sequence

import numpy as np

from doorstep.base.calendar import instant
from doorstep.base.errors import BadInput
from doorstep.base.units import DAY_S
from doorstep.core.dispatch.futures import HOUR_S, Rhythm
from doorstep.core.forecast.profiles import HALF_LIFE, HOURS, profiles_of
from doorstep.model.demand import Panel
from doorstep.model.dispatch import DispatchDay


def learned(days: Sequence[DispatchDay], *, before: DispatchDay) -> Rhythm:
    """
    Learn how many orders a day has, and in which hours from the opening they are placed.

    Parameters
    ----------
    days
        Dispatch days; those of `before`'s date or later are left out.
    before
        The day that futures are wanted for; only its date and opening are looked at.

    Raises
    ------
    BadInput
        None of the days lies before.

    Notes
    -----
    Workdays and weekends apart, where there are past days of the same kind; lately counts more, as in the forecast's
    profiles. Days of several sites are one neighbourhood here.
    """
    past = [x for x in days if x.date < before.date]
    if not past:
        raise BadInput(
            f"no day of the history lies before {before.date}: the rhythm of a day is learned from earlier ones; "
            "name a folder with earlier dispatch days, or leave the history out"
        )
    today, when = _number(before), [_number(x) for x in past]
    alike = [_weekend(x) == _weekend(today) for x in when]
    past = [x for x, same in zip(past, alike, strict=True) if same or not any(alike)]
    when = [_number(x) for x in past]
    weights = [0.5 ** ((today - x) / HALF_LIFE) for x in when]
    documents = profiles_of(panel := _panel(past, when), panel.sales)
    shares = documents[0]["shares"][_weekend(when[0])]
    return Rhythm(
        opens_at_s=before.site.opens_at_s,
        hours_e1=tuple(round(1_000 * x) for x in shares),
        orders=round(float(np.average([len(x.orders) for x in past], weights=weights))),
    )


def _panel(days: Sequence[DispatchDay], when: Sequence[int]) -> Panel:
    """Lay days out as a history of one thing that is never out of stock; days of one date are series of their own."""
    first, length = min(when), max(when) - min(when) + 1
    nth = [when[:i].count(x) for i, x in enumerate(when)]
    shape = (max(nth) + 1, length)
    sales, hours = np.full(shape, np.nan), np.zeros((*shape, HOURS), np.float32)
    for day, row, column in zip(days, nth, when, strict=True):
        sales[row, column - first] = len(day.orders)
        for order in day.orders:
            hour = (order.placed_at_s - day.site.opens_at_s) // HOUR_S
            hours[row, column - first, min(HOURS - 1, max(0, hour))] += 1
    return Panel(
        keys=np.array([(0, x, 0) for x in range(shape[0])], np.int64),
        groups=np.zeros((shape[0], 4), np.int64),
        first_day=first,
        sales=sales,
        hours=hours,
        out=np.zeros(shape, np.uint32),
        out_known=~np.isnan(sales),
        out_hours=np.zeros(shape, np.int8),
        discount=np.ones(shape, np.float32),
        holiday=np.zeros(shape, np.int8),
        activity=np.zeros(shape, np.int8),
        weather=np.full((*shape, 4), np.nan),
    )


def _number(day: DispatchDay) -> int:
    """Count a day from 1970-01-01."""
    return instant(day.date, "00:00", "UTC") // DAY_S


def _weekend(day: int) -> bool:
    """Whether a day, counted from 1970-01-01, is a Saturday or Sunday."""
    return (day + 3) % 7 >= 5
