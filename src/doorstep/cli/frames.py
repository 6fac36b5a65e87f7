"""The one place that settles how the numeric libraries run: before any of them is let in."""

import os
from pathlib import Path
from tempfile import gettempdir
from typing import Final

import typer

ONE_THREAD: Final = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
KERNELS: Final = "NUMBA_CACHE_DIR"


def pin_threads() -> None:
    """
    Let every numeric library work on one thread, and keep compiled kernels in a folder of ours.

    To be called before anything imports polars, numba, scipy or LightGBM. With several threads the order of groups and
    the sums of floats would depend on the machine; several processes share the work instead. Kernels are kept in the
    user's cache, or where that cannot be written, in the folder for temporary files; a folder that the user names in
    NUMBA_CACHE_DIR comes first.
    """
    for name in ONE_THREAD:
        os.environ[name] = "1"
    if KERNELS not in os.environ:
        os.environ[KERNELS] = str(_kernels())


def say_what_takes_long() -> None:
    """Say on stderr that kernels will be compiled, where none was yet: half a silent minute looks like a fault."""
    if not kernels_there():
        typer.echo("Compiling the numeric kernels: half a minute or more, once.", err=True)


def kernels_there() -> bool:
    """Tell whether any kernel was compiled before, by whomever shares the folder."""
    return any(Path(os.environ.get(KERNELS, _kernels())).glob("*/*.nbi"))


def _kernels() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME")
    try:
        home = Path(cache) if cache else Path.home() / ".cache"
    except RuntimeError:  # nobody's home
        home = Path(gettempdir())
    first = next(x for x in (home, *home.parents) if x.exists())
    if not os.access(first, os.W_OK):
        home = Path(gettempdir()) / f"cache-{os.getuid()}"
    return home / "doorstep" / "kernels"
