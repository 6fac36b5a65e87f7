"""What any store must do: facts happen together, or not at all. A new store joins by a row in `BACKENDS`."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.adapters.store import MemoryStore
from doorstep.app.params import Params
from doorstep.app.state import SiteState
from doorstep.base.errors import StoreUnavailable
from doorstep.base.ids import LotId, OrderId, SiteId, SkuId
from doorstep.journal import GENESIS, BrokenChain, Entry, read_entries
from doorstep.ledger import Overdrawn
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotReturned
from doorstep.model.facts.orders import Quoted
from doorstep.model.orders import Taken, Wanted
from doorstep.ports import Transaction
from tests.laws.made import NOW_S, SITE, listed, parcels, placed, quoted, received, sku

GREENS = sku("S1")


class Kept(Protocol):
    """A store under test."""

    @property
    def digest(self) -> str: ...
    def transaction(self, *, now_s: int) -> AbstractContextManager[Transaction[SiteState]]: ...


class Disk:
    """Where lines go. While `fails` is set it takes none of them and raises that."""

    def __init__(self) -> None:
        self.data = b""
        self.fails: BaseException | None = None
        self.heard: list[tuple[Entry, str]] = []

    def append(self, lines: bytes) -> None:
        if self.fails is not None:
            raise self.fails
        self.data += lines

    def hear(self, entry: Entry, digest: str) -> None:
        self.heard.append((entry, digest))

    def lines(self) -> list[bytes]:
        return io.BytesIO(self.data).readlines()


def in_memory(disk: Disk) -> MemoryStore:
    return MemoryStore(SITE, Params(), sink=disk.append, listeners=(disk.hear,))


BACKENDS: dict[str, Callable[[Disk], Kept]] = {"memory": in_memory}


@pytest.fixture(params=sorted(BACKENDS))
def open_store(request: pytest.FixtureRequest) -> Callable[[Disk], Kept]:
    return BACKENDS[request.param]


def state_of(store: Kept) -> SiteState:
    with store.transaction(now_s=NOW_S) as tx:
        return tx.state


def seen(store: Kept) -> tuple[str, dict[str, dict[str, int]], dict[LotId, tuple[int, int, bool]], list[str]]:
    """Everything that a failed transaction could have touched: digest, books, shelf, orders."""
    state = state_of(store)
    shelf = {lot: (x.free, x.reserved, x.blocked) for lot, x in state.shelf.lots.items()}
    orders = [f"{x.order} {x.status} {x.held()}" for x in state.orders.by_id.values()]
    return store.digest, state.balances.as_dict(), shelf, orders


def write(store: Kept, *facts: Fact, now_s: int = NOW_S) -> None:
    with store.transaction(now_s=now_s) as tx:
        tx.write(facts)


def order(name: str, amount: int) -> tuple[Fact, Fact]:
    lines = [Taken(1, GREENS.sku, amount, 1_000, "no", parcels(("L1", amount)))]
    return quoted(name, [Wanted(1, GREENS.sku, amount)]), placed(name, lines)


def morning(store: Kept) -> None:
    write(store, listed(GREENS), *received("L1", "S1", amount=10, sell_by_s=NOW_S + 99_999))


def test_facts_happen_at_the_end_of_the_block_in_their_order(open_store: Callable[[Disk], Kept]) -> None:
    """Inside the block nothing has happened; after it all facts have, on disk and in the state, as one transaction."""
    disk = Disk()
    store = open_store(disk)
    morning(store)
    facts = order("O1", 4)
    with store.transaction(now_s=NOW_S + 5) as tx:
        before = seen(store)
        tx.write(facts[:1])
        tx.write(facts[1:])
        assert before == seen(store)
    assert (6, 4) == (state_of(store).shelf.lots[LotId("L1")].free, state_of(store).shelf.lots[LotId("L1")].reserved)
    entries = [x for x, _ in read_entries(disk.lines())]
    assert [*facts] == [x.fact for x in entries[-2:]]
    assert [True, True, False, True, False] == [x.more for x in entries]
    assert [NOW_S + 5] * 2 == [x.at_s for x in entries[-2:]]
    assert list(read_entries(disk.lines())) == disk.heard
    assert store.digest == disk.heard[-1][1]


def test_a_transaction_without_facts_leaves_no_trace(open_store: Callable[[Disk], Kept]) -> None:
    """Reading writes nothing."""
    disk = Disk()
    store = open_store(disk)
    write(store)
    assert (GENESIS, b"", []) == (store.digest, disk.data, disk.heard)


def test_an_exception_in_the_block_means_nothing_happened(open_store: Callable[[Disk], Kept]) -> None:
    """What was written before the block broke is gone, and the exception comes out."""
    disk = Disk()
    store = open_store(disk)
    morning(store)
    before, data = seen(store), disk.data

    def break_off() -> None:
        with store.transaction(now_s=NOW_S) as tx:
            tx.write(order("O1", 4))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert (before, data) == (seen(store), disk.data)


def test_what_would_overdraw_happens_not_at_all(open_store: Callable[[Disk], Kept]) -> None:
    """Where the third fact of four takes what is not there, none of them happened, and the store goes on."""
    disk = Disk()
    store = open_store(disk)
    morning(store)
    before, data, heard = seen(store), disk.data, len(disk.heard)
    with pytest.raises(Overdrawn):
        write(store, *order("O1", 4), *order("O2", 7)[::-1])
    assert (before, data, heard) == (seen(store), disk.data, len(disk.heard))
    write(store, *order("O1", 4), *order("O2", 6))
    assert 0 == state_of(store).shelf.lots[LotId("L1")].free


@pytest.mark.parametrize("failure", [StoreUnavailable("full"), OSError(28, "full"), KeyboardInterrupt()], ids=repr)
def test_what_the_disk_does_not_take_happened_not_at_all(
    open_store: Callable[[Disk], Kept], failure: BaseException
) -> None:
    """However the disk fails, books, shelf, orders and digest are as before; it can be tried again."""
    disk = Disk()
    store = open_store(disk)
    morning(store)
    before, data, heard = seen(store), disk.data, len(disk.heard)
    for _ in range(2):
        disk.fails = failure
        with pytest.raises(type(failure)):
            write(store, *order("O1", 4))
        disk.fails = None
        assert (before, data, heard) == (seen(store), disk.data, len(disk.heard))
    write(store, *order("O1", 4))
    assert (6, 4) == (state_of(store).shelf.lots[LotId("L1")].free, state_of(store).shelf.lots[LotId("L1")].reserved)
    assert store.digest == [digest for _, digest in read_entries(disk.lines())][-1]


blocks = st.lists(
    st.tuples(st.sampled_from(["order", "return", "block"]), st.integers(1, 6), st.booleans()), max_size=8
)


@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_a_recovered_store_is_the_one_that_was_lost(backend: str) -> None:
    """From the journal alone comes the same digest, books, shelf and orders, whatever failed on the way."""

    @given(blocks)
    def law(rows: list[tuple[str, int, bool]]) -> None:
        disk = Disk()
        store = BACKENDS[backend](disk)
        morning(store)
        for n, (what, amount, fails) in enumerate(rows):
            disk.fails = StoreUnavailable("full") if fails else None
            facts: tuple[Fact, ...] = order(f"O{n}", amount)
            if what == "return":
                facts = (LotReturned(lot=LotId("L1"), amount=amount),)
            elif what == "block":
                facts = (LotBlocked(lot=LotId("L1"), cause="recall"),)
            try:
                write(store, *facts, now_s=NOW_S + n)
            except (StoreUnavailable, Overdrawn):
                continue
        disk.fails = None
        twin = Disk()
        again = MemoryStore(SITE, Params(), sink=twin.append, listeners=(twin.hear,))
        again.recover(disk.lines())
        assert seen(store) == seen(again)
        assert ([], b"") == (twin.heard, twin.data), "nothing is told or written twice"
        for one in (store, again):
            write(one, LotBlocked(lot=LotId("L1"), cause="warm"), now_s=NOW_S + 99)
        assert seen(store) == seen(again)
        assert disk.data.endswith(twin.data)

    law()


def test_only_its_own_whole_journal_is_recovered() -> None:
    """A changed line or another site's journal is refused, and only an empty store can recover."""
    disk = Disk()
    store = in_memory(disk)
    morning(store)
    spoilt = [disk.lines()[0].replace(b"Shanghai", b"Shanghaj"), *disk.lines()[1:]]
    with pytest.raises(BrokenChain, match="line 1"):
        in_memory(Disk()).recover(spoilt)
    with pytest.raises(BrokenChain, match="pudong-02"):
        MemoryStore(SiteId("pudong-02"), Params(), sink=disk.append).recover(disk.lines())
    with pytest.raises(AssertionError, match="empty"):
        store.recover(disk.lines())


def test_a_listener_that_fails_leaves_no_fact_half_done(open_store: Callable[[Disk], Kept]) -> None:
    """What is on disk has happened: a listener that raises keeps no later fact from the state."""

    class Grumpy(Disk):
        def hear(self, entry: Entry, digest: str) -> None:
            if isinstance(entry.fact, Quoted):
                raise ZeroDivisionError

    disk = Grumpy()
    store = open_store(disk)
    morning(store)
    with pytest.raises(ZeroDivisionError):
        write(store, *order("O1", 4))
    again = in_memory(Disk())
    again.recover(disk.lines())
    assert seen(again) == seen(store)


def test_the_state_is_what_its_facts_say(open_store: Callable[[Disk], Kept]) -> None:
    """A small morning: what is listed, on the shelf, set aside and told is exactly what was written."""
    store = open_store(Disk())
    morning(store)
    write(store, *order("O1", 4))
    state = state_of(store)
    assert {SkuId("S1"): GREENS} == state.orders.skus
    assert ("placed", parcels(("L1", 4))) == (
        state.orders.by_id[OrderId("O1")].status,
        state.orders.by_id[OrderId("O1")].held(),
    )
    assert {"lot:L1": {"supplier": -10, "shelf": 6, "reserved": 4}} == state.balances.as_dict()
