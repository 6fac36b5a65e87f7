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
