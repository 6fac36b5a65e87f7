"""A journal that was touched is found out; one rewritten whole only by a digest that was kept elsewhere."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from doorstep.app.certificate import certify
from doorstep.base.errors import CheckFailed
from doorstep.core.indicators import Closing
from doorstep.journal import BrokenChain, Chain, Entry, read_entries
from doorstep.model.facts import FACTS
from doorstep.model.facts.goods import LotShipped
from doorstep.model.facts.money import PaymentCaptured
from doorstep.model.facts.orders import OrderHandedOver
from doorstep.model.facts.site import SkuListed
from doorstep.model.transfer import Transfer
from doorstep.twin.checkers import journal_checkers
from doorstep.twin.troubles import Troubles
from doorstep.wire.files import CLOSING, JOURNAL, journal_lines
from doorstep.wire.verdict import verify
from tests.twin.days import first, live, lived, small_day, with_fact, write_journal

Stream = Sequence[Entry]
MEAN = Troubles(decline_bp=1_500, timeout_bp=2_500, mis_scan_bp=500, claim_bp=6_000)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    live(small_day(visits=20), folder, troubles=MEAN)
    return folder


@pytest.fixture(scope="module")
def journal(written: Path) -> bytes:
    return (written / JOURNAL).read_bytes()


def good() -> tuple[Entry, ...]:
    return lived(small_day(visits=20), None, MEAN)


def broken_at(data: bytes) -> int:
    """The line at which reading stops."""
    with pytest.raises(BrokenChain) as found:
        for _ in read_entries(data.splitlines(keepends=True)):
            pass
    return found.value.seq


# Bytes.


def test_every_byte_counts(journal: bytes) -> None:
    """Whatever byte of a line is changed, to whatever: that line is named."""
    lines = journal.split(b"\n")
    draw = Random(1)
    for _ in range(400):
        n = draw.randrange(40)
        at = draw.randrange(len(lines[n]))
        other = draw.choice(
            [x for x in (0, 34, 48, 57, 97, 127, 195, 255, lines[n][at] ^ 1) if x not in (10, lines[n][at])]
        )
        changed = lines[n][:at] + bytes([other]) + lines[n][at + 1 :]
        assert n + 1 == broken_at(b"\n".join([*lines[:n], changed, *lines[n + 1 : n + 2]])), changed


def tenth(change: Callable[[bytes], bytes]) -> Callable[[list[bytes]], list[bytes]]:
    """Change line 10."""
    return lambda x: [*x[:9], change(x[9]), *x[10:]]


@pytest.mark.parametrize(
    ("how", "seq"),
    [
        pytest.param(lambda x: [*x[:9], *x[10:]], 10, id="one is missing"),
        pytest.param(lambda x: [*x[:9], x[8], *x[9:]], 10, id="one is doubled"),
        pytest.param(lambda x: [*x[:9], x[10], x[9], *x[11:]], 10, id="two are swapped"),
        pytest.param(lambda x: x[1:], 1, id="the first is missing"),
        pytest.param(lambda x: [*x[:9], b"", *x[9:]], 10, id="an empty line"),
        pytest.param(tenth(lambda x: b" " + x), 10, id="a space"),
        pytest.param(tenth(lambda x: x + b"\r"), 10, id="a carriage return"),
        pytest.param(tenth(lambda x: x[:-1]), 10, id="torn"),
        pytest.param(tenth(lambda _: b"[" * 9_999), 10, id="a deep line"),
        pytest.param(tenth(lambda x: x.replace(b'"body":', b'"body":' + b"[" * 9_999)), 10, id="a deep body"),
        pytest.param(tenth(lambda _: b'"x"'), 10, id="not an object"),
        pytest.param(tenth(lambda x: x.replace(b'"seq":10', b'"seq":1' + b"0" * 40)), 10, id="a huge number"),
        pytest.param(tenth(lambda x: x.replace(b'"seq":10', b'"seq":10.0')), 10, id="a float"),
        pytest.param(tenth(lambda x: x.replace(b'"seq":', b'"new":1,"seq":')), 10, id="a key too many"),
        pytest.param(tenth(lambda x: x.replace(b'"fact":"sku', b'"fact":"skew')), 10, id="an unknown fact"),
    ],
)
def test_every_line_counts(how: Callable[[list[bytes]], list[bytes]], seq: int, journal: bytes) -> None:
    """Lines cannot be taken out, put in, moved or written in another form."""
    assert seq == broken_at(b"\n".join(how(journal.splitlines()[:30])))


def test_a_journal_cut_short_is_not_the_day(written: Path, journal: bytes, tmp_path: Path) -> None:
    """The last line is missing: every link holds, and yet the day was not closed."""
    (tmp_path / CLOSING).write_bytes((written / CLOSING).read_bytes())
    (tmp_path / JOURNAL).write_bytes(journal[: journal.rstrip(b"\n").rindex(b"\n") + 1])
    verdict = verify(tmp_path)
    assert not verdict.ok
    assert verdict.closing.checks["closed"] != "ok"


def test_a_hash_mended_alone_breaks_the_next_link(written: Path, journal: bytes) -> None:
    """A changed fact with a fresh hash no longer carries the next line."""
    stream = list(good())
    stream[4] = with_fact(stream[4], replace(stream[4].fact, name_en="gold"))
    lines = journal.splitlines(keepends=True)
    folder = written.parent / "mended"
    folder.mkdir()
    write_journal(folder, stream[:5])
    mended = (folder / JOURNAL).read_bytes().splitlines(keepends=True)
    assert 6 == broken_at(b"".join([*mended, *lines[5:8]]))


# The whole chain.


def certified(folder: Path, stream: Stream) -> Closing:
    """Write a journal whole and its certificate, as a forger would."""
    write_journal(folder, stream)
    closing = certify(journal_lines(folder), journal_checkers())
    (folder / CLOSING).write_bytes(msgspec.json.encode(closing))
    return closing


def test_a_journal_written_again_is_the_same_journal(journal: bytes, tmp_path: Path) -> None:
    """Control for the forger: without a change not a byte differs."""
    write_journal(tmp_path, good())
    assert journal == (tmp_path / JOURNAL).read_bytes()


def test_a_chain_rewritten_whole_is_found_by_its_digest_only(written: Path, tmp_path: Path) -> None:
    """A name forged, every hash made anew, a certificate to match: only the digest kept elsewhere knows."""
    digest = msgspec.json.decode((written / CLOSING).read_bytes(), type=Closing).digest
    stream = list(good())
    n = first(stream, SkuListed)
    stream[n] = with_fact(stream[n], replace(stream[n].fact, name_en="gold"))
    forged = certified(tmp_path, stream)
    assert verify(tmp_path).ok
    assert verify(tmp_path, digest=forged.digest).ok
    verdict = verify(tmp_path, digest=digest)
    assert (f"digest: the journal ends in {forged.digest}, not in the digest given",) == verdict.differences
    assert verify(written, digest=f" {digest.upper()}\n").ok


def test_transfers_that_are_not_what_the_fact_moves_are_found(tmp_path: Path) -> None:
    """A forger moves money elsewhere than the fact says, in a chain that is whole."""
    stream = list(good())
    n = first(stream, PaymentCaptured)
    moved = tuple(replace(x, target="courier_pay") if x.target == "revenue" else x for x in stream[n].transfers)
    assert moved != stream[n].transfers
    stream[n] = replace(stream[n], transfers=moved)
    write_journal(tmp_path, stream)
    with pytest.raises(BrokenChain, match="its transfers are not what this fact moves") as found:
        verify(tmp_path)
    assert n + 1 == found.value.seq


def test_a_forged_weight_breaks_a_law(tmp_path: Path) -> None:
    """A gram less at one door, all sealed and certified: the order was handed something else than was picked."""
    stream = list(good())
    n = first(stream, OrderHandedOver)
    fact: Any = stream[n].fact
    stream[n] = with_fact(
        stream[n], replace(fact, goods=(replace(fact.goods[0], amount=fact.goods[0].amount - 1), *fact.goods[1:]))
    )
    certified(tmp_path, stream)
    verdict = verify(tmp_path)
    assert not verdict.ok
    assert "is not what was picked" in verdict.closing.checks["orders"]


def test_a_negative_amount_is_found(tmp_path: Path) -> None:
    """Nothing moves by less than nothing: a > 0 for every transfer."""
    stream = list(good())
    n = first(stream, LotShipped)
    fact: Any = replace(stream[n].fact, amount=-5)
    stream[n] = replace(stream[n], fact=fact, transfers=(Transfer(-5, f"lot:{fact.lot}", "supplier", "inbound"),))
    write_journal(tmp_path, stream)
    with pytest.raises(BrokenChain) as found:
        verify(tmp_path)
    assert n + 1 == found.value.seq


# A forger without a plan: whatever is left out, doubled or changed in a chain that is whole, `verify` answers.


def tiny() -> tuple[Entry, ...]:
    """A day of eight visits with nearly every kind of fact."""
    return lived(small_day(visits=8), None, MEAN)


def places() -> list[int]:
    """Of each kind of fact in it, the one in the middle."""
    stream = tiny()
    of_kind = {x: [n for n, y in enumerate(stream) if type(y.fact) is x] for x in FACTS.values()}
    found = [x[len(x) // 2] for x in of_kind.values() if x]
    assert len(found) >= 30
    return found


def stumbles(streams: Iterable[tuple[str, Stream]]) -> dict[str, str]:
    """What `verify` would meet with a traceback instead of an answer."""
    found: dict[str, str] = {}
    for what, stream in streams:
        chain = Chain(stream[0].site)
        lines = [chain.seal(x.fact, x.transfers, at_s=x.at_s, more=x.more)[1] for x in stream]
        try:
            certify(lines, journal_checkers())
        except CheckFailed:
            pass
        except Exception as error:  # noqa: BLE001 every other exception is what is looked for
            found[what] = repr(error)
    return found


def name(entry: Entry) -> str:
    return type(entry.fact).__name__


def test_a_fact_left_out_never_makes_verify_stumble() -> None:
    """Whatever fact a forger leaves out, the rest is judged."""
    stream = tiny()
    assert {} == stumbles((name(stream[n]), [*stream[:n], *stream[n + 1 :]]) for n in places())


@pytest.mark.check
def test_a_kind_of_fact_left_out_never_makes_verify_stumble() -> None:
    """The same where all facts of a kind are gone, the first ones too."""
    stream = tiny()
    kinds = [type(stream[n].fact) for n in places()]
    assert {} == stumbles((x.__name__, [y for y in stream if type(y.fact) is not x]) for x in kinds)


@pytest.mark.check
def test_a_fact_doubled_or_moved_never_makes_verify_stumble() -> None:
    """Whatever fact a forger writes twice, too early or too late, the rest is judged."""
    stream = tiny()
    for n in places():
        one, before, behind = stream[n], stream[:n], stream[n + 1 :]
        forged = {
            "doubled": [*before, one, one, *behind],
            "first": [one, *before, *behind],
            "last": [*before, *behind, one],
        }
        assert {} == stumbles((f"{name(one)} {x}", y) for x, y in forged.items())


@pytest.mark.check
def test_a_field_forged_never_makes_verify_stumble() -> None:
    """Whatever field a forger changes to another of its type, the rest is judged."""
    stream = tiny()
    assert {} == stumbles(forged for n in places() for forged in _forged(stream, n))


def _forged(stream: Stream, n: int) -> Iterator[tuple[str, Stream]]:
    fact = stream[n].fact
    for field in fact.__struct_fields__:
        for other in _others(getattr(fact, field)):
            made = replace(fact, **{field: other})
            try:
                msgspec.json.decode(msgspec.json.encode(made), type=type(fact))
            except msgspec.ValidationError:
                continue  # such a line cannot even be read
            yield f"{name(stream[n])}.{field} = {other!r}", [*stream[:n], with_fact(stream[n], made), *stream[n + 1 :]]


def _others(value: Any) -> list[Any]:
    match value:
        case int():
            return [-1, 0, 2**40]
        case str():
            return ["nobody"]
        case tuple():
            return [(), (*value, *value)]
        case _:
            return []


def test_a_day_without_its_end_is_still_judged() -> None:
    """Nothing but the opening, half a day, or nothing but the close: an answer."""
    stream = tiny()
    parts = {"opening": stream[:1], "half": stream[: len(stream) // 2], "close": stream[-1:]}
    assert {} == stumbles(parts.items())
