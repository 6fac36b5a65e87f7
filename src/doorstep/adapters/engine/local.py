"""Engines of one machine: this process, or several beside it with one thread each."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, TypeVar

from doorstep.base.errors import BadInput, WorldFailed

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

THREADS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
"""What libraries read, once, when they are loaded: how many threads they may start."""


class Local:
    """
    Work is done in processes beside this one, one thread each.

    Parameters
    ----------
    count
        How many processes; 0: one a core that this process may use. With 1 the work is done here.

    Notes
    -----
    Processes are spawned, not forked: a fork of a process that has threads may hang. Thread counts are pinned in the
    environment before a child starts, so before it loads anything. Few pieces wait at a time, so what is sent never
    piles up; answers come in the order of the pieces whichever is done first.
    """

    def __init__(self, count: int = 0) -> None:
        if count < 0:
            raise BadInput(f"{count} processes were asked for; ask for 1 or more, or 0 for one a core")
        self.count = count or len(os.sched_getaffinity(0))

    def map(self, work: Callable[[Piece], Answer], pieces: Iterable[Piece]) -> Iterator[Answer]:
        """
        Do the work on each piece; see `ports.engine`.

        Raises
        ------
        WorldFailed
            A process was killed, for instance because memory ran out.
        """
        if self.count == 1:
            yield from map(work, pieces)
            return
        waiting: list[Future[Answer]] = []
        before = {x: os.environ.get(x) for x in THREADS}
        os.environ.update(dict.fromkeys(THREADS, "1"))
        try:
            with ProcessPoolExecutor(self.count, mp_context=multiprocessing.get_context("spawn")) as pool:
                try:
                    for piece in pieces:
                        waiting.append(pool.submit(work, piece))
                        if len(waiting) > self.count:
                            yield waiting.pop(0).result()
                    while waiting:
                        yield waiting.pop(0).result()
                finally:
                    for x in waiting:
                        x.cancel()
        except BrokenProcessPool as error:
            what = f"one of {self.count} processes was killed, most likely because memory ran out; ask for fewer"
            raise WorldFailed(what) from error
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
