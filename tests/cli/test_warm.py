"""Kernels that are compiled side by side before the first day."""

import os
from pathlib import Path

import pytest

from doorstep.cli.frames import KERNELS, kernels_there
from doorstep.wire import warm


def test_every_part_does_what_a_day_does() -> None:
    """Each part runs to its end in this process; both are there, and nothing else."""
    assert {"shelf", "trips"} == set(warm.PARTS)
    for x in warm.PARTS:
        warm._compile(x)


def test_on_one_core_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the day compiles what it needs when it needs it."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    monkeypatch.setattr(warm, "_compile", lambda _: pytest.fail("it was compiled"))
    warm.warm_day()


def test_an_empty_folder_holds_no_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what numba keeps counts."""
    monkeypatch.setenv(KERNELS, str(tmp_path))
    (tmp_path / "some").mkdir()
    assert not kernels_there()
    (tmp_path / "some" / "kernel.nbi").touch()
    assert kernels_there()
