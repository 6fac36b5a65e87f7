"""A net is one file that says what it is; whatever is not such a file, whole, is refused with its place."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from doorstep.base.errors import BadFile
from doorstep.roads.net import LIMITS
from doorstep.roads.netfile import net_bytes, net_of_bytes
from tests.roads.made import drawn, grid

WHOLE = net_bytes(grid(3, 4))


def test_a_net_is_read_back_as_it_was() -> None:
    """Every array, the names and the source come back, and the bytes are the same every time."""
    for seed in range(40):
        net = drawn(seed)
        data = net_bytes(net)
        back = net_of_bytes(data, file="a.net")
        assert data == net_bytes(back) == net_bytes(drawn(seed))
        assert (net.names, net.source) == (back.names, back.source)
        for x, (kind, _, _) in LIMITS.items():
            assert getattr(net, x).tolist() == getattr(back, x).tolist()
            assert np.dtype(kind) == getattr(back, x).dtype


def changed(change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> bytes:
    """Forge a file: change its head and arrays, then make every hash right again."""
    line, _, rest = WHOLE.partition(b"\n")[2].partition(b"\n")
    head = json.loads(line)
    parts = {}
    for x in head["parts"]:
        parts[x["array"]], rest = rest[: x["size"]], rest[x["size"] :]
    change(head, parts)
    for x in head["parts"]:
        data = parts.get(x["array"], b"")
        x["hash"] = sha256(data).hexdigest()
    text = json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return b"".join((b"doorstep-roads 1 ", sha256(text).hexdigest().encode(), b"\n", text, b"\n", *parts.values()))


def put(array: str, index: int, value: int) -> bytes:
    """Forge one number of one array."""

    def change(_: dict[str, Any], parts: dict[str, bytes]) -> None:
        numbers = np.frombuffer(parts[array], LIMITS[array][0]).copy()
        numbers[index] = value
        parts[array] = numbers.tobytes()

    return changed(change)


def head(**keys: object) -> bytes:
    """Forge keys of the head."""
    return changed(lambda x, _: x.update(keys))


def bit(at: int) -> bytes:
    """Turn one bit over."""
    data = bytearray(WHOLE)
    data[at] ^= 1
    return bytes(data)


WRONG: list[tuple[str, bytes, list[str]]] = [
    ("empty", b"", ["no net of streets"]),
    ("a text", b"point,lat,lng\nA,31.2,121.4\n", ["no net of streets", "point,lat,lng"]),
    ("a zip", b"PK\x03\x04" + b"\x00" * 300, ["no net of streets"]),
    ("an extract", b'<?xml version="1.0"?>\n<osm version="0.6"></osm>', ["no net of streets"]),
    ("only the word", b"doorstep-roads", ["no net of streets"]),
    ("another format", WHOLE.replace(b"roads 1 ", b"roads 2 ", 1), ["format", "'2'", "reads format 1"]),
    ("no head", WHOLE[: WHOLE.index(b"\n") + 1], ["column head", "hash differs"]),
    ("a head cut off", WHOLE[:200], ["column head", "hash differs"]),
    ("a bit of the head", bit(WHOLE.index(b"nodes")), ["column head", "hash differs"]),
    ("a bit of the first array", bit(WHOLE.index(b"\n", 120) + 3), ["column node", "hash differs"]),
    ("the last bit", bit(len(WHOLE) - 1), ["column walk_back_mm_s", "hash differs"]),
    ("cut off", WHOLE[:-7], ["column walk_back_mm_s", "breaks off"]),
    ("half", WHOLE[: len(WHOLE) - 150], ["breaks off"]),
    ("more behind", WHOLE + b"\n", ["goes on for 1 bytes"]),
    ("twice", WHOLE + WHOLE, ["goes on for"]),
    ("a wrong count", head(pieces=3), ["column head", "parts are not those of 3 pieces"]),
    ("a count below nothing", head(nodes=-1), ["column head", "cannot be"]),
    ("no names", head(names=[]), ["column head", "cannot be"]),
    ("a key more", head(more=1), ["column head", "cannot be", "more"]),
    ("a count that is text", head(nodes="12"), ["column head", "cannot be"]),
    ("a part twice", changed(lambda x, _: x["parts"].append(x["parts"][0])), ["column head", "parts"]),
    ("a node off the earth", put("lat_e6", 2, 90_000_001), ["row 3, column lat_e6", "90000001"]),
    ("nodes out of order", put("node", 4, 5), ["row 5, column node", "no larger"]),
    ("a node twice", put("node", 1, 10), ["row 2, column node", "no larger"]),
    ("a piece to nowhere", put("end", 0, 12), ["row 1, column end", "between 0 and 11"]),
    ("a piece from below", put("start", 3, -1), ["row 4, column start", "between 0 and 11"]),
    ("a piece backwards", put("end", 5, 0), ["row 6, column end", "no larger than the start"]),
    ("pieces out of order", put("start", 0, 3), ["column"]),
    ("a length below nothing", put("length_mm", 1, -5), ["row 2, column length_mm", "-5"]),
    ("a name that is not there", put("name", 1, 2), ["row 2, column name", "between 0 and 1"]),
    ("an unlawful speed", put("ebike_along_mm_s", 0, 6_945), ["row 1, column ebike_along_mm_s", "6944"]),
]


@pytest.mark.parametrize(("data", "says"), [pytest.param(*x[1:], id=x[0]) for x in WRONG])
def test_a_foreign_or_damaged_net_is_refused_with_its_place(data: bytes, says: list[str]) -> None:
    """The part, the number in it where it is known, and what to do are said."""
    with pytest.raises(BadFile) as caught:
        net_of_bytes(data, file="a.net")
    assert [] == [x for x in ["a.net", *says] if x not in str(caught.value)], str(caught.value)


def test_every_bit_of_a_file_counts() -> None:
    """Wherever one bit is turned over, the file is refused."""
    for at in range(0, len(WHOLE), 7):
        with pytest.raises(BadFile):
            net_of_bytes(bit(at), file="a.net")
