"""`doorstep dispatch …`: days of bringing, replayed, planned, compared."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from doorstep.base.errors import BadInput
from doorstep.cli.bars import with_progress
from doorstep.cli.frames import say_what_takes_long

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorstep.bench.days.clairvoyant import Hindsight
    from doorstep.wire.dispatch import Lived

app = typer.Typer(
    help="Who leaves now, with what, in which sequence: replay a dispatch day, plan a moment, compare with peers.",
    no_args_is_help=True,
)

Out = Annotated[Path, typer.Option(help="Folder for what comes of it; made if it is not there.")]
Force = Annotated[bool, typer.Option("--force", help="Write into --out even if it holds files already.")]
Json = Annotated[bool, typer.Option("--json", help="Print the numbers as one JSON document and nothing else.")]
Seed = Annotated[int, typer.Option(help="Chance of the planner and of noise; the same seed gives the same trips.")]


Day = Annotated[Path, typer.Argument(help="A day folder whose orders say when they are ready.")]
Site = Annotated[str | None, typer.Option(help="Whose day, where the folder holds several.")]
Form = Annotated[
    Literal["day", "grubhub", "euro-dynamic", "vrplib"],
    typer.Option("--format", help="What DAY is: a day folder, or an instance of others."),
]
Policy = Annotated[
    str | None,
    typer.Option(
        help="Who decides: fifo, roll, greedy, at-once, slack, full, votes, futures, regret; or of another format.",
        show_default="regret",
    ),
]
InstanceSeed = Annotated[int | None, typer.Option(help="euro-dynamic: the seed of the day.", show_default=False)]
EpochSeconds = Annotated[
    float | None, typer.Option(help="euro-dynamic, vrplib: CPU seconds of an epoch.", show_default=False)
]
BudgetMs = Annotated[
    int | None,
    typer.Option(min=0, help="Thinking time, CPU milliseconds. Two runs may then differ.", show_default=False),
]
Budgeted = Annotated[
    int | None,
    typer.Option(min=0, help="Steps of the planner; 0 inserts greedily and asks no future.", show_default=False),
]
Noise = Annotated[bool, typer.Option("--noise", help="Picking and rides turn out ±25% other than written.")]
Explain = Annotated[bool, typer.Option("--explain", help="Write why.csv, too: why every order left then and there.")]
_PAST = "A folder of dispatch days: futures follow the rhythm of earlier ones."
History = Annotated[Path | None, typer.Option(help=_PAST, show_default=False)]
Promised = Annotated[
    bool, typer.Option("--promises", help="Promise every order anew when it is placed; writes promises.csv.")
]


@app.command()
def replay(
    day: Day,
    *,
    out: Out,
    form: Form = "day",
    policy: Policy = None,
    instance_seed: InstanceSeed = None,
    epoch_seconds: EpochSeconds = None,
    budget_ms: BudgetMs = None,
    budget_iterations: Budgeted = None,
    seed: Seed = 1,
    site: Site = None,
    noise: Noise = False,
    explain: Explain = False,
    promises: Promised = False,
    history: History = None,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Live a dispatch day again: orders are shown when they are placed, trips are settled when they leave.

    Writes trips.csv, metrics.json and a map page, map.html; what is written is checked by a second program first.
    Exit code 1 where an order is left that nobody could bring.

    With --format it lives instances of others: grubhub (a folder), euro-dynamic (a file, with --instance-seed), or
    solves a static one (vrplib).
    """
    own = {"--site": site, "--noise": noise, "--explain": explain, "--promises": promises, "--history": history}
    foreign = {"--instance-seed": instance_seed, "--epoch-seconds": epoch_seconds}
    _refuse_given({**own, "--budget-ms": budget_ms} if form != "day" else foreign, form)
    if form != "day":
        _replay_foreign(
            day, out, form=form, policy=policy, seed=seed, json=json, force=force,
            instance_seed=instance_seed, seconds=epoch_seconds, rounds=budget_iterations,
        )  # fmt: skip
        return
    _refuse_two_budgets(budget_ms, budget_iterations)
    from doorstep.bench.days.policies import BEST, Budget
    from doorstep.wire.dispatch import live_dispatch

    budget = Budget(iterations=budget_iterations, ms=budget_ms)
    done = with_progress(
        lambda x: live_dispatch(
            day, out, policy=policy or BEST, budget=budget, seed=seed, noise=noise, explain=explain,
            promise=promises, site=site, history=history, force=force, progress=x,
        ),
        doing=f"replaying {day.name}",
        quiet=json,
    )  # fmt: skip
    if json:
        _print_json(done.numbers)
    else:
        _print_lived(done, out)
    if done.waiting:
        named = ", ".join(done.waiting[:5]) + (" …" if len(done.waiting) > 5 else "")
        _say(f"✗ {len(done.waiting)} orders still wait when the last courier has gone: {named}")
        raise typer.Exit(1)


def _refuse_given(options: Mapping[str, object], form: str) -> None:
    """Refuse what would have no effect: whoever types it expects one."""
    for option, value in options.items():
        if value is not None and value is not False:
            raise BadInput(f"{option} says nothing about --format {form}; leave it out")


def _refuse_two_budgets(budget_ms: int | None, budget_iterations: int | None) -> None:
    if budget_ms is not None and budget_iterations is not None:
        raise BadInput("--budget-ms and --budget-iterations: one of the two ends a decision, name one")


@app.command()
def plan(
    snapshot: Annotated[Path, typer.Argument(help="A planning moment, *.snapshot.json.")],
    *,
    out: Annotated[Path, typer.Option(help="The plan's file.")],
    budget_ms: Annotated[
        int | None,
        typer.Option(min=0, help="Thinking time, CPU milliseconds; two runs may differ.", show_default=False),
    ] = None,
    budget_iterations: Annotated[
        int | None, typer.Option(min=0, help="Steps of the planner; 20,000 if nothing is named.", show_default=False)
    ] = None,
    seed: Seed = 1,
    json: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file that --out names.")] = False,
) -> None:
    """
    Plan one moment: which courier brings which orders in which sequence, and when each trip rides off.

    Exit code 1 where an order fits nobody's box or shift.
    """
    _refuse_two_budgets(budget_ms, budget_iterations)
    from doorstep.wire.dispatch import plan_snapshot

    done = plan_snapshot(snapshot, out, iterations=budget_iterations, milliseconds=budget_ms, seed=seed, force=force)
    if json:
        _print_json(done)
    else:
        _say(
            f"{done.trips} trips, {done.travel_s:,} s of riding, {done.late_orders} orders late by {done.late_s:,} s; "
            f"cost {done.cost:,} s, {done.rounds:,} steps in {done.spent_ms:.0f} ms. Written to {out}."
        )
    if done.unplanned:
        _say(f"✗ nobody can take {len(done.unplanned)} orders: {', '.join(done.unplanned[:5])}")
        raise typer.Exit(1)


@app.command()
def clairvoyant(
    day: Day,
    *,
    out: Annotated[Path, typer.Option(help="The plan's file; if it is there, the search goes on from it.")],
    seconds: Annotated[float, typer.Option(min=0, help="CPU seconds to search.")] = 60.0,
    seed: Seed = 1,
    site: Site = None,
    json: Json = False,
) -> None:
    """
    Look for the best plan that hindsight allows: the same couriers and ready times, every order known at the opening.

    Run it again to go on searching. The plan is ridden by a second program before it is written.
    """
    from doorstep.wire.dispatch import find_clairvoyant

    found = _with_bar(
        lambda x: find_clairvoyant(day, out, seconds=seconds, seed=seed, site=site, progress=x),
        doing=f"hindsight of {day.name}",
        quiet=json,
    )
    if json:
        _print_json({"day": found.day, "seed": found.seed, "cost": found.cost, "seconds": found.seconds})
    else:
        _say(f"Cost {found.cost:,} s after {found.seconds:g} CPU seconds. Written to {out}.")


@app.command()
def bound(
    snapshot: Annotated[Path, typer.Argument(help="A planning moment of at most 62 orders, *.snapshot.json.")],
    *,
    plan: Annotated[
        Path | None,
        typer.Option(help="Hold this plan against the bound, as `dispatch plan` writes it.", show_default="our own"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the numbers to this file, too.", show_default=False)] = None,
    seconds: Annotated[float, typer.Option(min=0, help="CPU seconds after which proving ends.")] = 120.0,
    slot_s: Annotated[
        int,
        typer.Option(min=30, max=3_600, help="Couriers are counted in slots of so many seconds."),
    ] = 300,
    seed: Seed = 1,
    json: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file that --out names.")] = False,
) -> None:
    """
    Prove what no plan of a moment can undercut, and say how near the best plan known comes to it.

    Column generation over all trips that a courier could ride, with HiGHS: couriers are counted by slots of time
    instead of followed one by one, and trips may be taken in fractions, which can only be cheaper. So whoever plans,
    with whatever solver and however long, pays at least the bound. What is left between bound and plan is either a
    better plan that nobody has found or what the counting gives away; a moment of 20 orders takes seconds.

    Where --seconds end before the proof does, the bound printed still holds; it is lower than it could be, and that is
    said.

        doorstep dispatch plan moment.snapshot.json --out plan.json
        doorstep dispatch bound moment.snapshot.json --plan plan.json
    """
    from doorstep.wire.bound import certify

    if not json and sys.stderr.isatty():
        say_what_takes_long()
    found = certify(
        snapshot, plan=plan, out=out, seconds=seconds, slot_s=slot_s, seed=seed, force=force,
        progress=None if json else lambda done, value: _say(f"round {done}: trips are worth {value:,.0f} s"),
    )  # fmt: skip
    if json:
        _print_json(found)
        return
    typer.echo(
        f"no plan costs less than {found.bound:,} s; {found.plan} costs {found.cost:,} s, "
        f"so it is at most {found.gap_bp / 100:.2f}% from the best"
    )
    typer.echo(
        f"{found.orders} orders, {found.couriers} couriers; {found.trips:,} trips in {found.rounds} rounds, "
        f"{found.spent_s:.1f} CPU seconds"
    )
    if not found.ended:
        _say(
            f"Cut short: the bound holds, but proving had not ended after {found.spent_s:.0f} CPU seconds. "
            "More --seconds or a longer --slot-s may raise it."
        )


@app.command()
def bench(
    days: Annotated[Path, typer.Argument(help="A folder of day folders.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for table.md, bench.json, bench.svg; a table begun goes on.")],
    policies: Annotated[str, typer.Option(help="Who is compared, by comma.")] = "fifo,roll,slack,regret,pyvrp",
    snapshots: Annotated[
        Path | None,
        typer.Option(help="A folder of planning moments, *.snapshot.json, to be planned, too.", show_default=False),
    ] = None,
    peer_ms: Annotated[int, typer.Option(min=1, help="CPU milliseconds of PyVRP in a decision.")] = 50,
    peer_days: Annotated[int, typer.Option(min=0, help="On how many of the days PyVRP lives: minutes each.")] = 2,
    budget_iterations: Annotated[
        int | None, typer.Option(min=0, help="Steps of the planner in a decision.", show_default=False)
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, help="CPU seconds for each plan with hindsight.")] = 60.0,
    plans: Annotated[
        Path | None, typer.Option(help="Folder of stored plans with hindsight, DAY.json each.", show_default=False)
    ] = None,
    seed: Seed = 1,
    noise: Annotated[
        bool, typer.Option("--noise", help="Picking and rides turn out ±25% other than written.")
    ] = False,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Let peers and us live the same days and plan the same moments: one table, one plot.

    Days are held against the plan with hindsight. PyVRP, where it is installed (`pip install pyvrp`), lives them by
    planning everything known anew every 30 s. It, VROOM (`pyvroom`) and OR-Tools (`ortools`), each where it is
    installed, plan each moment for 50 and 200 ms beside our 50; the table says who is missing.

    Stop it whenever you like: every day that is done is kept, and the same command goes on.
    """
    from doorstep.wire.bench import Settings, bench_days, moment_name, snapshots_in

    moments = () if snapshots is None else snapshots_in(snapshots)
    names = tuple(x.strip() for x in policies.split(",") if x.strip())
    settings = Settings(
        policies=names, seed=seed, iterations=budget_iterations, seconds=seconds, noise=noise, peer_ms=peer_ms,
        peer_days=peer_days, moments=tuple(map(moment_name, moments)),
    )  # fmt: skip
    lines = bench_days(days, out, settings, plans=plans, snapshots=moments, say=_say, force=force)
    if json:
        _print_json(lines)
    else:
        for x in lines:
            if x.day.startswith("mean"):
                typer.echo(
                    f"{x.policy}{x.day.removeprefix('mean')}: "
                    f"{x.on_time_bp / 100:.2f}% on time ({x.on_time_points:+.2f} points), "
                    f"cost {x.cost_ratio:.3f} ×, orders per busy hour {x.busy_ratio:.3f} × hindsight"
                )
        _say(f"Written to {out}.")


def _replay_foreign(
    source: Path,
    out: Path,
    *,
    form: Literal["grubhub", "euro-dynamic", "vrplib"],
    policy: str | None,
    seed: int,
    json: bool,
    force: bool,
    instance_seed: int | None,
    seconds: float | None,
    rounds: int | None,
) -> None:
    """Live an instance of others, and print the numbers it came to."""
    from doorstep.wire.instances import live_instance

    found = with_progress(
        lambda x: live_instance(
            source, out, form=form, policy=policy, seed=seed, instance_seed=instance_seed, seconds=seconds,
            rounds=rounds, force=force, progress=x,
        ),
        doing=f"replaying {source.name}",
        quiet=json,
    )  # fmt: skip
    if json:
        _print_json(found)
    else:
        for name, value in found.items():
            if isinstance(value, int | float | str):
                typer.echo(f"{name}: {value:,.2f}" if isinstance(value, float) else f"{name}: {value}")
        _say(f"Written to {out}.")


def _with_bar(
    work: "Callable[[Callable[[float, float, int], None] | None], Hindsight]", *, doing: str, quiet: bool
) -> "Hindsight":
    """Show on stderr how much of a search is done, where somebody is looking."""
    if quiet or not sys.stderr.isatty():
        return work(None)
    say_what_takes_long()
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(TextColumn(doing), BarColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task("search", total=None)
        return work(lambda done, total, _: bar.update(task, completed=done, total=total))


def _print_lived(done: "Lived", out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    x = done.numbers
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows = {
        "policy": x.policy,
        "on time": f"{x.on_time_bp / 100:.2f}% of {x.orders:,} orders",
        "cost": f"{x.cost:,} s",
        "riding": f"{x.travel_s:,} s on {x.trips:,} trips",
        "late": f"{x.late_orders:,} orders, {x.late_s:,} s",
        "overtime": f"{x.overtime_s:,} s",
        "orders a busy hour": f"{x.orders_per_busy_hour:.2f}",
        "decisions": f"{x.decisions:,}; {x.decision_ms_p50:.1f} ms each, {x.decision_ms_p99:.1f} in the slowest 1%",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    Console().print(table)
    _say(f"Written to {out}.")


def _print_json(value: object) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(value).decode())


def _say(text: str) -> None:
    typer.echo(text, err=True)
