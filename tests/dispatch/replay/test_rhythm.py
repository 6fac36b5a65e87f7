"""The rhythm of a day, learned from those before it and from no other."""

from datetime import date, timedelta

import pytest
from msgspec import structs

from doorstep.base.errors import BadInput
from doorstep.bench.days.made import made_day
from doorstep.bench.days.rhythm import learned
from doorstep.core.dispatch.futures import Rhythm
from doorstep.model.dispatch import DispatchDay

MONDAY = date(2026, 1, 5)


def dated(seed: int, days: int) -> DispatchDay:
    """A made day so many days after a Monday."""
    return structs.replace(made_day(seed, "normal"), date=(MONDAY + timedelta(days=days)).isoformat())


def shifted(day: DispatchDay, hours: int) -> DispatchDay:
    """The same day with all orders later."""
    rows = tuple(structs.replace(x, placed_at_s=x.placed_at_s + 3_600 * hours) for x in day.orders)
    return structs.replace(day, orders=rows)


def test_the_hours_and_the_level_of_made_days_are_found() -> None:
    """Five days are enough to know every hour within a fifth, and the number of orders within 5%."""
    usual, found = Rhythm(opens_at_s=0), learned([dated(x, x - 1) for x in range(1, 6)], before=dated(9, 7))
    for told, real in zip(found.hours_e1, usual.hours_e1, strict=False):
        assert abs(told - real) <= max(8, real // 5)
    assert sum(found.hours_e1[len(usual.hours_e1) :]) == 0
    assert abs(found.orders - usual.orders) < usual.orders // 20


def test_days_of_the_same_date_or_later_tell_nothing() -> None:
    """With them or without: the same rhythm; with nothing else it is said."""
    today = dated(9, 3)
    later = [shifted(dated(8, 3), 2), shifted(dated(7, 9), 2)]
    assert learned([dated(1, 0), *later], before=today) == learned([dated(1, 0)], before=today)
    with pytest.raises(BadInput, match="no day of the history lies before 2026-01-08"):
        learned(later, before=today)


def test_weekends_have_a_rhythm_of_their_own() -> None:
    """A Saturday follows the Saturday before; with no weekend in the past, the workdays."""
    work, saturday = [dated(1, 0), dated(2, 1)], shifted(dated(3, 5), 3)
    assert 0 == learned([*work, saturday], before=dated(9, 12)).hours_e1[0]
    assert 0 < learned([*work, saturday], before=dated(9, 8)).hours_e1[0]
    assert 0 < learned(work, before=dated(9, 12)).hours_e1[0]


def test_yesterday_counts_more_than_last_month() -> None:
    """Two days of different size: the mean lies near the later one."""
    old, new = dated(1, 0), dated(2, 35)
    half = structs.replace(new, orders=new.orders[: len(new.orders) // 2])
    found = learned([old, half], before=dated(9, 36)).orders
    assert abs(found - len(half.orders)) < abs(found - len(old.orders)) / 10


def test_several_days_of_one_date_are_all_counted() -> None:
    """Two sites' days of one date are two days."""
    found = learned([dated(1, 0), shifted(dated(2, 0), 1)], before=dated(9, 1))
    assert found.orders == round((len(dated(1, 0).orders) + len(dated(2, 0).orders)) / 2)
