"""Numeric kernels are compiled here, all under the same rules."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """
    Compile a function of numbers and arrays, and keep what was compiled for the next process.

    No fast maths: one seed gives one answer on every machine. Division by zero gives infinity, as in arrays.

    Notes
    -----
    What is kept is made anew when the function's own file changes; a change in another file goes unseen. So a kernel
    calls nothing that is compiled elsewhere.
    """
    return cast("Kernel", njit(cache=True, error_model="numpy")(function))
