"""One seed is one day, byte for byte; its journal is what the formats say, and its certificate follows from it."""

import gc
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import doorstep
from doorstep.adapters.store import JournalFile, MemoryStore
from doorstep.app.params import Params
from doorstep.journal import BrokenChain, read_entries
from doorstep.model.day import Day, Event
from doorstep.model.facts.orders import OrderPlaced
from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import LocalService, live_day
from doorstep.wire.files import CLOSING, JOURNAL
from doorstep.wire.verdict import verify
from tests.conftest import ROOT
from tests.twin.days import entries, live, lived, small_day

SRC = Path(doorstep.__file__).parents[1]
KEYS = ["at_s", "body", "fact", "hash", "prev", "seq", "site", "transfers"]
OUTSIDE = {
    "supplier", "purse", "courier_pay", "delivered", "returned_to_supplier", "waste", "donated", "revenue", "lost",
}  # fmt: skip
MUST_BE_ZERO = {"reserved", "picked", "carried", "escrow", "refund_due"}
TWIN = """
import sys
from pathlib import Path
from tests.twin.days import live, small_day
live(small_day(int(sys.argv[1])), Path(sys.argv[2]))
"""


def in_another_process(folder: Path, *args: str, hash_seed: str) -> bytes:
    """Live a day in a process of its own; its journal."""
    folder.mkdir()
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": f"{SRC}{os.pathsep}{ROOT}"}
    subprocess.run([sys.executable, *args], env=env, check=True, capture_output=True, timeout=120)
    return (folder / JOURNAL).read_bytes()


# The same seed.


def test_the_same_seed_gives_the_same_journal_in_any_process(tmp_path: Path) -> None:
    """Neither the process nor the order of its sets has a say."""
    journals = [
        in_another_process(tmp_path / x, "-c", TWIN, "1", str(tmp_path / x), hash_seed=x) for x in ("1", "4242")
    ]
    (tmp_path / "here").mkdir()
    live(small_day(1), tmp_path / "here")
    assert journals[0] == journals[1] == (tmp_path / "here" / JOURNAL).read_bytes()


@pytest.mark.check
def test_the_default_day_is_the_same_in_any_process(tmp_path: Path) -> None:
    """The same for the day that everybody lives first, through the command line."""
    journals = [
        in_another_process(tmp_path / x, "-m", "doorstep", "day", "--out", str(tmp_path / x), hash_seed=x)
        for x in ("0", "31337")
    ]
    assert journals[0] == journals[1]


def test_another_seed_is_another_day() -> None:
    """Two seeds, two journals."""
    assert lived(small_day(1)) != lived(small_day(2))


# Power.


def cut(day: Day) -> Day:
    """Cut the power three times, each between a write and its answer."""
    at_s = [x.at_s for x in day.visits]
    times = [at_s[len(at_s) * part // 4] - 1 for part in (1, 2, 3)]
    return replace(day, events=(*day.events, *(Event(at_s=x, kind="power_cut", subject="") for x in times)))


def test_a_power_cut_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal goes on where it was: not a byte differs from the day on which the light stayed on."""
    calm, dark = tmp_path / "calm", tmp_path / "dark"
    calm.mkdir()
    dark.mkdir()
    restarts: list[int] = []
    restart = LocalService.restart

    def counted(self: LocalService) -> None:
        placed = sum(isinstance(x.fact, OrderPlaced) for x in _so_far(self))
        restart(self)
        restarts.append(placed)

    monkeypatch.setattr(LocalService, "restart", counted)
    live(small_day(), calm)
    assert [] == restarts
    closing = live(cut(small_day()), dark)
    assert 3 == len(restarts)
    assert restarts == sorted(restarts)
    assert 0 < restarts[0] < restarts[-1] < closing.indicators["orders"].value
    assert (calm / JOURNAL).read_bytes() == (dark / JOURNAL).read_bytes()
    assert verify(dark, digest=closing.digest).ok


def _so_far(service: LocalService) -> Iterator[Any]:
    return (x for x, _ in read_entries(service._journal.lines()))


def test_a_torn_end_is_cut_off_to_whole_transactions(tmp_path: Path) -> None:
    """Whatever byte the power fails at: what is left ends with a transaction, and is a part of what was written."""
    live(small_day(), tmp_path)
    whole = (tmp_path / JOURNAL).read_bytes()
    ends = {0}
    for line in _offsets(whole):
        if not json.loads(whole[line[0] : line[1]]).get("more"):
            ends.add(line[1])
    torn = tmp_path / "torn.ndjson"
    for cut_at in range(len(whole) - 1, len(whole) - 200_000, -9_973):
        torn.write_bytes(whole[:cut_at])
        JournalFile(torn, durable=False).close()
        assert max(x for x in ends if x <= cut_at) == torn.stat().st_size
        assert whole.startswith(torn.read_bytes())


FULL = """
import resource, sys
from pathlib import Path
from doorstep.adapters.store import JournalFile
from doorstep.base.errors import StoreUnavailable
path = Path(sys.argv[1])
journal = JournalFile(path, durable=True)
journal.append(b"a" * 499 + b"\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))
try:
    journal.append(b"b" * 2_000 + b"\\n")
except StoreUnavailable:
    print("refused", path.stat().st_size)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append(b"c" * 499 + b"\\n")
journal.close()
print(path.read_bytes() == b"a" * 499 + b"\\n" + b"c" * 499 + b"\\n")
"""


def test_a_disk_that_is_full_for_a_while_costs_nothing(tmp_path: Path) -> None:
    """What could not be written is refused and leaves no byte; when there is room again the journal goes on."""
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    args = [sys.executable, "-c", FULL, str(tmp_path / JOURNAL)]
    done = subprocess.run(args, env=env, check=False, capture_output=True, text=True, timeout=60)
    assert "refused 500\nTrue\n" == done.stdout, done.stderr


def test_a_torn_end_of_zeros_is_cut_off_too(small_folder: "Folder", tmp_path: Path) -> None:
    """A power cut may leave blocks of zeros: they were never acknowledged."""
    torn = tmp_path / JOURNAL
    torn.write_bytes(small_folder.raw + bytes(5_000))
    JournalFile(torn, durable=False).close()
    assert small_folder.raw == torn.read_bytes()


@pytest.mark.parametrize("garbage", [bytes(100) + b"\n", b"\xff\n", b"{}\n"])
def test_a_whole_line_of_garbage_is_no_torn_end(garbage: bytes, small_folder: "Folder", tmp_path: Path) -> None:
    """Somebody wrote that: the journal is not opened, and not a byte of it is changed."""
    spoiled = tmp_path / JOURNAL
    spoiled.write_bytes(small_folder.raw + garbage)
    with pytest.raises(BrokenChain) as found:
        JournalFile(spoiled, durable=False)
    assert len(small_folder.lines) + 1 == found.value.seq
    assert small_folder.raw + garbage == spoiled.read_bytes()


def _offsets(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(data):
        end = data.index(b"\n", start) + 1
        yield start, end
        start = end


# Memory.


def growth(folder: Path) -> tuple[int, int]:
    """
    By how many bytes what is alive at the close, and what was written, grow from a small day to a larger one.

    The larger one is lived once before: what is made once a process, by whichever day comes first, is no growth.
    """
    alive_at_the_close(folder / "first", 40)
    small, large = (alive_at_the_close(folder / str(visits), visits) for visits in (10, 40))
    return large[0] - small[0], large[1] - small[1]


def alive_at_the_close(folder: Path, visits: int) -> tuple[int, int]:
    """Live a day; how many bytes that were made in sealing and storing facts are alive at its end, of how many."""
    folder.mkdir()
    alive: list[int] = []

    def look(done_s: int, total_s: int) -> None:
        if done_s == total_s and not alive:
            files = [tracemalloc.Filter(True, f"*/doorstep/{x}") for x in ("journal/*.py", "adapters/store/*.py")]
            gc.collect()  # a lived day collects nothing, so what is dead may still be there
            taken = tracemalloc.take_snapshot().filter_traces(files)
            alive.append(sum(x.size for x in taken.statistics("filename")))

    tracemalloc.start()
    try:
        live(small_day(visits=visits), folder, progress=look)
    finally:
        tracemalloc.stop()
    return alive[0], (folder / JOURNAL).stat().st_size


@pytest.mark.check
def test_the_twin_keeps_no_journal_in_memory(tmp_path: Path) -> None:
    """Lines stream to the disk: of what a longer day writes more, less than a fiftieth stays in memory."""
    alive, written = growth(tmp_path)
    assert alive * 50 < written


@pytest.mark.check
def test_a_hoarder_of_journals_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: a store that keeps what it wrote shows in the measure above."""
    hoard: list[bytes] = []
    append = JournalFile.append

    def keep(self: JournalFile, lines: bytes) -> None:
        append(self, lines)
        hoard.append(lines)

    monkeypatch.setattr(JournalFile, "append", keep)
    alive, written = growth(tmp_path)
    assert alive * 50 >= written


def test_a_store_has_nowhere_to_keep_entries() -> None:
    """The store holds a state, a chain's end and whom to tell: no list that grows with the day."""
    store = MemoryStore(small_day().site.site, Params(), sink=lambda _: None)
    assert {"site", "params", "_sink", "_listeners", "_chain", "_state"} == set(vars(store))
    assert {"digest", "seq", "site"} == set(type(store._chain).__slots__)


# The journal, and what follows from it.


class Folder:
    """A day that was lived, and the lines of its journal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.raw = (path / JOURNAL).read_bytes()
        self.lines = [json.loads(x) for x in self.raw.splitlines()]
        self.closing = json.loads((path / CLOSING).read_bytes())


@pytest.fixture(scope="module")
def default_folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = tmp_path_factory.mktemp("default")
    live_day(neighbourhood(1), folder)
    return Folder(folder)


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = tmp_path_factory.mktemp("small")
    live(small_day(), folder)
    return Folder(folder)


@pytest.fixture(params=[pytest.param("small"), pytest.param("default", marks=pytest.mark.check)])
def day(request: pytest.FixtureRequest) -> Folder:
    """A small day, and in a check the default one too."""
    made: Folder = request.getfixturevalue(f"{request.param}_folder")
    return made


def test_every_line_is_canonical_json(day: Folder) -> None:
    """Byte for byte what Python's json writes with sorted keys and no spaces; no floats anywhere."""
    for raw, line in zip(day.raw.splitlines(), day.lines, strict=True):
        assert raw == json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert KEYS == [x for x in line if x != "more"]
        assert line.get("more", True) is True
    assert day.raw.endswith(b"\n")

    def no_float(text: str) -> None:
        pytest.fail(f"a float: {text}")

    for raw in day.raw.splitlines():
        json.loads(raw, parse_float=no_float, parse_constant=no_float)


def test_every_line_carries_the_hash_of_the_one_before(day: Folder) -> None:
    """Numbers run from 1; the first carries 64 zeros; the digest is the last hash."""
    before = "0" * 64
    for seq, line in enumerate(day.lines, start=1):
        assert seq == line["seq"]
        assert before == line["prev"]
        bare = {x: y for x, y in line.items() if x != "hash"}
        text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        before = sha256(text.encode()).hexdigest()
        assert before == line["hash"]
    assert before == day.closing["digest"]
    assert len(day.lines) == day.closing["facts"]


def test_instants_never_run_backwards_and_transactions_end(day: Folder) -> None:
    """A journal is in the order in which things happened; a transaction has one instant and comes to its end."""
    for one, other in zip(day.lines, day.lines[1:], strict=False):
        assert one["at_s"] <= other["at_s"]
        assert one["at_s"] == other["at_s"] or "more" not in one
    assert "more" not in day.lines[-1]
    assert "site_closed" == day.lines[-1]["fact"]


def test_ten_lines_of_anybody_come_to_the_same_balances(day: Folder) -> None:
    """Every transfer added up by hand is what closing.json says; no inside account is ever below zero."""
    held: dict[str, dict[str, int]] = {}
    for line in day.lines:
        for x in line["transfers"]:
            assert x["amount"] > 0
            assert ["amount", "asset", "from", "to"] == list(x)
            assert "fen" == x["asset"] or x["asset"].startswith("lot:")
            books = held.setdefault(x["asset"], {})
            books[x["from"]] = books.get(x["from"], 0) - x["amount"]
            books[x["to"]] = books.get(x["to"], 0) + x["amount"]
            assert x["from"] in OUTSIDE or books[x["from"]] >= 0, line
    left = {asset: {x: y for x, y in books.items() if y} for asset, books in held.items()}
    assert {asset: books for asset, books in left.items() if books} == day.closing["balances"]
    assert not [x for books in left.values() for x in books if x in MUST_BE_ZERO]
    assert {0} == {sum(books.values()) for books in left.values()}


def test_a_day_verified_from_its_journal_alone_is_its_closing(day: Folder) -> None:
    """The certificate made while the day was lived is the one that anybody makes again."""
    verdict = verify(day.path, digest=day.closing["digest"])
    assert () == verdict.differences
    assert {"ok"} == set(day.closing["checks"].values())
    assert day.closing["checks"].keys() >= {"books", "closed", "fefo", "orders", "money", "promises", "pickers"}


def test_the_closing_counts_what_the_journal_tells(day: Folder) -> None:
    """Orders by state and kept promises, counted by hand from the lines."""
    facts = [x["fact"] for x in day.lines]
    assert facts.count("order_handed_over") == day.closing["orders"]["delivered"]
    bodies = [x["body"] for x in day.lines if x["fact"] == "order_handed_over"]
    assert sum("late_s" not in x for x in bodies) == day.closing["promises"]["kept"]
    captured = sum(x["body"]["amount_fen"] for x in day.lines if x["fact"] == "payment_captured")
    assert captured == day.closing["indicators"]["captured"]["value"]
    assert sum(day.closing["orders"].values()) == len({x["body"]["order"] for x in day.lines if "order" in x["body"]})


def test_the_closing_has_the_keys_of_the_formats(day: Folder) -> None:
    """closing.json as formats.md, section 3."""
    keys = "digest facts site opened_at_s closed_at_s balances orders promises indicators checks"
    assert set(keys.split()) <= day.closing.keys()
    assert {"quoted", "kept", "expected_kept_bp", "deciles"} <= day.closing["promises"].keys()
    assert all({"p_bp", "n", "kept"} == set(x) for x in day.closing["promises"]["deciles"])
    assert all({"value", "unit", "definition"} == set(x) for x in day.closing["indicators"].values())
    assert b"." not in (day.path / CLOSING).read_bytes().partition(b'"indicators"')[0]


@pytest.mark.check
def test_a_fact_of_the_default_day_takes_half_a_kilobyte_at_most(default_folder: Folder) -> None:
    """The journal of 1,200 orders: 0.5 kB a fact on average."""
    size, facts = len(default_folder.raw), len(default_folder.lines)
    assert size <= 500 * facts, f"{size:,} bytes, {facts:,} facts: {size / facts:.0f} bytes a fact"
    assert default_folder.closing["indicators"]["orders"]["value"] >= 1_100


def test_a_journal_read_back_is_the_day_that_was_lived(day: Folder) -> None:
    """Nothing is lost on the way to the disk: every line becomes its fact again."""
    assert [x["seq"] for x in day.lines] == [x.seq for x in entries(day.path)]
