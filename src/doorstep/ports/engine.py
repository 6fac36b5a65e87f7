"""What we need of a machine: work on many pieces at once, and give the answers back in order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class Engine(Protocol):
    """Where pieces of work are done: here, in processes beside this one, or on other machines."""

    def map(self, work: Callable[[Piece], Answer], pieces: Iterable[Piece]) -> Iterator[Answer]:
        """
        Do the work on each piece.

        Parameters
        ----------
        work
            A function of a module (it is sent by name), of one argument and its piece only: the same answer anywhere.
        pieces
            What is worked on; sent by pickle.

        Returns
        -------
        The answers in the order of the pieces, each as soon as it and those before it are there. An exception of the
        work is raised here.
        """
        ...
