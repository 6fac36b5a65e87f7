"""The certificate of a day: made while the day is lived, and made again by anyone from the journal alone."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Protocol

from doorstep.base.errors import CheckFailed
from doorstep.core.indicators import Closing, Tally, closing
from doorstep.journal import GENESIS, BrokenChain, Entry, read_entries
from doorstep.ledger import CLASS_OF, Balances, Overdrawn, transfers_of
from doorstep.model.facts import FACTS, Fact
from doorstep.model.facts.site import SiteClosed


class Violation(CheckFailed):
    """A law does not hold; `law` is its name, `seq` the line of the journal where it showed."""

    def __init__(self, law: str, seq: int, what: str) -> None:
        self.law, self.seq = law, seq
        super().__init__(f"{law}, at line {seq}: {what}")


class Checker(Protocol):
    """
    One law. It keeps what it needs of the facts it hears and trusts nobody else's state.

    `hears` names the kinds of facts it must be shown, in order; others may be left out.
    """

    law: str
    hears: ClassVar[frozenset[type[Fact]]]

    def see(self, entry: Entry) -> None:
        """Raise `Violation` where this fact breaks the law."""

    def close(self, seq: int) -> None:
        """Raise `Violation` where the day as a whole does."""


class Certifier:
    """
    Sums, balances and laws over a stream of facts.

    Parameters
    ----------
    strict
        Raise at the first violation (tests, swarms); otherwise remember it for the certificate.
    """

    def __init__(self, checkers: Sequence[Checker], *, strict: bool) -> None:
        self._checkers, self._strict = tuple(checkers), strict
        self._hearers = {kind: tuple(x for x in checkers if kind in x.hears) for kind in FACTS.values()}
        self._tally, self._balances = Tally(), Balances()
        self._failed: dict[str, str] = {}
        self._digest, self._seq = GENESIS, 0
        self._closed = False
        self._last: Entry | None = None

    def see(self, entry: Entry, digest: str) -> None:
        """Take the next fact."""
        self._digest, self._seq, self._last = digest, entry.seq, entry
        self._closed = isinstance(entry.fact, SiteClosed)
        if type(entry.fact) in Tally.hears:
            self._tally.apply(entry.fact, at_s=entry.at_s)
        try:
            self._balances.post(entry.transfers)
        except Overdrawn as error:
            self._fail("books", Violation("books", entry.seq, str(error)))
        for checker in self._hearers[type(entry.fact)]:
            if checker.law not in self._failed:
                try:
                    checker.see(entry)
                except Violation as error:
                    self._fail(checker.law, error)

    def closing(self) -> Closing:
        """
        Certify what was seen.

        Raises
        ------
        CheckFailed
            Nothing was seen, or, where strict, a law does not hold.
        """
        if self._last is None:
            raise CheckFailed("the journal is empty: there is nothing to certify")
        for checker in self._checkers:
            if checker.law not in self._failed:
                try:
                    checker.close(self._seq)
                except Violation as error:
                    self._fail(checker.law, error)
        balances = self._balances.as_dict()
        self._close_books(balances)
        laws = ["books", "closed", *(x.law for x in self._checkers)]
        return closing(
            self._tally,
            site=self._last.site,
            digest=self._digest,
            facts=self._seq,
            closed_at_s=self._last.at_s,
            balances=balances,
            checks={x: self._failed.get(x, "ok") for x in laws},
        )

    def _close_books(self, balances: dict[str, dict[str, int]]) -> None:
        must_be_zero = {x for x, kind in CLASS_OF.items() if kind == "must_be_zero"}
        for asset, held in balances.items():
            for account, amount in held.items():
                if account in must_be_zero and "books" not in self._failed:
                    text = f"{account} still holds {amount} of {asset} at the close"
                    self._fail("books", Violation("books", self._seq, text))
        if not self._closed:
            self._fail("closed", Violation("closed", self._seq, "the day was not closed"))

    def _fail(self, law: str, error: Violation) -> None:
        if self._strict:
            raise error
        self._failed.setdefault(law, str(error))


def certify(
    lines: Iterable[bytes], checkers: Sequence[Checker], *, listeners: Sequence[Callable[[Entry, str], None]] = ()
) -> Closing:
    """
    Make the certificate of a journal.

    Parameters
    ----------
    listeners
        Are shown every entry and its hash on the way, so that the journal is read once.

    Raises
    ------
    BrokenChain
        The journal is not what was written.
    CheckFailed
        It is empty.
    """
    certifier = Certifier(checkers, strict=False)
    seq = 0
    try:
        for entry, digest in read_entries(lines):
            seq = entry.seq
            if entry.transfers != transfers_of(entry.fact):
                raise BrokenChain(seq, "its transfers are not what this fact moves")
            certifier.see(entry, digest)
            for listener in listeners:
                listener(entry, digest)
        return certifier.closing()
    except (ArithmeticError, AssertionError, LookupError) as error:
        # A journal from elsewhere may name what it never told of; while a day is lived, that is our own bug.
        raise BrokenChain(seq, f"it cannot follow from the lines before it ({error!r})") from error
