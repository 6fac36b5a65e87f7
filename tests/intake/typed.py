"""Type a command in this process; shared by the tests of all readers."""

import sys
from pathlib import Path

import pytest

from doorstep.cli import main
from tests.conftest import ROOT

DATA = ROOT.parent / "shared" / "data"


def typed(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Type `doorstep intake …`; return its exit code and what it printed on stdout and stderr."""
    before = sys.argv
    sys.argv = ["doorstep", "intake", *map(str, words)]
    try:
        main()
        code = 0
    except SystemExit as done:
        code = int(done.code or 0)
    finally:
        sys.argv = before
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def refused(capsys: pytest.CaptureFixture[str], out: Path, *words: str | Path) -> str:
    """Type a command that must be refused: exit code 2, one line, nothing written; return the line."""
    code, said, error = typed(capsys, *words, "--out", out)
    assert (2, "") == (code, said), error
    assert 1 == len(error.strip().splitlines()), error
    assert not out.exists(), "something was written"
    return error


def shared(*parts: str) -> Path:
    """Name a real file of the shared data, or skip: it lies beside the repository, and not everywhere."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared/data/{'/'.join(parts)} is not here; lay the shared data beside the repository")
    return path
