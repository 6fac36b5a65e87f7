"""A net as bytes and back: one file that says its format, and of each part its size and its hash."""

import json
from hashlib import sha256
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from doorstep.base.errors import BadFile
from doorstep.roads.net import LIMITS, NODE_ARRAYS, Net, fault

MAGIC: Final = b"doorstep-roads"
FORMAT: Final = 1
AGAIN: Final = "make it again with `doorstep roads build`"


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One array of the file: how many bytes, and their SHA-256 in hex."""

    array: str
    size: int
    hash: str


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The second line of the file."""

    licence: str
    names: tuple[str, ...]
    nodes: int
    parts: tuple[Part, ...]
    pieces: int
    source: str


def net_bytes(net: Net) -> bytes:
    """
    Write a net: the same net gives the same bytes on any machine.

    Returns
    -------
    One line ``doorstep-roads 1 <hash of the next line>``, one line of canonical JSON that says what follows, then the
    arrays one after the other, little-endian.
    """
    assert fault(net) is None, "a net that is written can be read"
    arrays = [(x, np.ascontiguousarray(getattr(net, x), LIMITS[x][0]).tobytes()) for x in LIMITS]
    head = Head(
        licence="ODbL 1.0, © OpenStreetMap contributors",
        names=net.names,
        nodes=len(net.node),
        parts=tuple(Part(array=x, size=len(y), hash=sha256(y).hexdigest()) for x, y in arrays),
        pieces=len(net.start),
        source=net.source,
    )
    text = json.dumps(msgspec.to_builtins(head), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    line = text.encode()
    return b"".join(
        (MAGIC, b" %d " % FORMAT, sha256(line).hexdigest().encode(), b"\n", line, b"\n", *(y for _, y in arrays))
    )


def net_of_bytes(data: bytes, *, file: str) -> Net:
    """
    Read what `net_bytes` wrote.

    Parameters
    ----------
    file
        Its name, for errors.

    Raises
    ------
    BadFile
        It is something else, of another format, cut off, longer than it says, or not what was written: `column` names
        the part, `row` the number in it where that is known (1 = the first).
    """
    head, at = _head(data, file)
    sizes = {x: np.dtype(LIMITS[x][0]).itemsize * (head.nodes if x in NODE_ARRAYS else head.pieces) for x in LIMITS}
    if {x.array: x.size for x in head.parts} != sizes or len(head.parts) != len(sizes):
        raise BadFile(file, column="head", what=f"its parts are not those of {head.pieces} pieces; {AGAIN}")
    arrays = {}
    for part in head.parts:
        piece = data[at : at + part.size]
        at += part.size
        if len(piece) < part.size:
            what = f"breaks off: {len(data)} bytes are there, this part ends at {at}; copy it again, or {AGAIN}"
            raise BadFile(file, column=part.array, what=what)
        if sha256(piece).hexdigest() != part.hash:
            raise BadFile(file, column=part.array, what=f"is not what was written (its hash differs); {AGAIN}")
        arrays[part.array] = np.frombuffer(piece, LIMITS[part.array][0])
    if at != len(data):
        raise BadFile(file, what=f"goes on for {len(data) - at} bytes after its end; {AGAIN}")
    net = Net(names=head.names, source=head.source, **arrays)
    wrong = fault(net)
    if wrong is not None:
        array, index, what = wrong
        raise BadFile(file, row=index + 1, column=array, what=f"{what}; {AGAIN}")
    return net


def _head(data: bytes, file: str) -> tuple[Head, int]:
    """Read both lines; the number is where the arrays begin."""
    first, found, _ = data[:200].partition(b"\n")
    words = first.split(b" ")
    if words[0] != MAGIC or len(words) != 3 or not found:
        shown = "".join(x if x.isprintable() else "·" for x in data[:20].decode("latin-1"))
        raise BadFile(file, value=shown, what="is no net of streets; make one with `doorstep roads build`")
    if words[1] != b"%d" % FORMAT:
        shown = words[1][:20].decode("latin-1")
        raise BadFile(file, column="format", value=shown, what=f"this Doorstep reads format {FORMAT}; {AGAIN}")
    end = data.find(b"\n", len(first) + 1)
    line = data[len(first) + 1 : end]
    if end < 0 or sha256(line).hexdigest().encode() != words[2]:
        raise BadFile(file, column="head", what=f"is not what was written (its hash differs); {AGAIN}")
    try:
        head = msgspec.json.decode(line, type=Head)
    except msgspec.DecodeError as error:
        raise BadFile(file, column="head", what=f"says something that cannot be ({error}); {AGAIN}") from error
    if not head.names or head.nodes < 0 or head.pieces < 0:
        raise BadFile(file, column="head", what=f"says something that cannot be; {AGAIN}")
    return head, end + 1
