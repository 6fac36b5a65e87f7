"""Engines and holidays."""

import os

import numpy as np
import pytest

from doorstep.adapters.engine import Local
from doorstep.base.errors import BadInput
from doorstep.base.holidays import FESTIVALS, day_off, festival, iso


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def threads(piece: int) -> tuple[int, str | None]:
    return piece, os.environ.get("OMP_NUM_THREADS")


@pytest.mark.check
def test_answers_come_in_order_and_with_one_thread() -> None:
    """Two processes give what one gives, in order; each was told to start one thread; ours is left as it was."""
    before = os.environ.get("OMP_NUM_THREADS")
    assert [(x, "1") for x in range(7)] == list(Local(2).map(threads, range(7)))
    assert before == os.environ.get("OMP_NUM_THREADS")
    assert list(range(7)) == [x for x, _ in Local(1).map(threads, range(7))]


def test_less_than_one_process_is_refused() -> None:
    """A negative number of processes is refused; 0 is one a core."""
    with pytest.raises(BadInput, match="processes were asked for"):
        Local(-1)
    assert Local(0).count >= 1


def test_festivals_fall_on_their_days() -> None:
    """Dragon Boat 2024 was a Monday off with its weekend; a plain Sunday is none; each festival comes once a year."""
    assert "dragon boat" == festival(day("2024-06-10"))
    assert all(day_off(day(f"2024-06-{x:02d}")) for x in (8, 9, 10))
    assert not day_off(day("2024-06-16"))
    assert "2024-06-10" == iso(day("2024-06-10"))
    for name, text in FESTIVALS.items():
        assert list(range(2019, 2031)) == [int(x[:4]) for x in text.split()], name


def test_lunar_festivals_keep_their_distance() -> None:
    """Lantern is 14 days after Spring Festival; Mid-Autumn comes three or four lunar months after Dragon Boat."""
    gaps = {day(b) - day(a) for a, b in zip(FESTIVALS["spring"].split(), FESTIVALS["lantern"].split(), strict=True)}
    assert {14} == gaps
    later = zip(FESTIVALS["dragon boat"].split(), FESTIVALS["mid-autumn"].split(), strict=True)
    assert {day(b) - day(a) for a, b in later} <= {98, 99, 128, 127}
