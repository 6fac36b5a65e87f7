"""The local calendar of a site."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.calendar import clock, instant, local_date
from doorstep.base.errors import BadInput

# Zones that did not change their clocks in these years, with their distance from UTC in minutes.
STEADY = {"Asia/Shanghai": 480, "Asia/Kolkata": 330, "UTC": 0, "America/Phoenix": -420}
zones = st.sampled_from(sorted(STEADY))
instants = st.integers(946_684_800, 2_208_988_800)  # 2000 to 2039


@given(instants, zones)
def test_an_instant_shows_as_the_local_clock_and_back(at_s: int, tz: str) -> None:
    """Date and clock are UTC moved by the zone's minutes; from them the instant comes back to the minute."""
    local = datetime.fromtimestamp(at_s, tz=UTC) + timedelta(minutes=STEADY[tz])
    assert f"{local:%H:%M:%S}" == clock(at_s, tz, seconds=True)
    assert f"{local:%H:%M}" == clock(at_s, tz)
    assert f"{local:%Y-%m-%d}" == local_date(at_s, tz)
    assert at_s - at_s % 60 == instant(local_date(at_s, tz), clock(at_s, tz), tz)


def test_shanghai_opens_at_six() -> None:
    """06:00 of 8 April 2020 in Shanghai is 22:00 UTC of the day before."""
    assert int(datetime(2020, 4, 7, 22, tzinfo=UTC).timestamp()) == instant("2020-04-08", "06:00", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("day", "at", "tz"),
    [
        ("2020-02-30", "06:00", "Asia/Shanghai"),
        ("8.4.2020", "06:00", "Asia/Shanghai"),
        ("", "06:00", "Asia/Shanghai"),
        ("2020-04-08", "24:00", "Asia/Shanghai"),
        ("2020-04-08", "6 am", "Asia/Shanghai"),
        ("2020-04-08", "06:00+05:00", "Asia/Shanghai"),
        ("2020-04-08", "", "Asia/Shanghai"),
        ("2020-04-08", "06:00", "Asia/Nowhere"),
        ("2020-04-08", "06:00", ""),
        ("2020-04-08", "06:00", "../../etc/passwd"),
    ],
)
def test_what_is_no_date_clock_or_zone_is_refused(day: str, at: str, tz: str) -> None:
    """A date, a clock or a zone that does not exist is bad input, said in a sentence with the value in it."""
    with pytest.raises(BadInput) as caught:
        instant(day, at, tz)
    wrong = tz if tz != "Asia/Shanghai" else at if day == "2020-04-08" else day
    assert repr(wrong) in str(caught.value)
