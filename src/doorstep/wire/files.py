"""Where things are written and read back: whole or not at all."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from doorstep.adapters.store import out_folder
from doorstep.base.errors import BadInput, StoreUnavailable

JOURNAL, CLOSING, REPORT = "journal.ndjson", "closing.json", "report.html"
Done = TypeVar("Done")


def write_into(out: Path, work: Callable[[Path], Done], *, force: bool) -> Done:
    """
    Let `work` write into a folder, and show what it wrote all at once, or nothing where it raises.

    Raises
    ------
    BadInput
        `out` is not a folder, or holds files.
    StoreUnavailable
        The disk did not do its part; nothing is left behind.
    """
    with out_folder(out, force=force) as scratch:
        return work(scratch)


def write_whole(path: Path, data: bytes) -> None:
    """
    Write a file, whole or not at all.

    Raises
    ------
    StoreUnavailable
        The disk did not do its part; what was there before is still there.
    """
    scratch = path.with_name(f".{path.name}.new")
    try:
        scratch.write_bytes(data)
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise StoreUnavailable(f"{path}: cannot be written ({error.strerror})") from error


def journal_lines(folder: Path) -> Iterator[bytes]:
    """
    Read the lines of a day's journal.

    Raises
    ------
    BadInput
        There is none.
    """
    path = folder / JOURNAL
    if not path.is_file():
        raise BadInput(f"{folder} holds no {JOURNAL}; name a folder that `doorstep day --out` wrote")
    with path.open("rb") as file:
        yield from file


@contextmanager
def no_collecting() -> Iterator[None]:
    """Nearly everything made during a day lives until its end: looking for garbage costs a quarter and finds none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
