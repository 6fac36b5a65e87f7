"""The local calendar of a site: from a date to instants and back. Instants are epoch seconds, UTC."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from math import floor
from zoneinfo import ZoneInfo

from doorstep.base.errors import BadInput


@lru_cache(maxsize=8)
def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"unknown time zone {tz!r}; write an IANA name such as Asia/Shanghai") from error


def instant(day: str, clock: str, tz: str) -> int:
    """
    Turn a local date and clock time into epoch seconds.

    Parameters
    ----------
    day
        ``YYYY-MM-DD``.
    clock
        ``HH:MM``, 00:00 to 23:59.
    tz
        IANA name, for instance ``Asia/Shanghai``.

    Raises
    ------
    BadInput
        The date, the clock or the zone does not exist.
    """
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), tzinfo=_zone(tz))
    except ValueError as error:
        raise BadInput(f"{day!r} {clock!r} is no date and time; write YYYY-MM-DD and HH:MM") from error
    if f"{local:%Y-%m-%d %H:%M}" != f"{day} {clock}":  # a week date, seconds, an offset
        raise BadInput(f"{day!r} {clock!r} is written another way; write YYYY-MM-DD and HH:MM")
    return int(local.timestamp())


def parsed(text: str, *, form: str, tz: str) -> int:
    """
    Turn a date and time as somebody wrote it into epoch seconds; parts of a second are dropped.

    Parameters
    ----------
    form
        ``iso`` (ISO 8601), or signs as of ``strptime``.
    tz
        IANA name, where the text itself has no offset. Of an hour that the clocks repeat the first is taken.

    Raises
    ------
    BadInput
        The text is not of this form, or the form or the zone does not exist.
    """
    try:
        # A zone is put on in the next line.
        read = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError as error:
        raise BadInput(f"is not of the form {form} ({error})") from error
    return floor((read if read.tzinfo is not None else read.replace(tzinfo=_zone(tz))).timestamp())


def clock(at_s: int, tz: str, *, seconds: bool = False) -> str:
    """Show an instant as local ``HH:MM`` (or ``HH:MM:SS``)."""
    local = datetime.fromtimestamp(at_s, tz=UTC).astimezone(_zone(tz))
    return local.strftime("%H:%M:%S" if seconds else "%H:%M")


def local_date(at_s: int, tz: str) -> str:
    """Show the local date of an instant as ``YYYY-MM-DD``."""
    return datetime.fromtimestamp(at_s, tz=UTC).astimezone(_zone(tz)).date().isoformat()
