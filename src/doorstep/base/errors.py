"""
What Doorstep raises, and nothing else.

::

    DoorstepError               the world failed, or was described wrongly
    ├── BadInput                a file, flag or value that cannot be right      exit 2, nothing written
    │   └── BadFile             … with its file, row, column and value
    ├── CheckFailed             the books, the chain or a promise do not hold   exit 1
    │   ├── BrokenChain         a line of a journal is not what was written
    │   ├── Overdrawn           a transfer would take what is not there
    │   └── Violation           a law does not hold, at a line of a journal
    └── WorldFailed             disk, database, gateway                         exit 3
        ├── StoreUnavailable    the journal could not be written or read
        └── GatewayTimeout      no answer: the payment may or may not have happened

A *refusal* (`Short`, `NoPromise`, …) is expected and is a returned value, not an exception. A bug is an `assert`.
"""

from typing import ClassVar


class DoorstepError(Exception):
    """Anything Doorstep raises on purpose; `exit_code` is what the command line answers."""

    exit_code: ClassVar[int] = 3


class BadInput(DoorstepError):
    """What a person or a file said cannot be right."""

    exit_code: ClassVar[int] = 2


class BadFile(BadInput):
    """
    A file that cannot be read right.

    Parameters
    ----------
    file, row, column, value
        The place: row 1 is the first after the header; row 0 is the header or the file as a whole.
    what
        What is wrong and what to do about it, one sentence.
    """

    def __init__(self, file: str, *, what: str, row: int = 0, column: str = "", value: str = "") -> None:
        self.file, self.row, self.column, self.value, self.what = file, row, column, value, what
        place = file
        if row:
            place += f", row {row}"
        if column:
            place += f", column {column}"
        if value:
            place += f": {value!r}"
        super().__init__(f"{place}: {what}")


class CheckFailed(DoorstepError):
    """Something that must hold does not."""

    exit_code: ClassVar[int] = 1


class WorldFailed(DoorstepError):
    """Disk, database or network did not do its part."""


class StoreUnavailable(WorldFailed):
    """The journal could not be written or read; nothing of the transaction happened."""


class GatewayTimeout(WorldFailed):
    """The payment gateway gave no answer. Ask again with the same key: it acts at most once."""
