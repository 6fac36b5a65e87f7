"""A journal on disk: appended to, never changed; after a power cut only whole transactions remain."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from doorstep.base.errors import StoreUnavailable
from doorstep.journal import whole_transactions


class JournalFile:
    """
    One site's journal, open for appending.

    Parameters
    ----------
    path
        Made if it is not there. A torn end left by a power cut is cut off when the file is opened.
    durable
        Whether an append returns only when the disk has it (fsync). A live service says yes, the twin says no.

    Raises
    ------
    StoreUnavailable
        The disk did not do its part.
    """

    def __init__(self, path: Path, *, durable: bool) -> None:
        self.path, self._durable = path, durable
        try:
            whole = whole_transactions(path.read_bytes()) if path.exists() else 0
            self._file = path.open("ab", buffering=0)
            self._file.truncate(whole)
            self._file.seek(whole)
        except OSError as error:
            raise StoreUnavailable(f"{path}: the journal cannot be opened ({error.strerror})") from error

    def append(self, lines: bytes) -> None:
        """
        Write whole lines.

        Raises
        ------
        StoreUnavailable
            They could not be written; what the disk took of them is cut off again.
        """
        before = self._file.tell()
        try:
            left = memoryview(lines)
            while left:
                left = left[self._file.write(left) :]
            if self._durable:
                os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(before)
            self._file.seek(before)
            raise StoreUnavailable(
                f"{self.path}: the journal cannot be written ({error.strerror}); nothing was acknowledged"
            ) from error

    def lines(self) -> Iterator[bytes]:
        """Read everything written so far."""
        with self.path.open("rb") as file:
            yield from file

    def close(self) -> None:
        """Finish; everything is on disk afterwards."""
        if not self._file.closed:
            os.fsync(self._file.fileno())
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
