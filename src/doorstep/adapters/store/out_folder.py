"""A folder that a command writes: all of it at once, or nothing."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from doorstep.base.errors import BadInput, StoreUnavailable

SCRATCH = ".doorstep-"
"""Half-written files lie in a folder of this prefix; a killed run may leave one, which nobody reads."""


@contextmanager
def out_folder(out: Path, *, force: bool) -> Iterator[Path]:
    """
    Write into a folder by way of a scratch folder inside it.

    Parameters
    ----------
    out
        Made if it is not there. It must be empty, but for scratch folders, unless `force`.

    Yields
    ------
    The scratch folder. What lies in it at the end of the block appears in `out` together; where the block raises,
    nothing does.

    Raises
    ------
    BadInput
        `out` is a file, or is not empty (now, or when the block ends because another run was quicker).
    StoreUnavailable
        The disk did not do its part.
    """
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file; name a folder")
    _refuse_if_full(out, force=force)
    made = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        scratch = Path(mkdtemp(prefix=SCRATCH, dir=out))
    except OSError as error:
        raise StoreUnavailable(
            f"{out}: nothing can be written there ({error.strerror}); name a folder that you may write to"
        ) from error
    try:
        yield scratch
        _publish(scratch, out, force=force)
    except OSError as error:
        raise StoreUnavailable(f"{out}: the disk did not do its part ({error.strerror})") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if made and out.is_dir() and not any(out.iterdir()):
            out.rmdir()


def _refuse_if_full(out: Path, *, force: bool) -> None:
    if force or not out.is_dir():
        return
    found = sorted(x.name for x in out.iterdir() if not x.name.startswith(SCRATCH))
    if found:
        raise BadInput(
            f"{out} is not empty (it holds {found[0]}); name another folder, or add --force to write into it"
        )


def _publish(scratch: Path, out: Path, *, force: bool) -> None:
    """Move everything over while no other run does, so that all files come from one run."""
    turn = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _refuse_if_full(out, force=force)
        for path in sorted(scratch.iterdir()):
            path.replace(out / path.name)
        os.fsync(turn)
    finally:
        os.close(turn)
