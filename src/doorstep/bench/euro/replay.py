"""Replay a dynamic day or solve a static one, and write what was done."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from doorstep.base.errors import BadInput
from doorstep.bench.euro.check import check_routes
from doorstep.bench.euro.environment import Environment, draws_of, ground_of
from doorstep.bench.euro.metrics import Asked, Measured, Summary, write_summary
from doorstep.bench.euro.params import Params
from doorstep.bench.euro.policy import Budget, Policy, consensus, greedy, improve, lazy, rolling
from doorstep.bench.euro.search import NEVER, Clock, Lines, Problem, Search, warm
from doorstep.intake.vrplib import Instance, Solution, read_vrplib, refuse_wrong

POLICIES: Final[dict[str, Callable[[], Policy]]] = {
    "consensus": lambda: consensus(Params()),
    "rolling": lambda: rolling,
    "greedy": lambda: greedy,
    "lazy": lambda: lazy,
}
ROUTES: Final = "routes.json"
SOLUTION: Final = "solution.sol"

Progress = Callable[[int, int], None]


class Sent(Struct, frozen=True, kw_only=True):
    """An entry of `routes.json`."""

    epoch: int
    routes: Lines


def replay_euro(
    file: Path,
    out: Path,
    *,
    instance_seed: int,
    epoch_seconds: float | None = None,
    epoch_rounds: int | None = None,
    seed: int = 1,
    policy: str = "consensus",
    progress: Progress | None = None,
    clock: Clock,
) -> Summary:
    """
    Live a dynamic day: reveal, decide, send, epoch by epoch; write `routes.json` and `metrics.json`.

    Parameters
    ----------
    file
        A VRPLIB instance with windows, gzip or not.
    out
        A folder that exists.
    instance_seed
        The competition's seed of the day.
    epoch_seconds, epoch_rounds
        What an epoch may take, one of the two: seconds of `clock` (callers pass `time.process_time`), or rounds of
        search, which give the same bytes anywhere.
    seed
        Of our own search.

    Raises
    ------
    BadInput, BadFile
        The file cannot be read right, has no windows, or the budget is not one.
    """
    budget = _budget(epoch_seconds, epoch_rounds, clock)
    if policy not in POLICIES:
        raise BadInput(f"there is no policy {policy!r}; there are: {', '.join(POLICIES)}")
    if instance_seed < 0:
        raise BadInput(f"the instance seed must be 0 or more: {instance_seed}")
    instance = read_vrplib(file)
    ground = ground_of(instance)
    day = Environment(ground, draws_of(ground, instance_seed))
    warm()
    sent, took_ms = _live(day, POLICIES[policy](), budget, seed, progress or _silent, clock)
    (out / ROUTES).write_bytes(msgspec.json.encode(sent) + b"\n")
    verdict = check_routes(out / ROUTES, instance, instance_seed=instance_seed)
    assert not verdict.wrong, f"our own routes break the rules: {verdict.wrong[0]}"
    assert verdict.cost_s == day.cost_s, "two ways to count the driving time differ"
    return write_summary(
        out,
        Measured(
            policy=policy, instance=instance.name, orders=day.asked, trips=sum(len(x.routes) for x in sent),
            travel_s=day.cost_s, busy_s=verdict.busy_s, took_ms=took_ms,
        ),
        Asked(seed=seed, instance_seed=instance_seed, seconds=epoch_seconds, rounds=epoch_rounds),
    )  # fmt: skip


def _live(
    day: Environment, decide: Policy, budget: Budget, seed: int, progress: Progress, clock: Clock
) -> tuple[list[Sent], list[float]]:
    """Live a day; return what was sent, and how many milliseconds each epoch took by the clock."""
    sent: list[Sent] = []
    took_ms: list[float] = []
    while (shown := day.observe()) is not None:
        begun_s = clock()
        routes = decide(day.ground, shown, budget, seed)
        took_ms.append((clock() - begun_s) * 1000)
        day.send(routes)
        sent.append(Sent(epoch=shown.epoch, routes=routes))
        progress(len(sent), day.ground.last - day.ground.first + 1)
    return sent, took_ms


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def solve_static(
    file: Path,
    out: Path,
    *,
    seconds: float | None = None,
    rounds: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
    clock: Clock,
) -> Summary:
    """
    Solve a static instance; write `routes.json` (one epoch, 0), `solution.sol` (VRPLIB text) and `metrics.json`.

    Parameters
    ----------
    seconds, rounds
        The budget, one of the two, as in `replay_euro`.

    Raises
    ------
    BadInput, BadFile
        The file cannot be read right, or the budget is not one.
    """
    budget = _budget(seconds, rounds, clock)
    instance = read_vrplib(file)
    warm()
    begun_s = clock()
    search = Search(_whole(instance), seed=seed)
    improve(search, budget)
    took_ms = (clock() - begun_s) * 1000
    lines, cost_s = search.lines(), search.travel_s()
    solution = Solution(routes=tuple(tuple(x) for x in lines), cost_s=cost_s)
    refuse_wrong(file, instance, solution, rows=range(1, len(lines) + 1), cost_row=len(lines) + 1)
    (progress or _silent)(1, 1)
    text = "".join(f"Route #{n}: {' '.join(map(str, x))}\n" for n, x in enumerate(lines, start=1))
    (out / SOLUTION).write_text(f"{text}Cost {cost_s}\n", encoding="utf-8")
    (out / ROUTES).write_bytes(msgspec.json.encode([Sent(epoch=0, routes=lines)]) + b"\n")
    return write_summary(
        out,
        Measured(
            policy="static", instance=instance.name, orders=instance.nodes - 1, trips=len(lines), travel_s=cost_s,
            busy_s=sum(_lasts(instance, x) for x in lines), took_ms=[took_ms],
        ),
        Asked(seed=seed, instance_seed=None, seconds=seconds, rounds=rounds),
    )  # fmt: skip


def _budget(seconds: float | None, rounds: int | None, clock: Clock) -> Budget:
    if (seconds is None) == (rounds is None):
        raise BadInput("a budget is seconds or rounds; name one of the two")
    if (seconds or 0) < 0 or (rounds or 0) < 0:
        raise BadInput(f"a budget is 0 or more: {seconds if rounds is None else rounds}")
    return Budget(rounds=rounds) if rounds is not None else Budget(seconds=seconds or 0.0, clock=clock)


def _whole(instance: Instance) -> Problem:
    closes = [NEVER if x is None else x for x in instance.closes_s]
    return Problem(
        np.array(instance.travel_s, dtype=np.int32),
        opens=np.array(instance.opens_s, dtype=np.int64),
        closes=np.array(closes, dtype=np.int64),
        service=np.array(instance.service_s, dtype=np.int64),
        demand=np.array(instance.demand, dtype=np.int64),
        capacity=instance.capacity,
    )


def _lasts(instance: Instance, line: Sequence[int]) -> int:
    """Count the seconds from the opening of the site to the end of a route; who is early waits."""
    now_s, here = instance.opens_s[0], 0
    for node in line:
        now_s = max(now_s + instance.travel_s[here][node], instance.opens_s[node]) + instance.service_s[node]
        here = node
    return now_s + instance.travel_s[here][0] - instance.opens_s[0]
