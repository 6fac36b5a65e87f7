"""What policies may know, and what they must send."""

import csv
from collections.abc import Callable
from pathlib import Path
from time import process_time

import msgspec
import numpy as np
import pytest

from doorstep.base.errors import BadInput
from doorstep.bench.euro import check_routes, replay_euro, solve_static
from doorstep.bench.euro.environment import Environment, draws_of, ground_of
from doorstep.bench.euro.params import Params
from doorstep.bench.euro.policy import Budget, Policy, consensus, greedy, lazy, rolling
from doorstep.bench.euro.search import Lines
from doorstep.intake.vrplib import read_solution, read_vrplib
from tests.dispatch.euro.made import made, vrplib_text
from tests.intake.typed import shared

QUICK = Params(asks=2, futures=3)
POLICIES = [
    pytest.param(greedy, id="greedy"),
    pytest.param(lazy, id="lazy"),
    pytest.param(rolling, id="rolling"),
    pytest.param(consensus(QUICK), id="consensus"),
]
BUDGET = Budget(rounds=600)


def _into(told: list[tuple[int, int]]) -> Callable[[int, int], None]:
    return lambda done, total: told.append((done, total))


def lived(policy: Policy, draws: list[np.ndarray], seed: int = 1) -> list[Lines]:
    ground = ground_of(made(21))
    day = Environment(ground, draws)
    sent = []
    while (shown := day.observe()) is not None:
        sent.append(policy(ground, shown, BUDGET, seed))
        day.send(sent[-1])
    return sent


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_knows_what_is_drawn_later(policy: Policy) -> None:
    """Other draws from an epoch on leave every answer before it the same, and change the answers after it."""
    ground = ground_of(made(21))
    draws = draws_of(ground, 1)
    before = lived(policy, draws)
    for cut in range(1, len(draws)):
        other = draws[:cut] + draws_of(ground, 2)[cut:]
        after = lived(policy, other)
        assert before[:cut] == after[:cut]
        assert before[cut:] != after[cut:]


@pytest.mark.parametrize("policy", POLICIES)
def test_one_seed_gives_one_day(policy: Policy) -> None:
    """The same seed and the same rounds give the same routes."""
    draws = draws_of(ground_of(made(21)), 3)
    assert lived(policy, draws) == lived(policy, draws)


def test_nobody_leaves_before_somebody_must() -> None:
    """The rolling policy and the one that asks futures send no route without a request that could not wait."""
    ground = ground_of(made(21))
    day = Environment(ground, draws_of(ground, 5))
    while (shown := day.observe()) is not None:
        must = {int(x) for x in shown.requests.number[shown.must]}
        for policy in (rolling, consensus(QUICK)):
            for route in policy(ground, shown, BUDGET, 1):
                assert must & set(route)
        day.send(rolling(ground, shown, BUDGET, 1))


@pytest.mark.parametrize("policy", ["rolling", pytest.param("consensus", marks=pytest.mark.check)])
def test_the_file_is_the_same_anywhere_when_the_budget_is_in_rounds(policy: str, tmp_path: Path) -> None:
    """Routes and metrics, byte for byte; another seed of the search may differ, and passes too."""
    file = tmp_path / "made.txt"
    file.write_text(vrplib_text(made(22)))
    written = []
    for n, seed in enumerate((1, 1, 2)):
        out = tmp_path / str(n)
        out.mkdir()
        told: list[tuple[int, int]] = []
        replay_euro(
            file,
            out,
            instance_seed=4,
            epoch_rounds=300,
            seed=seed,
            policy=policy,
            progress=_into(told),
            clock=process_time,
        )
        written.append((out / "routes.json").read_bytes() + (out / "metrics.json").read_bytes())
        assert [(k, len(told)) for k in range(1, len(told) + 1)] == told
        assert () == check_routes(out / "routes.json", read_vrplib(file), instance_seed=4).wrong
    assert written[0] == written[1]


def test_a_clock_that_is_given_ends_an_epoch(tmp_path: Path) -> None:
    """The seconds are those of the clock; metrics say how long epochs took by it."""
    file = tmp_path / "made.txt"
    file.write_text(vrplib_text(made(22)))
    ticks = iter(range(10**9))
    summary = replay_euro(
        file, tmp_path, instance_seed=4, epoch_seconds=10.0, policy="greedy", clock=lambda: float(next(ticks))
    )
    # Each look takes a second: three before the search, nine that it sees go by, one as the epoch ends.
    assert 13_000 == summary.decision_ms_p50


@pytest.mark.parametrize(
    "wrong",
    [
        {"epoch_seconds": 1.0, "epoch_rounds": 1},
        {},
        {"epoch_rounds": -1},
        {"epoch_rounds": 1, "policy": "none"},
        {"epoch_rounds": 1, "instance_seed": -1},
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_written(wrong: dict[str, object], tmp_path: Path) -> None:
    """Two budgets or none, one below zero, an unknown policy, a seed below zero."""
    with pytest.raises(BadInput):
        replay_euro(tmp_path / "none.txt", tmp_path, clock=process_time, **{"instance_seed": 1, **wrong})  # type: ignore[arg-type]
    assert [] == list(tmp_path.iterdir())


def test_a_static_answer_is_a_solution_by_the_reader_s_own_check(tmp_path: Path) -> None:
    """`solution.sol` is read again and believed; `routes.json` says the same."""
    file = tmp_path / "made.txt"
    file.write_text(vrplib_text(made(23)))
    summary = solve_static(file, tmp_path, rounds=2000, clock=process_time)
    solution = read_solution(tmp_path / "solution.sol", read_vrplib(file))
    assert summary.cost == solution.cost_s
    entries = msgspec.json.decode((tmp_path / "routes.json").read_bytes())
    assert [{"epoch": 0, "routes": [list(x) for x in solution.routes]}] == entries


@pytest.mark.check
def test_greedy_and_lazy_cost_what_the_competition_published() -> None:
    """On a shared day, at a small part of the published time, each baseline is within 3% of its published cost."""
    folder = shared("euro-neurips-2022")
    with (folder / "published_results.csv").open() as file:
        row = next(x for x in csv.DictReader(file) if x["type"] == "dynamic" and x["n"] == "281")
    ground = ground_of(read_vrplib(folder / f"{row['instance']}.gz"))
    for policy, column in ((greedy, "baseline_greedy"), (lazy, "baseline_lazy")):
        day = Environment(ground, draws_of(ground, int(row["instance_seed"])))
        while (shown := day.observe()) is not None:
            day.send(policy(ground, shown, Budget(rounds=30_000), 1))
        assert 0.98 <= day.cost_s / int(row[column]) <= 1.03
