"""The planner decides; and where it cannot, shoppers still get their orders."""

import json
from pathlib import Path
from typing import Any

import pytest

from doorstep.core.dispatch import decide
from doorstep.wire.days import live_day
from doorstep.wire.files import journal_lines
from tests.twin.days import small_day


def why_trips_left(folder: Path) -> set[str]:
    lines = (json.loads(x) for x in journal_lines(folder) if b'"fact":"trip_planned"' in x)
    return {x["body"]["why"][3] for x in lines}


def test_no_trip_of_a_day_falls_back_to_the_simple_rule(tmp_path: Path) -> None:
    """A planner that fails is covered up by the simple rule, so a day must say that it did not."""
    live_day(small_day(), tmp_path / "day", strict=True)
    assert "kernel_failed" not in why_trips_left(tmp_path / "day")


def test_a_day_without_a_planner_is_safe_and_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the planner does wrong, every order ends, every law holds, and every trip says who decided."""

    def broken(*_: Any, **__: Any) -> None:
        raise AssertionError("planted")

    monkeypatch.setattr(decide, "solve", broken)
    live_day(small_day(), tmp_path / "day", strict=True)
    assert {"kernel_failed"} == why_trips_left(tmp_path / "day")
