"""PyVRP as a peer: what its plans are taken for, and what the table says where it is missing."""

from pathlib import Path
from time import process_time

import msgspec
import numpy as np
import pytest

from doorstep.base.errors import BadInput
from doorstep.bench.days import hired, library
from doorstep.bench.days.hired import PYVRP, Hired, Rolling, hire, priced
from doorstep.bench.days.moments import Moment, as_markdown, plans, plotted, ratios
from doorstep.core.dispatch.problem import Prices
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.tick import Known
from doorstep.model.plan import Snapshot
from doorstep.wire.bench import Settings, bench_days, snapshots_in
from tests.dispatch.replay.days import small
from tests.dispatch.replay.test_commands import SNAPSHOT, folder_of

NOW_S = 1_000_000
Patch = pytest.MonkeyPatch


def moment() -> Snapshot:
    return msgspec.convert(SNAPSHOT, Snapshot)


def known(*, ready_s: list[int], free_s: list[int], ml: int = 20_000) -> Known:
    """Orders placed an hour ago and couriers on shift, all ten minutes apart."""
    n, m = len(ready_s), len(free_s)
    whole = np.full(n, NOW_S - 3_600)
    travel = np.full((1, 1, n + 1, n + 1), 600, np.int32)
    travel[:, :, range(n + 1), range(n + 1)] = 0
    return Known(
        now_s=NOW_S,
        orders=np.arange(n),
        placed_s=whole,
        ready_s=np.array(ready_s),
        due_s=whole + 7_200,
        volume_ml=np.full((n, 3), ml),
        couriers=np.arange(m),
        free_s=np.array(free_s),
        on_s=np.full(m, NOW_S - 7_200),
        off_s=np.full(m, NOW_S + 36_000),
        box_ml=np.full((m, 3), 50_000),
        kind=np.zeros(m, np.int64),
        travel=travel,
        past_placed_s=whole,
        past_ready_s=np.array(ready_s),
        past_due_s=whole + 7_200,
        past_ml=np.full((n, 3), ml),
        loading_s=60,
        service_s=120,
        prices=Prices(),
    )


def left(
    monkeypatch: Patch, seen: Known, trips: tuple[tuple[int, tuple[int, ...]], ...]
) -> list[tuple[int, tuple[int, ...]]]:
    """Let a solver answer with these trips; who leaves now."""
    monkeypatch.setattr(hired, "hire", lambda *_, **__: Hired(trips=trips, spent_s=0.0))
    made = Rolling(seconds=0.1, clock=lambda: 0.0, seed=1).decide(seen)
    return [(x.courier, x.orders) for x in made.leaving]


def test_packed_first_trips_of_idle_couriers_leave(monkeypatch: Patch) -> None:
    """A second trip, goods that are not packed, a courier who is out, and a box too full wait for another plan."""
    seen = known(ready_s=[NOW_S, NOW_S, NOW_S + 60, NOW_S], free_s=[NOW_S, NOW_S, NOW_S + 300])
    assert [(0, (1,))] == left(monkeypatch, seen, ((0, (1,)), (0, (0,)), (1, (2,)), (2, (3,))))
    full = known(ready_s=[NOW_S] * 3, free_s=[NOW_S], ml=20_000)
    assert [] == left(monkeypatch, full, ((0, (0, 1, 2)),))


def test_where_nobody_could_leave_nothing_is_planned(monkeypatch: Patch) -> None:
    """Everybody is out, or nothing is packed: the solver is not even asked."""
    monkeypatch.setattr(hired, "hire", lambda *_, **__: pytest.fail("it was asked"))
    policy = Rolling(seconds=0.1, clock=lambda: 0.0, seed=1)
    assert () == policy.decide(known(ready_s=[NOW_S], free_s=[NOW_S + 1])).leaving
    assert () == policy.decide(known(ready_s=[NOW_S + 1], free_s=[NOW_S])).leaving


def test_a_plan_is_priced_by_the_moments_rules() -> None:
    """Three orders on two trips: all served; one left out and it shows; three boxes' worth in one is overfull."""
    problem = of_snapshot(moment())
    whole = priced(problem, [(0, (2, 1)), (0, (0,))])
    assert (0, 0) == (whole.overfull, whole.unserved)
    assert 1 == priced(problem, [(0, (2, 1))]).unserved
    problem.box_ml[:] = 30_000
    assert 1 == priced(problem, [(0, (2, 1))]).overfull


def test_without_peers_only_ours_is_in_the_table(tmp_path: Path, monkeypatch: Patch) -> None:
    """And the table says what is missing; moments that are kept are not planned again."""
    monkeypatch.setattr(library, "import_module", _missing)
    assert PYVRP.version() is None
    with pytest.raises(BadInput, match="not installed"):
        hire(of_snapshot(moment()), seconds=0.1, clock=lambda: 0.0, seed=1)
    assert ["ours 50 ms"] == [x.who for x in plans("one", moment(), clock=process_time, seed=1)]
    folder_of(small(1, hours=0.5), tmp_path / "days" / "one")
    path = tmp_path / "moments" / "first.snapshot.json"
    path.parent.mkdir()
    path.write_bytes(msgspec.json.encode(SNAPSHOT))
    settings = Settings(
        policies=("fifo", "pyvrp"), seed=1, iterations=None, seconds=0.2, noise=False, moments=("first",)
    )
    told: list[str] = []
    typo = msgspec.structs.replace(settings, policies=("fifo", "rol"))
    with pytest.raises(BadInput, match=r"no policy 'rol'; there are .*regret, pyvrp"):
        bench_days(tmp_path / "days", tmp_path / "out", typo, say=told.append)
    assert not (tmp_path / "out").exists()
    for _ in range(2):
        bench_days(tmp_path / "days", tmp_path / "out", settings, snapshots=snapshots_in(path.parent), say=told.append)
    assert 2 == len(told)
    table = (tmp_path / "out" / "table.md").read_text("utf-8")
    assert "| first | ours 50 ms |" in table
    for name, package in (("PyVRP", "pyvrp"), ("VROOM", "pyvroom"), ("OR-Tools", "ortools")):
        assert f"{name} is not installed: `pip install {package}` adds it to the table.\n" in table
    assert "first" in (tmp_path / "out" / "bench.svg").read_text("utf-8")
    versions = msgspec.json.decode((tmp_path / "out" / "bench.json").read_bytes())["peers"]
    assert {"PyVRP": None, "VROOM": None, "OR-Tools": None} == versions
    with pytest.raises(BadInput, match="holds no "):
        snapshots_in(tmp_path / "days")


def test_a_moments_gap_is_over_its_cheapest_whole_plan() -> None:
    """
    A plan that leaves an order out or overfills a box is no measure, however cheap, and has no gap itself.

    Means stand last; who is not full everywhere is held against the others where it is.
    """
    told = (
        ("one", "a", 100, 0),
        ("one", "b", 150, 0),
        ("one", "c", 50, 1),
        ("one", "d", 60, 1),
        ("two", "a", 300, 0),
        ("two", "b", 300, 0),
        ("two", "d", 330, 0),
    )
    rows = [
        Moment(moment=moment, who=who, cost=cost, late_s=0, overfull=0, unserved=unserved, spent_ms=1.0)
        for moment, who, cost, unserved in told
    ]
    found = {(moment, who): x for moment, who, x in ratios(rows)}
    assert (1.0, 1.5, 0.5, 1.0, 1.25) == tuple(
        found[x] for x in (("one", "a"), ("one", "b"), ("one", "c"), ("mean", "a"), ("mean", "b"))
    )
    table = as_markdown(rows).splitlines()
    assert "| one | c | – | – | 0 | 0 | 1 | 1 |" in table
    assert [
        "| mean | a | | +0.0 | | | | |",
        "| mean | b | | +25.0 | | | | |",
        "| mean of 1: d | a | | +0.0 | | | | |",
        "| mean of 1: d | b | | +0.0 | | | | |",
        "| mean of 1: d | d | | +10.0 | | | | |",
    ] == table[-5:]
    assert {"a", "b"} == {who for moment, who, _ in plotted(rows) if moment in {"one", "mean"}}


@pytest.mark.skipif(PYVRP.version() is None, reason="PyVRP is a peer, in requirements/bench.txt only")
def test_pyvrp_serves_everybody_in_its_box() -> None:
    """Its plan of a moment is whole; late orders and release times are no error."""
    late = moment()
    problem = of_snapshot(late)
    problem.due_s[:] = problem.now_s - 100
    problem.ready_s[:] = problem.now_s + 300
    found = priced(problem, hire(problem, seconds=0.02, clock=process_time, seed=1).trips)
    assert (0, 0) == (found.overfull, found.unserved)


def _missing(name: str) -> None:
    raise ImportError(name)
