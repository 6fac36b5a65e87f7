"""One line a fact, each carrying the hash of the one before."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from doorstep.base.ids import SiteId
from doorstep.model.facts import NAMES, Fact
from doorstep.model.transfer import Transfer

GENESIS: Final = "0" * 64
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class Entry(Struct, frozen=True, kw_only=True):
    """A fact at its place in the journal. `more` = the next line belongs to the same transaction."""

    seq: int
    at_s: int
    site: SiteId
    fact: Fact
    transfers: tuple[Transfer, ...]
    more: bool = False


class Chain:
    """The end of a journal: what the next line must carry."""

    __slots__ = ("digest", "seq", "site")

    def __init__(self, site: SiteId, *, seq: int = 0, digest: str = GENESIS) -> None:
        self.site, self.seq, self.digest = site, seq, digest

    def seal(self, fact: Fact, transfers: Sequence[Transfer], *, at_s: int, more: bool = False) -> tuple[Entry, bytes]:
        """
        Give a fact its place.

        Returns
        -------
        The entry, and its line: canonical JSON with a newline at the end.

        Notes
        -----
        The keys of a line are sorted (`at_s, body, fact, hash, more, prev, seq, site, transfers`), so the line
        without its hash is the head plus the tail below, and one pass encodes both. The equality with
        `json.dumps(…, sort_keys=True, separators=(",", ":"), ensure_ascii=False)` is tested.
        """
        seq = self.seq + 1
        body = _ENCODER.encode(fact)
        head = b'{"at_s":%d,"body":%b,"fact":"%b"' % (at_s, body, NAMES[type(fact)].encode())
        tail = b'%b,"prev":"%b","seq":%d,"site":%b,"transfers":%b}' % (
            b',"more":true' if more else b"",
            self.digest.encode(),
            seq,
            _ENCODER.encode(self.site),
            _ENCODER.encode(transfers),
        )
        digest = sha256(head + tail).hexdigest()
        self.seq, self.digest = seq, digest
        entry = Entry(seq=seq, at_s=at_s, site=self.site, fact=fact, transfers=tuple(transfers), more=more)
        return entry, b'%b,"hash":"%b"%b\n' % (head, digest.encode(), tail)


def canonical(value: object) -> bytes:
    """Canonical JSON of any value made of dicts, lists, strings, integers and booleans."""
    return _ENCODER.encode(value)
