"""`doorstep dispatch bench`: peers and us on the same days and moments."""

from pathlib import Path
from typing import Annotated

import typer

from doorstep.cli.dispatch_options import Force, Json, Seed, say
from doorstep.cli.told import print_json


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
    lines = bench_days(days, out, settings, plans=plans, snapshots=moments, say=say, force=force)
    if json:
        print_json(lines)
    else:
        for x in lines:
            if x.day.startswith("mean"):
                typer.echo(
                    f"{x.policy}{x.day.removeprefix('mean')}: "
                    f"{x.on_time_bp / 100:.2f}% on time ({x.on_time_points:+.2f} points), "
                    f"cost {x.cost_ratio:.3f} ×, orders per busy hour {x.busy_ratio:.3f} × hindsight"
                )
        say(f"Written to {out}.")
