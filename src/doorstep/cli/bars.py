"""Progress bars on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer

from doorstep.cli.frames import say_what_takes_long

Done = TypeVar("Done")
Tell = Callable[[str, int, int], None]
"""What is being done, how many of it are done, of how many."""


@contextmanager
def bars() -> Iterator[Tell]:
    """Show a bar a stage on stderr; where that is no terminal, a line when a stage is over."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line
        return
    say_what_takes_long()
    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*parts, console=console) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            shown.update(tasks[what], completed=done, total=total)

        yield tell


def with_progress(work: Callable[[Callable[[int, int], None] | None], Done], *, doing: str, quiet: bool) -> Done:
    """Show on stderr how much is done, where somebody is looking."""
    if quiet or not sys.stderr.isatty():
        return work(None)
    say_what_takes_long()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("day", total=None)
        return work(lambda done, total: bar.update(task, completed=done, total=total))


def _line(what: str, done: int, total: int) -> None:
    if done == total:
        typer.echo(f"{what}: {done:,} of {total:,}", err=True)
