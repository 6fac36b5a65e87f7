"""Somebody else's library, which may be missing: its version, the thing itself, or what to do to get it."""

from importlib import import_module
from importlib.metadata import version
from typing import Any

from msgspec import Struct

from doorstep.base.errors import BadInput


class Library(Struct, frozen=True, kw_only=True):
    """
    A library of a peer; nothing of it is imported before it is asked for.

    Parameters
    ----------
    name
        What people call it.
    package
        What `pip install` takes.
    module
        What is imported.
    """

    name: str
    package: str
    module: str

    @property
    def absent(self) -> str:
        """What to do where it is missing."""
        return f"{self.name} is not installed: `pip install {self.package}` adds it to the table"

    def version(self) -> str | None:
        """Tell its version; None where it is not installed."""
        try:
            import_module(self.module)
        except ImportError:
            return None
        return version(self.package)

    def load(self) -> Any:  # noqa: ANN401 a module that may not be there
        """
        Import it.

        Raises
        ------
        BadInput
            It is not installed.
        """
        if self.version() is None:
            raise BadInput(self.absent)
        return import_module(self.module)
