"""Other people's solvers that plan the same moments, each where it is installed."""

from collections.abc import Callable
from typing import Final, Protocol

from doorstep.bench.days import hired, ortools, vroom
from doorstep.bench.days.hired import Hired
from doorstep.bench.days.library import Library
from doorstep.core.dispatch.problem import Problem


class Hire(Protocol):
    """How each is asked."""

    def __call__(self, problem: Problem, *, seconds: float, clock: Callable[[], float], seed: int) -> Hired:
        """Plan a moment for some seconds by the clock that is given; what it needs to begin with may come on top."""


PEERS: Final[dict[Library, Hire]] = {
    hired.PYVRP: hired.hire,
    vroom.VROOM: vroom.hire,
    ortools.ORTOOLS: ortools.hire,
}


def versions() -> dict[str, str | None]:
    """Tell the version of each by its name; None where it is not installed."""
    return {library.name: library.version() for library in PEERS}
