"""A journal on disk: appended to, never changed, whole after a power cut."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorstep.adapters.store import JournalFile, MemoryStore
from doorstep.app.params import Params
from doorstep.base.errors import DoorstepError, StoreUnavailable
from doorstep.journal import read_entries
from doorstep.model.facts import Fact
from doorstep.model.facts.site import WorkerMissing
from tests.laws.made import NOW_S, SITE, sealed

BLOCKS: list[list[Fact]] = [
    [WorkerMissing(role="picker", worker=f"小王 {n}-{k}") for k in range(n)] for n in (1, 3, 2)
]
LINES = [b"".join(x) for x in sealed(BLOCKS)]
DURABLE = pytest.mark.parametrize("durable", [True, False], ids=["fsync", "buffered"])


@contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@DURABLE
def test_what_was_appended_is_there_in_order(tmp_path: Path, durable: bool) -> None:
    """Lines are read back as they were written, while the file is open and after it was closed and opened again."""
    path = tmp_path / "journal.ndjson"
    with JournalFile(path, durable=durable) as journal:
        journal.append(LINES[0])
        assert LINES[0] == b"".join(journal.lines())
        journal.append(LINES[1])
        assert LINES[0] + LINES[1] == b"".join(journal.lines())
    with JournalFile(path, durable=durable) as journal:
        journal.append(LINES[2])
        assert b"".join(LINES) == b"".join(journal.lines())
    assert b"".join(LINES) == path.read_bytes()
    assert 6 == len(list(read_entries(path.read_bytes().splitlines())))


@DURABLE
def test_a_torn_end_is_cut_off_when_the_file_is_opened(tmp_path: Path, durable: bool) -> None:
    """Wherever the power was cut, only whole transactions remain, and the next one follows them."""
    written, path = b"".join(LINES), tmp_path / "journal.ndjson"
    ends = [0, len(LINES[0]), len(LINES[0] + LINES[1]), len(written)]
    for cut in range(0, len(written) + 1, 23):
        path.write_bytes(written[:cut])
        end = max(x for x in ends if x <= cut)
        with JournalFile(path, durable=durable) as journal:
            assert written[:end] == b"".join(journal.lines())
            if end < len(written):
                journal.append(LINES[ends.index(end)])
        assert written[: ends[min(3, ends.index(end) + 1)]] == path.read_bytes()


def test_a_store_goes_on_where_its_journal_ends(tmp_path: Path) -> None:
    """After a cut in the middle of the last transaction a store recovers, goes on, and the chain holds."""
    path, digests = tmp_path / "journal.ndjson", []
    with JournalFile(path, durable=True) as journal:
        store = MemoryStore(SITE, Params(), sink=journal.append)
        for n, block in enumerate(BLOCKS):
            with store.transaction(now_s=NOW_S + n) as tx:
                tx.write(block)
            digests.append(store.digest)
    path.write_bytes(path.read_bytes()[:-1])
    with JournalFile(path, durable=True) as journal:
        store = MemoryStore(SITE, Params(), sink=journal.append)
        store.recover(journal.lines())
        assert digests[1] == store.digest
        with store.transaction(now_s=NOW_S + 9) as tx:
            tx.write([WorkerMissing(role="courier", worker="R01")])
        assert 5 == len(list(read_entries(journal.lines())))


@pytest.mark.parametrize("place", ["nowhere/journal.ndjson", ".", "a_file/journal.ndjson"])
def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    """A folder that is not there, a folder or a file in the way: the store is unavailable, and says which path."""
    (tmp_path / "a_file").write_text("no folder")
    with pytest.raises(StoreUnavailable, match="cannot be opened") as caught:
        JournalFile(tmp_path / place, durable=False)
    assert str(tmp_path / place) in str(caught.value)
    assert ["a_file"] == [x.name for x in tmp_path.iterdir()]


def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Whole lines that nobody can read are not cut off: opening fails with an error of ours, the file stays."""
    path = tmp_path / "journal.ndjson"
    for spoilt in (b"dear diary\n", b"\xff\n", LINES[1] + b"\x00" * 40 + LINES[0][40:]):
        path.write_bytes(spoilt)
        with pytest.raises(DoorstepError):
            JournalFile(path, durable=False)
        assert spoilt == path.read_bytes()


@pytest.mark.parametrize("room", [0, 1, 200])
def test_a_full_disk_means_nothing_was_acknowledged(tmp_path: Path, room: int) -> None:
    """Where the disk takes none or a part of the lines, the append fails, the file is as before, and can go on."""
    path = tmp_path / "journal.ndjson"
    with JournalFile(path, durable=True) as journal:
        journal.append(LINES[0])
        with disk_full_at(len(LINES[0]) + room), pytest.raises(StoreUnavailable, match="nothing was acknowledged"):
            journal.append(LINES[1])
        assert LINES[0] == path.read_bytes()
        journal.append(LINES[1])
        assert LINES[0] + LINES[1] == path.read_bytes()


def test_a_full_disk_after_a_torn_end_leaves_no_hole(tmp_path: Path) -> None:
    """The first append after a torn end was cut off may fail too: the file still ends with the last transaction."""
    path = tmp_path / "journal.ndjson"
    path.write_bytes(LINES[0] + LINES[1][:-1])
    with JournalFile(path, durable=True) as journal:
        with disk_full_at(len(LINES[0])), pytest.raises(StoreUnavailable):
            journal.append(LINES[1])
        assert LINES[0] == path.read_bytes()
