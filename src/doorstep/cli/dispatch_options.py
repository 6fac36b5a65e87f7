"""Options that commands of `doorstep dispatch` share, and how they answer."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from doorstep.base.errors import BadInput

if TYPE_CHECKING:
    from doorstep.wire.ways import Ways

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
Explain = Annotated[
    bool, typer.Option("--explain", help="Write why.csv and held.csv, too: why every order left, and why it waited.")
]
_PAST = "A folder of dispatch days: futures follow the rhythm of earlier ones."
History = Annotated[Path | None, typer.Option(help=_PAST, show_default=False)]
Promised = Annotated[
    bool, typer.Option("--promises", help="Promise every order anew when it is placed; writes promises.csv.")
]
Net = Annotated[
    Path | None,
    typer.Option(
        "--roads", help="Ride along the streets of this net, as `roads build` writes it.", show_default=False
    ),
]
Tables = Annotated[
    list[Path] | None,
    typer.Option(
        "--matrix",
        help="Ride as long as this table says, as `roads matrix --points DAY` writes it; once for each profile.",
        show_default=False,
    ),
]


def refuse_given(options: Mapping[str, object], form: str) -> None:
    """Refuse what would have no effect: whoever types it expects one."""
    for option, value in options.items():
        if value is not None and value is not False and value != []:
            raise BadInput(f"{option} says nothing about --format {form}; leave it out")


def refuse_two_budgets(budget_ms: int | None, budget_iterations: int | None) -> None:
    """Refuse two ends of one decision."""
    if budget_ms is not None and budget_iterations is not None:
        raise BadInput("--budget-ms and --budget-iterations: one of the two ends a decision, name one")


def ways_of(net: Path | None, tables: list[Path] | None) -> "Ways":
    """Take what couriers go by."""
    from doorstep.wire.ways import Ways

    return Ways(net=net, tables=tuple(tables or ()))


def say(text: str) -> None:
    """Say something to a person."""
    typer.echo(text, err=True)
