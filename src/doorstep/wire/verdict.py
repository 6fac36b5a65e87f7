"""What can be said of a day that is over, from its journal alone: is it whole, and how does it look."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from doorstep.app.certificate import certify
from doorstep.base.errors import BadInput, StoreUnavailable
from doorstep.core.indicators import Closing
from doorstep.model.people import Place
from doorstep.report import Figures, Gathered, figures, render
from doorstep.twin.checkers import journal_checkers
from doorstep.wire.files import CLOSING, journal_lines, no_collecting, write_whole


class Verdict(Struct, frozen=True, kw_only=True):
    """What `verify` found: the certificate made anew, and every way in which the folder is not it."""

    closing: Closing
    differences: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.differences


def verify(folder: Path, *, digest: str | None = None) -> Verdict:
    """
    Check a day from its journal alone: chain, transfers, books, every law; and that `closing.json` says the same.

    Parameters
    ----------
    digest
        The digest as it was kept elsewhere. A chain that was rewritten as a whole shows nowhere else.

    Raises
    ------
    BadInput
        There is no journal in the folder.
    BrokenChain
        The journal is not what was written.
    """
    closing = certify(journal_lines(folder), journal_checkers())
    differences = [f"{law}: {text}" for law, text in closing.checks.items() if text != "ok"]
    if digest is not None and closing.digest != digest.strip().lower():
        differences.append(f"digest: the journal ends in {closing.digest}, not in the digest given")
    path = folder / CLOSING
    if not path.exists():
        differences.append(f"{CLOSING} is not there; the journal alone is checked")
    else:
        try:
            written = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        except OSError as error:
            raise StoreUnavailable(f"{path}: cannot be read ({error.strerror})") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput(f"{path} is no closing ({error}); write it again with `doorstep day`") from error
        made = msgspec.json.decode(msgspec.json.encode(closing))
        differences += [
            f"{CLOSING}: {key} is not what the journal says"
            for key in sorted({*made, *written})
            if made.get(key) != written.get(key)
        ]
    return Verdict(closing=closing, differences=tuple(differences))


def day_figures(folder: Path, *, streets: Sequence[Sequence[Place]] = ()) -> Figures:
    """
    Work out what the page of a day shows, from its journal alone; `streets` are lines to draw below the trips.

    Raises
    ------
    BadInput
        There is no journal in the folder.
    CheckFailed
        The journal is not what was written, or opens no site.
    """
    gathered = Gathered()
    with no_collecting():
        closing = certify(journal_lines(folder), journal_checkers(), listeners=(gathered.hear,))
        return figures(gathered, closing, streets=streets)


def write_report(shown: Figures, path: Path) -> None:
    """
    Write the page of a day, whole or not at all.

    Raises
    ------
    StoreUnavailable
        The disk did not do its part; what was there before is still there.
    """
    write_whole(path, render(shown))
