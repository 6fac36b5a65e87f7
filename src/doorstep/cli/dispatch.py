"""`doorstep dispatch …`: days of bringing, replayed, planned, compared."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from doorstep.cli.bars import with_progress
from doorstep.cli.dispatch_bench import bench
from doorstep.cli.dispatch_options import (
    Budgeted,
    BudgetMs,
    Day,
    EpochSeconds,
    Explain,
    Force,
    Form,
    History,
    InstanceSeed,
    Json,
    Net,
    Noise,
    Out,
    Policy,
    Promised,
    Seed,
    Site,
    Tables,
    refuse_given,
    refuse_two_budgets,
    say,
    ways_of,
)
from doorstep.cli.frames import say_what_takes_long
from doorstep.cli.told import print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorstep.bench.days.clairvoyant import Hindsight
    from doorstep.wire.dispatch import Lived

app = typer.Typer(
    help="Who leaves now, with what, in which sequence: replay a dispatch day, plan a moment, compare with peers.",
    no_args_is_help=True,
)
app.command()(bench)


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
    roads: Net = None,
    matrix: Tables = None,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Live a dispatch day again: orders are shown when they are placed, trips are settled when they leave.

    Writes trips.csv, metrics.json and a map page, map.html; with --explain why.csv and held.csv: why every order left
    and why it waited. What is written is checked by a second program first. `doorstep dispatch policies` says what
    each policy does. Exit code 1 where an order is left that nobody could bring.

    With --format it lives instances of others: grubhub (a folder), euro-dynamic (a file, with --instance-seed), or
    solves a static one (vrplib).
    """
    own: dict[str, object] = {
        "--site": site,
        "--noise": noise,
        "--explain": explain,
        "--promises": promises,
        "--history": history,
    }
    own |= {"--roads": roads, "--matrix": matrix, "--budget-ms": budget_ms}
    foreign = {"--instance-seed": instance_seed, "--epoch-seconds": epoch_seconds}
    refuse_given(own if form != "day" else foreign, form)
    if form != "day":
        _replay_foreign(
            day, out, form=form, policy=policy, seed=seed, json=json, force=force,
            instance_seed=instance_seed, seconds=epoch_seconds, rounds=budget_iterations,
        )  # fmt: skip
        return
    refuse_two_budgets(budget_ms, budget_iterations)
    done = _replay_own(
        day, out, policy=policy, budget_ms=budget_ms, budget_iterations=budget_iterations, quiet=json,
        seed=seed, noise=noise, explain=explain, promise=promises, site=site, history=history,
        ways=ways_of(roads, matrix), force=force,
    )  # fmt: skip
    if json:
        print_json(done.numbers)
    else:
        _print_lived(done, out)
    _refuse_waiting(done.waiting)


def _replay_own(
    day: Path,
    out: Path,
    *,
    policy: str | None,
    budget_ms: int | None,
    budget_iterations: int | None,
    quiet: bool,
    **how: Any,  # noqa: ANN401 what `live_dispatch` takes, which is imported only now
) -> "Lived":
    """Live a day folder."""
    from doorstep.bench.days.policies import BEST, Budget
    from doorstep.wire.dispatch import live_dispatch

    budget = Budget(iterations=budget_iterations, ms=budget_ms)
    return with_progress(
        lambda x: live_dispatch(day, out, policy=policy or BEST, budget=budget, progress=x, **how),
        doing=f"replaying {day.name}",
        quiet=quiet,
    )


def _refuse_waiting(waiting: Sequence[str]) -> None:
    """End with 1 where somebody waits in vain."""
    if waiting:
        named = ", ".join(waiting[:5]) + (" …" if len(waiting) > 5 else "")
        say(f"✗ {len(waiting)} orders still wait when the last courier has gone: {named}")
        raise typer.Exit(1)


@app.command()
def policies(*, json: Json = False) -> None:
    """Say what each policy does that `replay --policy` and `bench --policies` know."""
    from doorstep.bench.days.policies import WHAT

    if json:
        print_json(WHAT)
        return
    for name, what in WHAT.items():
        typer.echo(f"{name:8}  {what}")


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
    roads: Net = None,
    matrix: Tables = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of every order what it adds, and what its best other place costs.")
    ] = False,
    seed: Seed = 1,
    json: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file that --out names.")] = False,
) -> None:
    """
    Plan one moment: which courier brings which orders in which sequence, and when each trip rides off.

    Exit code 1 where an order fits nobody's box or shift.
    """
    refuse_two_budgets(budget_ms, budget_iterations)
    from doorstep.wire.dispatch import plan_snapshot

    done = plan_snapshot(
        snapshot, out, iterations=budget_iterations, milliseconds=budget_ms, seed=seed, ways=ways_of(roads, matrix),
        reasons=explain, force=force,
    )  # fmt: skip
    if json:
        print_json(done)
    else:
        say(
            f"{done.trips} trips, {done.travel_s:,} s of riding, {done.late_orders} orders late by {done.late_s:,} s; "
            f"cost {done.cost:,} s, {done.rounds:,} steps in {done.spent_ms:.0f} ms. Written to {out}."
        )
    if done.unplanned:
        say(f"✗ nobody can take {len(done.unplanned)} orders: {', '.join(done.unplanned[:5])}")
        raise typer.Exit(1)


@app.command()
def clairvoyant(
    day: Day,
    *,
    out: Annotated[Path, typer.Option(help="The plan's file; if it is there, the search goes on from it.")],
    seconds: Annotated[float, typer.Option(min=0, help="CPU seconds to search.")] = 60.0,
    seed: Seed = 1,
    site: Site = None,
    roads: Net = None,
    matrix: Tables = None,
    json: Json = False,
) -> None:
    """
    Look for the best plan that hindsight allows: the same couriers and ready times, every order known at the opening.

    Run it again to go on searching. The plan is ridden by a second program before it is written.
    """
    from doorstep.wire.dispatch import find_clairvoyant

    found = _with_bar(
        lambda x: find_clairvoyant(
            day, out, seconds=seconds, seed=seed, site=site, ways=ways_of(roads, matrix), progress=x
        ),
        doing=f"hindsight of {day.name}",
        quiet=json,
    )
    if json:
        print_json({"day": found.day, "seed": found.seed, "cost": found.cost, "seconds": found.seconds})
    else:
        say(f"Cost {found.cost:,} s after {found.seconds:g} CPU seconds. Written to {out}.")


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
        progress=None if json else lambda done, value: say(f"round {done}: trips are worth {value:,.0f} s"),
    )  # fmt: skip
    if json:
        print_json(found)
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
        say(
            f"Cut short: the bound holds, but proving had not ended after {found.spent_s:.0f} CPU seconds. "
            "More --seconds or a longer --slot-s may raise it."
        )


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
        print_json(found)
    else:
        for name, value in found.items():
            if isinstance(value, int | float | str):
                typer.echo(f"{name}: {value:,.2f}" if isinstance(value, float) else f"{name}: {value}")
        say(f"Written to {out}.")


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
    if x.roads != "straight":
        rows["roads"] = x.roads
    if x.breaks:
        rows["breaks"] = f"{x.breaks:,}"
    for name, value in rows.items():
        table.add_row(name, value)
    Console().print(table)
    say(f"Written to {out}.")
