"""The three kinds of "no", and what the command line answers."""

import importlib
import pkgutil

import pytest

import doorstep
from doorstep.base import errors
from doorstep.base.errors import (
    BadFile,
    BadInput,
    CheckFailed,
    DoorstepError,
    GatewayTimeout,
    StoreUnavailable,
    WorldFailed,
)

PEERS = {"doorstep.bench.backtest.library"}
"""Modules that need a library which only whoever compares installs; they define no error."""


def everything() -> list[type[DoorstepError]]:
    """Return every error that any module of Doorstep defines."""
    for module in pkgutil.walk_packages(doorstep.__path__, "doorstep."):
        if not module.name.endswith("__main__") and module.name not in PEERS:
            importlib.import_module(module.name)
    found: dict[type[DoorstepError], None] = {}
    waiting: list[type[DoorstepError]] = [DoorstepError]
    while waiting:
        kind = waiting.pop()
        found[kind] = None
        waiting += kind.__subclasses__()
    return sorted((x for x in found if x.__module__.startswith("doorstep.")), key=lambda x: x.__name__)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(CheckFailed, 1), (BadInput, 2), (BadFile, 2), (WorldFailed, 3), (StoreUnavailable, 3), (GatewayTimeout, 3)],
)
def test_each_kind_of_no_has_its_exit_code(kind: type[DoorstepError], code: int) -> None:
    """1 a check failed, 2 bad input, 3 the world failed; 0 is for what is done."""
    assert code == kind.exit_code
    assert issubclass(kind, DoorstepError)


def test_every_error_answers_with_a_known_exit_code() -> None:
    """No error anywhere ends the command line with anything but 1, 2 or 3."""
    assert {} == {x.__name__: x.exit_code for x in everything() if x.exit_code not in (1, 2, 3)}


def test_the_whole_tree_of_errors_is_drawn() -> None:
    """The docstring of `base/errors.py` names every error that Doorstep raises."""
    drawn = errors.__doc__ or ""
    assert [] == [x.__name__ for x in everything() if x.__name__ not in drawn]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (BadFile("a.csv", what="say it"), "a.csv: say it"),
        (BadFile("a.csv", what="say it", row=3), "a.csv, row 3: say it"),
        (
            BadFile("a.csv", what="say it", row=3, column="sku", value="x\n"),
            "a.csv, row 3, column sku: 'x\\n': say it",
        ),
        (BadFile("a.csv", what="say it", column="sku"), "a.csv, column sku: say it"),
    ],
)
def test_a_bad_file_says_where(error: BadFile, text: str) -> None:
    """File, row, column and value stand in the message, in this order, as far as they are known."""
    assert text == str(error)
