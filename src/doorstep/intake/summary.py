"""What an intake says that it did: what it read and wrote, what it left out and why, what it had to assume."""

from collections.abc import Iterator

from msgspec import Struct, field


class Summary(Struct, frozen=True, kw_only=True):
    """
    What one run did.

    Parameters
    ----------
    reader, source
        Which reader, and the file or folder that it read.
    counts
        What was found, by name.
    dropped
        What was left out, by reason; every reason that can apply is named, also with 0.
    assumed
        What the file does not say and the result does, one sentence each.
    files
        What was written.
    """

    reader: str
    source: str
    files: tuple[str, ...]
    counts: dict[str, int]
    dropped: dict[str, int] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Say it for people."""
        yield f"{self.source}: " + ", ".join(f"{n:,} {x.replace('_', ' ')}" for x, n in self.counts.items())
        for reason, n in self.dropped.items():
            if n:
                yield f"  left out: {n:,} {reason}"
        for x in self.assumed:
            yield f"  assumed: {x}"
        yield f"  written: {', '.join(self.files)}"
