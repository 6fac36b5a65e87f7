"""A file's bytes and text, unzipped where it is gzip; whatever cannot be read is refused with its place."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from doorstep.base.errors import BadFile

GZIP = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """
    Open a file for reading bytes, unzipped where it begins like gzip, whatever its name says.

    Raises
    ------
    BadFile
        It is not there, empty, or breaks off while it is read.
    """
    if not path.is_file():
        raise BadFile(str(path), what="is not there, or is no file; name a file that exists")
    try:
        with path.open("rb") as raw:
            begins = raw.read(2)
            raw.seek(0)
            if not begins:
                raise BadFile(str(path), what="is empty; fetch or write it again")
            if begins != GZIP:
                yield raw
                return
            with gzip.open(raw) as unzipped:
                yield cast("IO[bytes]", unzipped)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(str(path), what=f"its gzip is broken or breaks off ({error}); fetch it again") from error
    except OSError as error:
        raise BadFile(str(path), what=f"cannot be read ({error.strerror}); mend that and try again") from error


def text_of(path: Path) -> str:
    """
    Read a whole text file: UTF-8, with or without a byte order mark, line ends of any kind.

    Raises
    ------
    BadFile
        It cannot be read, or is not UTF-8.
    """
    with opened(path) as file:
        data = file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise BadFile(str(path), row=row, what="is not UTF-8 in this line; save it as UTF-8") from error
    return text.replace("\r\n", "\n")
