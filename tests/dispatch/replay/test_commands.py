"""`doorstep dispatch …`, typed: what is written, what is refused, what goes on after a stop."""

import csv
import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest
from msgspec import structs
from typer.testing import CliRunner

from doorstep.base.errors import BadFile, BadInput, CheckFailed
from doorstep.bench.days.metrics import Metrics, metrics
from doorstep.bench.days.table import compare
from doorstep.bench.days.validator import check_trips, read_trips
from doorstep.bench.days.world import arrays
from doorstep.bench.days.write import WHY_COLUMNS
from doorstep.cli.dispatch import app
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.intake.dispatch import SeveralDays, write_dispatch
from doorstep.model.dispatch import DispatchDay
from doorstep.wire.bench import Settings, bench_days
from doorstep.wire.dispatch import check_hindsight, read_hindsight
from tests.dispatch.replay.days import lived, small

DAY_S = 86_400
SNAPSHOT = {
    "now_s": 1_000_000,
    "site": {"lat_e6": 31_200_000, "lng_e6": 121_450_000},
    "couriers": [
        {
            "courier": "c1", "free_at_s": 1_000_000, "off_at_s": 1_014_400,
            "ambient_ml": 100_000, "chilled_ml": 40_000, "frozen_ml": 20_000, "speed_mm_s": 4_167,
        }
    ],
    "orders": [
        {
            "order": f"o{n}", "ready_at_s": 1_000_000, "promised_at_s": 1_003_600, "lat_e6": 31_200_000 + 3_000 * n,
            "lng_e6": 121_450_000, "ambient_ml": 20_000, "chilled_ml": 0, "frozen_ml": 0,
        }
        for n in (1, 2, 3)
    ],
}  # fmt: skip


def folder_of(day: DispatchDay, folder: Path) -> Path:
    folder.mkdir(parents=True)
    days = SeveralDays(
        seed=day.seed,
        date=day.date,
        tz=day.tz,
        sites=(day.site,),
        couriers=day.couriers,
        orders=day.orders,
        rules=day.rules,
    )
    write_dispatch(days, folder)
    return folder


def typed(*words: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr; errors of ours are raised."""
    done = CliRunner().invoke(app, [str(x) for x in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_a_replay_writes_what_the_checker_finds(tmp_path: Path) -> None:
    """Trips, numbers, reasons and a page are written; the numbers are those of the trips; --json prints them alone."""
    day = folder_of(small(hours=0.5), tmp_path / "day")
    code, said, _ = typed("replay", day, "--out", tmp_path / "out", "--json", "--explain", "--budget-iterations", "10")
    assert (0, {"trips.csv", "metrics.json", "map.html", "why.csv", "held.csv"}) == (
        code,
        {x.name for x in (tmp_path / "out").iterdir()},
    )
    numbers = json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert numbers == json.loads(said)
    checked = check_trips(read_dispatch_day(day), read_trips(tmp_path / "out" / "trips.csv"), said=numbers)
    assert [] == checked.faults
    reasons = (tmp_path / "out" / "why.csv").read_text("utf-8").splitlines()
    assert (",".join(WHY_COLUMNS), numbers["orders"] + 1) == (reasons[0], len(reasons))


def test_the_same_seed_writes_the_same_trips(tmp_path: Path) -> None:
    """Two runs give the same trips, byte for byte, with noise as without."""
    day = folder_of(small(hours=0.5), tmp_path / "day")
    for flags in ([], ["--noise"]):
        for name in ("a", "b"):
            typed("replay", day, "--out", tmp_path / name, "--budget-iterations", "10", "--force", *flags)
        assert (tmp_path / "a" / "trips.csv").read_bytes() == (tmp_path / "b" / "trips.csv").read_bytes()


def test_orders_that_nobody_can_bring_are_said(tmp_path: Path) -> None:
    """Where every courier has gone home, what waits is named and the exit code is 1."""
    day = folder_of(small(hours=0.5, couriers=0), tmp_path / "day")
    code, _, said = typed("replay", day, "--out", tmp_path / "out", "--policy", "fifo")
    assert (1, True) == (code, "orders still wait" in said and "o0001" in said)


@pytest.mark.parametrize(
    ("words", "error", "what"),
    [
        (["--policy", "best"], BadInput, "there is no policy 'best'"),
        (["--budget-ms", "5", "--budget-iterations", "5"], BadInput, "name one"),
        (["--format", "vrplib"], BadInput, "how long may an epoch think"),
        (["--format", "euro-dynamic", "--epoch-seconds", "1"], BadInput, "name --instance-seed"),
        (["--instance-seed", "1"], BadInput, "--instance-seed says nothing about --format day"),
        (["--epoch-seconds", "0"], BadInput, "--epoch-seconds says nothing"),
        (["--format", "grubhub", "--explain"], BadInput, "--explain says nothing about --format grubhub"),
        (["--format", "vrplib", "--noise"], BadInput, "--noise says nothing"),
        (["--format", "vrplib", "--budget-ms", "0"], BadInput, "--budget-ms says nothing"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, words: list[str], error: type[Exception], what: str) -> None:
    """A wrong option is one sentence, and nothing is written."""
    day = folder_of(small(hours=0.25), tmp_path / "day")
    with pytest.raises(error, match=what):
        typed("replay", day, "--out", tmp_path / "out", *words)
    assert not (tmp_path / "out").exists()


def test_a_moment_is_planned(tmp_path: Path) -> None:
    """Every order of a snapshot is on exactly one trip of the plan, in the format's words; a second run is refused."""
    (tmp_path / "s.json").write_text(json.dumps(SNAPSHOT), "utf-8")
    words: list[str | Path] = ["plan", tmp_path / "s.json", "--out", tmp_path / "p.json", "--budget-iterations", "100"]
    assert 0 == typed(*words)[0]
    plan = json.loads((tmp_path / "p.json").read_text("utf-8"))
    assert [["o1", "o2", "o3"]] == [sorted(x["orders"]) for x in plan["trips"]]
    assert {"courier", "depart_at_s", "orders"} == set(plan["trips"][0])
    assert 1_000_060 <= plan["trips"][0]["depart_at_s"]
    with pytest.raises(BadInput, match="is there already"):
        typed(*words)


def test_a_moment_has_one_budget(tmp_path: Path) -> None:
    """Two ways to end are refused before anything is read."""
    with pytest.raises(BadInput, match="name one"):
        typed(
            "plan", tmp_path / "s.json", "--out", tmp_path / "p.json", "--budget-ms", "1", "--budget-iterations", "1"
        )


def test_a_moment_that_is_none_is_refused(tmp_path: Path) -> None:
    """The place of the wrong value is named."""
    wrong = {**SNAPSHOT, "now_s": "noon"}
    (tmp_path / "s.json").write_text(json.dumps(wrong), "utf-8")
    with pytest.raises(BadFile, match="now_s"):
        typed("plan", tmp_path / "s.json", "--out", tmp_path / "p.json")


def test_hindsight_goes_on_where_it_was(tmp_path: Path) -> None:
    """A second search begins with the plan of the first: never dearer, its seconds added up, ridden by the checker."""
    given = small(hours=0.5)
    day = folder_of(given, tmp_path / "day")
    costs: list[int] = []
    found = None
    for _ in range(2):
        assert 0 == typed("clairvoyant", day, "--out", tmp_path / "c.json", "--seconds", "0.2")[0]
        found = read_hindsight(tmp_path / "c.json")
        costs.append(found.cost)
        assert found.cost == check_hindsight(arrays(given), found).cost
    assert costs[1] <= costs[0]
    assert found is not None
    assert 0.4 == found.seconds
    assert found.cost <= metrics_of_fifo(given)


def metrics_of_fifo(day: DispatchDay) -> int:
    made, done = lived(day)
    return metrics(made, done, policy="fifo", seed=1).cost


def test_a_plan_that_does_not_hold_is_refused(tmp_path: Path) -> None:
    """A stored plan of another cost, or with a trip taken out, is found."""
    given = small(hours=0.5)
    day = folder_of(given, tmp_path / "day")
    typed("clairvoyant", day, "--out", tmp_path / "c.json", "--seconds", "0")
    stored = json.loads((tmp_path / "c.json").read_text("utf-8"))
    for planted in ({"cost": stored["cost"] - 1}, {"trips": stored["trips"][1:]}):
        (tmp_path / "c.json").write_text(json.dumps({**stored, **planted}), "utf-8")
        with pytest.raises(CheckFailed, match="does not hold"):
            check_hindsight(arrays(given), read_hindsight(tmp_path / "c.json"))


def test_a_table_goes_on_after_a_stop(tmp_path: Path) -> None:
    """What is done is kept: the second run says nothing new and writes the same table; other settings are refused."""
    for name, seed in (("one", 11), ("two", 12)):
        folder_of(small(seed, hours=0.5), tmp_path / "days" / name)
    settings = Settings(policies=("fifo", "greedy"), seed=1, iterations=None, seconds=0.2, noise=False)
    told: list[str] = []
    lines = bench_days(tmp_path / "days", tmp_path / "out", settings, say=told.append)
    assert 4 == len(told)
    table = (tmp_path / "out" / "table.md").read_bytes()
    (tmp_path / "out" / "days" / "two.greedy.json").unlink()
    assert [x.cost for x in lines] == [
        x.cost for x in bench_days(tmp_path / "days", tmp_path / "out", settings, say=told.append)
    ]
    assert 5 == len(told)
    assert table == (tmp_path / "out" / "table.md").read_bytes()
    assert b"<svg" in (tmp_path / "out" / "bench.svg").read_bytes()
    assert {"clairvoyant", "fifo", "greedy"} == {x.policy for x in lines if x.day == "mean"}
    assert [1.0, 1.0, 1.0] == [x.cost_ratio for x in lines if x.policy == "clairvoyant"]
    other = Settings(policies=("fifo",), seed=2, iterations=None, seconds=0.2, noise=False)
    with pytest.raises(BadInput, match="other settings"):
        bench_days(tmp_path / "days", tmp_path / "out", other, say=told.append)


def test_a_day_without_hindsight_is_left_out() -> None:
    """A ratio needs both of its sides."""
    assert [] == compare({"one": {}}, best="clairvoyant")


def test_promises_of_our_own_are_written_and_checked(tmp_path: Path) -> None:
    """Each order has one promise, the trips are held against these, and a kept one was handed over in time."""
    day = folder_of(small(hours=0.5), tmp_path / "day")
    words = ("--out", tmp_path / "out", "--noise", "--promises", "--budget-iterations", "10")
    assert 0 == typed("replay", day, *words)[0]
    with (tmp_path / "out" / "promises.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    trips = {x["order"]: x for x in read_trips(tmp_path / "out" / "trips.csv")}
    assert {x["order"] for x in rows} == set(trips)
    for x in rows:
        trip = trips[x["order"]]
        assert (int(x["promised_at_s"]), int(x["handed_over_at_s"])) == (
            trip["promised_at_s"],
            trip["handed_over_at_s"],
        )
        assert int(x["kept"]) == (trip["late_s"] == 0)


def test_who_lived_some_days_is_held_against_the_others_on_those() -> None:
    """Means are over the same days: over all for who lived them all, over the shared ones for everybody."""

    def day(cost: int) -> Metrics:
        whole = {x: 1 for x in Metrics.__struct_fields__ if x not in ("policy", "roads")}
        return msgspec.convert({**whole, "policy": "", "cost": cost}, Metrics)

    found = {
        "one": {"clairvoyant": day(100), "ours": day(110), "peer": day(150)},
        "two": {"clairvoyant": day(100), "ours": day(190)},
    }
    means = {(x.day, x.policy): x.cost_ratio for x in compare(found, best="clairvoyant") if x.day.startswith("mean")}
    assert {
        ("mean", "clairvoyant"): 1.0,
        ("mean", "ours"): 1.5,
        ("mean of 1", "clairvoyant"): 1.0,
        ("mean of 1", "ours"): 1.1,
        ("mean of 1", "peer"): 1.5,
    } == pytest.approx(means)


def yesterday(day: DispatchDay) -> DispatchDay:
    """The same day, one day earlier."""
    site = structs.replace(day.site, opens_at_s=day.site.opens_at_s - DAY_S, closes_at_s=day.site.closes_at_s - DAY_S)
    people = [structs.replace(x, on_at_s=x.on_at_s - DAY_S, off_at_s=x.off_at_s - DAY_S) for x in day.couriers]
    orders = [
        structs.replace(
            x,
            placed_at_s=x.placed_at_s - DAY_S,
            ready_at_s=x.ready_at_s - DAY_S,
            promised_at_s=x.promised_at_s - DAY_S,
        )
        for x in day.orders
    ]
    date = str(dt.date.fromisoformat(day.date) - dt.timedelta(days=1))
    return structs.replace(day, date=date, site=site, couriers=tuple(people), orders=tuple(orders))


def test_a_replay_learns_the_rhythm_from_earlier_days(tmp_path: Path) -> None:
    """With days before it the replay is lived; without, or without a folder, it is said and nothing is written."""
    day, out = folder_of(small(hours=0.5), tmp_path / "days" / "b"), tmp_path / "out"
    words = ("replay", day, "--out", out, "--policy", "slack", "--budget-iterations", "5", "--history")
    with pytest.raises(BadInput, match="no day of the history lies before"):
        typed(*words, tmp_path / "days")
    with pytest.raises(BadFile, match="is no folder"):
        typed(*words, tmp_path / "nowhere")
    assert not out.exists()
    folder_of(yesterday(small(12)), tmp_path / "days" / "a")
    assert 0 == typed(*words, tmp_path / "days")[0]
    assert (out / "trips.csv").is_file()
