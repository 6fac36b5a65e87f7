"""The policies that a replay knows, by name."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct, structs

from doorstep.base.errors import BadInput
from doorstep.bench.days.peers import Fifo
from doorstep.bench.days.replay import Policy
from doorstep.bench.days.world import DayArrays
from doorstep.core.dispatch.decide import TickParams, decide
from doorstep.core.dispatch.futures import Rhythm
from doorstep.core.dispatch.moment import Trips
from doorstep.core.dispatch.regret import RegretParams
from doorstep.core.dispatch.solve import Deadline
from doorstep.core.dispatch.tick import Decision, Known
from doorstep.core.dispatch.wait import WaitParams

BEST: Final = "regret"
"""The policy that a replay takes where none is named."""


class Budget(Struct, frozen=True, kw_only=True):
    """How much a decision may think: steps of the kernel, or milliseconds by `clock`; its own steps where neither."""

    iterations: int | None = None
    ms: int | None = None
    clock: Callable[[], float] | None = None


class Setup(Struct, frozen=True, kw_only=True):
    """How a policy of ours decides, and whether it decides on events too or every 30 s only."""

    params: TickParams
    on_events: bool = True
    what: str


SETUPS: Final[Mapping[str, Setup]] = {
    "roll": Setup(
        what="everything known planned anew every 30 s, 1,000 steps from scratch; trips leave at once",
        params=TickParams(
            iterations=1_000, warm=False, trip_s=0, sure_bp=(10_000, 10_000), wait=WaitParams(rule="at_once")
        ),
        on_events=False,
    ),
    "greedy": Setup(
        what="the last plan with everything new inserted where it costs least; trips leave at once",
        params=TickParams(iterations=0, wait=WaitParams(rule="at_once")),
    ),
    "at-once": Setup(
        what="decided on every event, warm-started; trips leave at once",
        params=TickParams(wait=WaitParams(rule="at_once")),
    ),
    "slack": Setup(
        what="decided on every event, warm-started; trips wait for company while nobody becomes late by it",
        params=TickParams(wait=WaitParams(rule="slack")),
    ),
    "full": Setup(
        what="as slack, but a full box leaves",
        params=TickParams(wait=WaitParams(rule="full")),
    ),
    "votes": Setup(
        what="as full with 600 steps, but a trip leaves when nine in ten sampled futures bring it no company",
        params=TickParams(iterations=600, wait=WaitParams(rule="futures")),
    ),
    "futures": Setup(
        what="as votes, and it costs a little that promises on one trip lie apart",
        params=TickParams(iterations=600, apart_bp=500, wait=WaitParams(rule="futures")),
    ),
    "regret": Setup(
        what="as futures, but a trip that would leave is held against waiting and other trips in sampled futures",
        params=TickParams(
            iterations=600, apart_bp=500, wait=WaitParams(rule="futures"), regret=RegretParams(futures=8)
        ),
    ),
}


class Rolling:
    """A policy of ours, for one day: it remembers its last plan."""

    def __init__(self, name: str, setup: Setup, *, budget: Budget, rhythm: Rhythm, seed: int) -> None:
        self.name, self.on_events = name, setup.on_events
        self._params = setup.params
        if budget.iterations is not None:
            self._params = structs.replace(setup.params, iterations=budget.iterations)
        elif budget.ms is not None:
            self._params = structs.replace(setup.params, iterations=1 << 30 if budget.ms else 0)
        self._budget, self._rhythm, self._seed = budget, rhythm, seed
        self._last: Trips = ()
        self._ticks = 0

    def decide(self, known: Known) -> Decision:
        """Decide one tick."""
        self._ticks += 1
        deadline = None
        if self._budget.ms is not None and self._budget.clock is not None:
            clock = self._budget.clock
            deadline = Deadline(clock=clock, at=clock() + self._budget.ms / 1000)
        seed = self._seed * 1_000_003 + self._ticks
        decision, self._last = decide(
            known, last=self._last, params=self._params, seed=seed, rhythm=self._rhythm, deadline=deadline
        )
        return decision


class Kept:
    """A policy that keeps what it was shown and what it answered."""

    def __init__(self, policy: Policy) -> None:
        self.name, self.on_events, self._policy = policy.name, policy.on_events, policy
        self.said: list[tuple[Known, Decision]] = []

    def decide(self, known: Known) -> Decision:
        """Decide as the policy does."""
        self.said.append((known, self._policy.decide(known)))
        return self.said[-1][1]


WHAT: Final[Mapping[str, str]] = {
    "fifo": "every 30 s, whoever is in takes the order promised earliest and then always the nearest; nothing planned",
    **{name: setup.what for name, setup in SETUPS.items()},
}
NAMES: Final = tuple(WHAT)


def policy_named(
    name: str, *, day: DayArrays, budget: Budget, seed: int, explain: bool = False, rhythm: Rhythm | None = None
) -> Policy:
    """
    Make a policy ready for one day; with `explain` every order that leaves is told why it goes there.

    Parameters
    ----------
    rhythm
        What futures are sampled from; the rhythm of the dispatch days that are made where none is given.

    Raises
    ------
    BadInput
        There is none of this name.
    """
    if name == "fifo":
        return Fifo()
    if name not in SETUPS:
        raise BadInput(f"there is no policy {name!r}; there are {', '.join(NAMES)}")
    rhythm = rhythm or Rhythm(opens_at_s=day.day.site.opens_at_s)
    setup = SETUPS[name]
    setup = structs.replace(setup, params=structs.replace(setup.params, explain=explain))
    return Rolling(name, setup, budget=budget, rhythm=rhythm, seed=seed)
