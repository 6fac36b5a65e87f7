"""Progress bars on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from doorstep.cli.frames import say_what_takes_long

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


def _line(what: str, done: int, total: int) -> None:
    if done == total:
        typer.echo(f"{what}: {done:,} of {total:,}", err=True)
