"""The reference that plans nothing: `fifo`, earliest due and nearest."""

from doorstep.core.dispatch.simple import simple
from doorstep.core.dispatch.tick import Decision, Known


class Fifo:
    """Every 30 s, for each courier in: the ready order promised earliest, then the nearest that fits, and again."""

    name = "fifo"
    on_events = False

    def decide(self, known: Known) -> Decision:
        """Send every courier who is in with what is ready."""
        return simple(known)
