"""Type `doorstep roads …` in this process; shared by the tests of its commands."""

import sys
from pathlib import Path

import pytest

from doorstep.cli import main


def typed(capsys: pytest.CaptureFixture[str], *words: str | Path | float) -> tuple[int, str, str]:
    """Return the exit code and what was printed on stdout and stderr."""
    before = sys.argv
    sys.argv = ["doorstep", "roads", *map(str, words)]
    try:
        main()
        code = 0
    except SystemExit as done:
        code = int(done.code or 0)
    finally:
        sys.argv = before
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def refused(capsys: pytest.CaptureFixture[str], out: Path, *words: str | Path | float, code: int = 2) -> str:
    """Type a command that must be refused: its exit code, one line, nothing written; return the line."""
    found, said, error = typed(capsys, *words, "--out", out)
    assert (code, "") == (found, said), error
    assert 1 == len(error.strip().splitlines()), error
    assert not out.exists(), "something was written"
    assert [] == [x.name for x in out.parent.iterdir() if x.name.startswith(f".{out.name}")], "something was left"
    return error
