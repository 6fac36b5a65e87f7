"""Reading a journal back: line by line, with every link checked."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from doorstep.base.errors import CheckFailed
from doorstep.base.ids import SiteId
from doorstep.journal.chain import GENESIS, Entry, canonical
from doorstep.model.facts import FACTS
from doorstep.model.transfer import Transfer


class BrokenChain(CheckFailed):
    """A line of a journal is not what was written; `seq` is where it shows first."""

    def __init__(self, seq: int, what: str) -> None:
        self.seq = seq
        super().__init__(f"journal, line {seq}: {what}")


class _Line(Struct, frozen=True, forbid_unknown_fields=True):
    at_s: int
    body: msgspec.Raw
    fact: str
    hash: str
    prev: str
    seq: int
    site: str
    transfers: tuple[Transfer, ...]
    more: bool = False


_LINES: Final = msgspec.json.Decoder(_Line)
_BODIES: Final = {name: msgspec.json.Decoder(kind) for name, kind in FACTS.items()}
_ANY: Final = msgspec.json.Decoder()


def read_entries(lines: Iterable[bytes], *, site: SiteId | None = None) -> Iterator[tuple[Entry, str]]:
    """
    Read a journal and check every link.

    Parameters
    ----------
    lines
        The journal's lines, with or without their newline.
    site
        The site it must belong to; by default that of the first line.

    Yields
    ------
    Each entry and its hash.

    Raises
    ------
    BrokenChain
        A line is not canonical, its hash does not fit, or a link or number is missing.
    """
    prev = GENESIS
    for seq, raw in enumerate(lines, start=1):
        line = raw.rstrip(b"\n")
        try:
            read = _LINES.decode(line)
            fact = _BODIES[read.fact].decode(read.body)
        except KeyError as error:
            raise BrokenChain(seq, f"there is no fact called {error}; it was written by a newer Doorstep") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BrokenChain(seq, f"the line cannot be read ({error})") from error
        site = site or SiteId(read.site)
        if read.seq != seq:
            raise BrokenChain(seq, f"it says it is number {read.seq}: a line is missing, doubled or moved")
        if read.prev != prev:
            raise BrokenChain(seq, "it does not carry the hash of the line before")
        if read.site != site:
            raise BrokenChain(seq, f"it belongs to site {read.site!r}, not {site!r}")
        unsealed = line.replace(b'"hash":"%b",' % read.hash.encode(), b"", 1)
        if sha256(unsealed).hexdigest() != read.hash:
            raise BrokenChain(seq, "its hash does not fit its content: it was changed")
        if canonical(_ANY.decode(line)) != line:
            raise BrokenChain(seq, "it is not written in the canonical form")
        prev = read.hash
        yield (
            Entry(seq=seq, at_s=read.at_s, site=site, fact=fact, transfers=read.transfers, more=read.more),
            read.hash,
        )


def whole_transactions(data: bytes) -> int:
    """
    Find how much of a journal's bytes survived a power cut.

    Returns
    -------
    The length up to the end of the last complete transaction. What follows was never acknowledged: a torn line, or
    the first lines of a transaction whose last one is missing.
    """
    end = data.rfind(b"\n") + 1
    while end:
        start = data.rfind(b"\n", 0, end - 1) + 1
        try:
            more = _LINES.decode(data[start:end]).more
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BrokenChain(data.count(b"\n", 0, end), f"the line cannot be read ({error})") from error
        if not more:
            return end
        end = start
    return 0
