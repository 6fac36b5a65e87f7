"""One line a fact, readable and checkable by anyone."""

import io
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import SiteId
from doorstep.journal import GENESIS, BrokenChain, Chain, read_entries, whole_transactions
from doorstep.journal.chain import canonical
from doorstep.ledger import transfers_of
from doorstep.model.facts import FACTS, NAMES, Fact
from tests.laws.made import FEW, NOW_S, SITE, any_fact, json_values, moving_fact, of_type, sealed, texts, transactions
from tests.oracles import chain as stdlib

facts_in_a_row = st.lists(moving_fact, min_size=2, max_size=6)


def read(lines: list[bytes]) -> tuple[int, BrokenChain | None]:
    """Read as far as it goes: how many entries, and what stopped it."""
    count = 0
    try:
        for _ in read_entries(lines):
            count += 1
    except BrokenChain as error:
        return count, error
    return count, None


@given(moving_fact, texts.map(SiteId), st.integers(0, 2**40), st.booleans())
def test_a_line_is_canonical_json(fact: Fact, site: SiteId, at_s: int, more: bool) -> None:
    """A line is byte for byte what the standard library writes, whatever strings people put into it."""
    chain = Chain(site, seq=7, digest="ab" * 32)
    entry, line = chain.seal(fact, transfers_of(fact), at_s=at_s, more=more)
    moved = [{"amount": x.amount, "asset": x.asset, "from": x.source, "to": x.target} for x in transfers_of(fact)]
    expected = {
        "at_s": at_s,
        "body": msgspec.to_builtins(fact),
        "fact": NAMES[type(fact)],
        "prev": "ab" * 32,
        "seq": 8,
        "site": site,
        "transfers": moved,
        **({"more": True} if more else {}),
    }
    expected["hash"] = stdlib.digest(expected)
    assert stdlib.dumps(expected) + b"\n" == line
    assert (expected["hash"], 8) == (chain.digest, chain.seq)
    assert (8, at_s, site, fact, more) == (entry.seq, entry.at_s, entry.site, entry.fact, entry.more)


@given(json_values)
def test_canonical_json_is_the_standard_librarys(value: object) -> None:
    """Any value of dicts, lists, strings, integers and booleans is written as the standard library does."""
    assert stdlib.dumps(value) == canonical(value)


@given(transactions)
def test_a_journal_is_a_chain_that_anyone_can_check(blocks: list[list[Fact]]) -> None:
    """Each line carries its own hash and the one before, recomputed here without Doorstep."""
    prev = GENESIS
    for seq, line in enumerate((x for block in sealed(blocks) for x in block), start=1):
        value = json.loads(line)
        assert (seq, prev) == (value["seq"], value["prev"])
        assert stdlib.digest(value) == value["hash"]
        assert stdlib.dumps(value) + b"\n" == line
        prev = value["hash"]


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_comes_back_as_it_was(name: str) -> None:
    """What is read from a line equals what was written, for every kind of fact and whatever it holds."""

    @FEW
    @given(of_type(FACTS[name]))
    def law(fact: Fact) -> None:
        _, line = Chain(SITE).seal(fact, (), at_s=NOW_S)
        ((entry, digest),) = read_entries([line])
        assert (fact, json.loads(line)["hash"]) == (entry.fact, digest)

    law()


@given(transactions)
def test_a_journal_reads_back_whole(blocks: list[list[Fact]]) -> None:
    """Facts, transfers, instants and the ends of transactions come back in order, with or without newlines."""
    lines = [x for block in sealed(blocks) for x in block]
    entries = [x for x, _ in read_entries(lines)]
    flat = [(fact, NOW_S + n, k < len(block)) for n, block in enumerate(blocks) for k, fact in enumerate(block, 1)]
    assert flat == [(x.fact, x.at_s, x.more) for x in entries]
    assert [transfers_of(x) for x, _, _ in flat] == [x.transfers for x in entries]
    assert entries == [x for x, _ in read_entries([x.rstrip(b"\n") for x in lines])]


@given(facts_in_a_row, st.data())
def test_any_changed_byte_is_refused_at_its_line(facts: list[Fact], data: st.DataObject) -> None:
    """Whatever byte of a journal is changed into whatever else, reading stops at the line it lies in."""
    written = b"".join(sealed([facts])[0])
    place = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda x: x != written[place]))
    changed = written[:place] + bytes([byte]) + written[place + 1 :]
    line = written.count(b"\n", 0, place) + 1
    count, error = read(io.BytesIO(changed).readlines())
    assert error is not None
    assert (line - 1, line) == (count, error.seq)


@pytest.mark.parametrize("byte", [0x00, 0x09, 0x0A, 0x20, 0x22, 0x2C, 0x31, 0x5C, 0x7D, 0x7F, 0x80, 0xFF])
def test_no_place_of_a_line_may_be_changed(byte: int) -> None:
    """The same for every place of one line with names in Chinese, and bytes that mean something to a reader."""
    fact = FACTS["worker_missing"]
    (first, second) = sealed([[fact(role="picker", worker="小王"), fact(role="courier", worker="é")]])[0]
    for place in range(len(first)):
        if first[place] == byte:
            continue
        changed = first[:place] + bytes([byte]) + first[place + 1 :]
        count, error = read(io.BytesIO(changed + second).readlines())
        assert error is not None, place
        assert (0, 1) == (count, error.seq)


@given(facts_in_a_row, st.data())
def test_a_dropped_doubled_or_moved_line_is_refused_where_it_shows(facts: list[Fact], data: st.DataObject) -> None:
    """A line that is missing, there twice or elsewhere is refused at the first place that is not as it was."""
    lines = sealed([facts])[0]
    at = data.draw(st.integers(0, len(lines) - 2))
    other = data.draw(st.integers(at + 1, len(lines) - 1))
    dropped = lines[:at] + lines[at + 1 :]
    doubled = [*lines[: at + 1], *lines[at:]]
    swapped = list(lines)
    swapped[at], swapped[other] = lines[other], lines[at]
    for changed, seq in ((dropped, at + 1), (doubled, at + 2), (swapped, at + 1)):
        count, error = read(changed)
        assert error is not None
        assert (seq - 1, seq) == (count, error.seq)


@given(facts_in_a_row, st.data())
def test_a_line_sealed_anew_breaks_the_next_one(facts: list[Fact], data: st.DataObject) -> None:
    """A forged line with a hash that fits is refused one line later: the chain carries the old hash."""
    lines = sealed([facts])[0]
    at = data.draw(st.integers(0, len(lines) - 2))
    value = json.loads(lines[at])
    value["at_s"] += 1
    value["hash"] = stdlib.digest(value)
    lines[at] = stdlib.dumps(value) + b"\n"
    count, error = read(lines)
    assert error is not None
    assert (at + 1, at + 2) == (count, error.seq)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: json.dumps(x, separators=(",", ":"), ensure_ascii=False),
        lambda x: json.dumps(x, sort_keys=True, ensure_ascii=False),
        lambda x: json.dumps(x, sort_keys=True, separators=(",", ":")),
    ],
    ids=["unsorted", "spaced", "ascii"],
)
def test_another_spelling_of_the_same_line_is_refused(spoil: object) -> None:
    """The same content with other spaces, order or escapes is not the same line."""
    (line,) = sealed([[FACTS["worker_missing"](role="picker", worker="小王")]])[0]
    value = dict(reversed(json.loads(line).items()))
    assert callable(spoil)
    count, error = read([spoil(value).encode()])
    assert error is not None
    assert (0, 1) == (count, error.seq)


@given(any_fact)
def test_a_journal_of_another_site_is_refused(fact: Fact) -> None:
    """A line of another site is refused, alone or among ours."""
    ours, theirs = Chain(SITE), Chain(SiteId("pudong-02"))
    _, first = ours.seal(fact, (), at_s=NOW_S)
    theirs.seq, theirs.digest = ours.seq, ours.digest
    _, second = theirs.seal(fact, (), at_s=NOW_S)
    count, error = read([first, second])
    assert error is not None
    assert (1, 2) == (count, error.seq)
    with pytest.raises(BrokenChain, match="line 1"):
        list(read_entries([first], site=SiteId("pudong-02")))


@given(transactions, st.data())
def test_only_whole_transactions_survive_a_power_cut(blocks: list[list[Fact]], data: st.DataObject) -> None:
    """Cut anywhere, what is kept ends with the last transaction whose last line is there to its newline."""
    ends, written = [0], b""
    for lines in sealed(blocks):
        written += b"".join(lines)
        ends.append(len(written))
    cuts = {0, len(written), *ends, *(x - 1 for x in ends[1:])}
    cuts.add(data.draw(st.integers(0, len(written))))
    for cut in sorted(cuts):
        assert max(x for x in ends if x <= cut) == whole_transactions(written[:cut])
