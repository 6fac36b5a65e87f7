"""A store whose state lives in memory and whose facts go to a sink, a journal file for instance."""

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

from doorstep.app.params import Params
from doorstep.app.state import SiteState
from doorstep.base.ids import SiteId
from doorstep.journal import Chain, Entry, read_entries
from doorstep.ledger import transfers_of
from doorstep.model.facts import Fact
from doorstep.model.transfer import Transfer
from doorstep.roads import Map

Sink = Callable[[bytes], None]
Listener = Callable[[Entry, str], None]


class MemoryTransaction:
    """Facts waiting for the end of the block."""

    __slots__ = ("_facts", "_now_s", "_store", "state")

    def __init__(self, store: "MemoryStore", state: SiteState, now_s: int) -> None:
        self._store, self._now_s, self.state = store, now_s, state
        self._facts: list[Fact] = []

    def write(self, facts: Sequence[Fact]) -> None:
        """See `ports.Transaction`."""
        self._facts.extend(facts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._facts:
            self._store.commit(self._facts, now_s=self._now_s)


class MemoryStore:
    """
    One site in memory.

    Parameters
    ----------
    streets
        The map that couriers go by; they ride straight without one.
    sink
        Takes the lines of a transaction, all at once; where it raises `StoreUnavailable`, nothing happened.
    listeners
        Are told every entry and its hash after it happened, in order.
    """

    def __init__(
        self,
        site: SiteId,
        params: Params,
        *,
        sink: Sink,
        listeners: Sequence[Listener] = (),
        streets: Map | None = None,
    ) -> None:
        self.site, self.params = site, params
        self._sink, self._listeners = sink, tuple(listeners)
        self._chain = Chain(site)
        self._state = SiteState(site, params, streets)

    @property
    def digest(self) -> str:
        """The hash of the last line."""
        return self._chain.digest

    def transaction(self, *, now_s: int) -> MemoryTransaction:
        """Begin a unit of work; see `ports.Store`."""
        return MemoryTransaction(self, self._state, now_s)

    def recover(self, lines: Iterable[bytes]) -> None:
        """
        Live a journal again, into an empty store: after a power cut, or to look at a day.

        Raises
        ------
        BrokenChain
            The journal is not what was written.
        """
        assert self._chain.seq == 0, "only an empty store can recover"
        for entry, digest in read_entries(lines, site=self.site):
            self._state.balances.post(entry.transfers)
            self._state.apply(entry.fact, entry.transfers, at_s=entry.at_s)
            self._chain.seq, self._chain.digest = entry.seq, digest

    def commit(self, facts: Sequence[Fact], *, now_s: int) -> None:
        """
        Have facts happen together, or not at all.

        Raises
        ------
        StoreUnavailable
            The sink could not take them.
        Overdrawn
            They would take what is not there: a decision is wrong.
        """
        seq, digest = self._chain.seq, self._chain.digest
        posted: list[Transfer] = []
        sealed: list[tuple[Entry, bytes, str]] = []
        last = len(facts) - 1
        try:
            for number, fact in enumerate(facts):
                transfers = transfers_of(fact)
                self._state.balances.post(transfers)
                posted += transfers
                entry, line = self._chain.seal(fact, transfers, at_s=now_s, more=number < last)
                sealed.append((entry, line, self._chain.digest))
            self._sink(b"".join(line for _, line, _ in sealed))
        except BaseException:
            self._state.balances.undo(posted)
            self._chain.seq, self._chain.digest = seq, digest
            raise
        for entry, _, _ in sealed:
            self._state.apply(entry.fact, entry.transfers, at_s=now_s)
        for entry, _, hashed in sealed:
            for listener in self._listeners:
                listener(entry, hashed)
