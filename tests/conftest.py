"""What all tests share: Hypothesis settings, and skips that fail where nothing may be skipped."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from doorstep.cli.frames import pin_threads

pin_threads()

# Derandomised: the same commit runs the same cases.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
NO_SKIP = bool(os.environ.get("DOORSTEP_NO_SKIP"))


SLOWER = (
    "architecture/test_go",
    "cli",
    "dispatch",
    "forecast",
    "history",
    "intake/dayfolder/test_round_trip",
    "intake/freshretailnet",
    "intake/osm",
    "intake/vrplib",
    "pages/test_report_file",
    "roads",
    "twin/test_determinism",
    "twin/test_seeds",
    "twin/test_tampering",
)
"""Folders and files whose tests are too many or too long for the quick tier: all of them are `check`."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them before anything is selected by its mark."""
    for item in items:
        if item.path.relative_to(ROOT / "tests").as_posix().startswith(SLOWER) and "soak" not in item.keywords:
            item.add_marker(pytest.mark.check)


def missing(what: str, how: str) -> None:
    """Skip a test that needs what this machine lacks; fail it where DOORSTEP_NO_SKIP says nothing may be skipped."""
    text = f"{what} is not here; {how}"
    if NO_SKIP:
        pytest.fail(text)
    pytest.skip(text)


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT
