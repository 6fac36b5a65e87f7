"""What nobody can carry is not sold."""

from pathlib import Path

import msgspec

from doorstep.wire.days import live_day
from tests.twin.days import small_day


def test_orders_that_fit_no_box_are_refused_and_the_rest_arrive(tmp_path: Path) -> None:
    """With boxes of a few litres the day still comes to its end: what fits no courier is refused, at the quote."""
    day = small_day()
    box = {"ambient_ml": 4_000, "chilled_ml": 3_000, "frozen_ml": 1_000}
    couriers = tuple(msgspec.structs.replace(x, **box) for x in day.couriers)
    closing = live_day(msgspec.structs.replace(day, couriers=couriers), tmp_path, strict=True)
    journal = (tmp_path / "journal.ndjson").read_bytes()
    assert closing.orders["delivered"] > 0
    assert journal.count(b'"cause":"too_large"') == closing.orders["refused"] > 0
