"""Where facts are kept."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from doorstep.model.facts import Fact

StateT_co = TypeVar("StateT_co", covariant=True)


class Transaction(Protocol[StateT_co]):
    """One unit of work: read the state, write facts; they happen together when the block ends, or not at all."""

    @property
    def state(self) -> StateT_co:
        """The state before this transaction. Never change it: write facts."""

    def write(self, facts: Sequence[Fact]) -> None:
        """Have facts happen, in this order, at the end of the block."""


class Store(Protocol[StateT_co]):
    """One site's facts and the state that follows from them."""

    def transaction(self, *, now_s: int) -> AbstractContextManager[Transaction[StateT_co]]:
        """
        Begin a unit of work at an instant.

        Raises
        ------
        StoreUnavailable
            At the end of the block, where the facts could not be kept; then none of them happened.
        """
