"""Planning moments as files, and the places of moments and days by name."""

from collections import Counter
from pathlib import Path
from typing import Final

import msgspec

from doorstep.base.errors import BadFile
from doorstep.model.dispatch import DispatchDay
from doorstep.model.people import Place
from doorstep.model.plan import Snapshot

SNAPSHOT: Final = ".snapshot.json"
SITE: Final = "site"
"""What a table calls the site of a snapshot, which has no name of its own."""


def day_points(day: DispatchDay) -> dict[str, Place]:
    """Name the places of a day: its site and every order's door."""
    return {str(day.site.site): day.site.place, **{str(x.order): x.at for x in day.orders}}


def snapshot_points(snapshot: Snapshot) -> dict[str, Place]:
    """Name the places of a moment: `site`, and every order's door."""
    return {SITE: snapshot.site.place, **{str(x.order): Place(x.lat_e6, x.lng_e6) for x in snapshot.orders}}


def read_snapshot(path: Path) -> Snapshot:
    """
    Read a planning moment.

    Raises
    ------
    BadFile
        It is not there, or a value cannot be right; the place is named.
    """
    try:
        snapshot = msgspec.json.decode(path.read_bytes(), type=Snapshot)
    except OSError as error:
        raise BadFile(str(path), what=f"cannot be read ({error.strerror}); name a snapshot") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what, _, place = str(error).partition(" - at ")
        raise BadFile(str(path), column=place.strip("`"), what=f"{what}; correct it and try again") from error
    for column, names in (
        ("$.orders[...].order", [x.order for x in snapshot.orders]),
        ("$.couriers[...].courier", [x.courier for x in snapshot.couriers]),
    ):
        twice = next((x for x, n in Counter(names).items() if n > 1), None)
        if twice is not None:
            raise BadFile(
                str(path), column=column, value=twice, what="stands there twice; rename one or leave one out"
            )
    return snapshot
