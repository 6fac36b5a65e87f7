"""What a day was like that was lived: trips, breaks, what waited and why, what shoppers were shown."""

from typing import Final

from msgspec import Struct, field

from doorstep.bench.days.promises import Quote
from doorstep.core.dispatch.tick import Leaving, Waiting
from doorstep.core.dispatch.wait import Hold

MOVES_S: Final = 300


class Stop(Struct, frozen=True):
    """A halt of a trip that was ridden: number of the order, arrival, end of service."""

    order: int
    arrived_at_s: int
    handed_over_at_s: int


class Ridden(Struct, frozen=True, kw_only=True):
    """A trip as it was ridden; `back_at_s` is the return to the site, `travel_s` riding alone."""

    courier: int
    trip: int
    loaded_at_s: int
    departed_at_s: int
    stops: tuple[Stop, ...]
    back_at_s: int
    travel_s: int
    leaving: Leaving


class Spell(Struct, kw_only=True):
    """A time through which an order waited for one reason: number, from, to, and what it waited for at first."""

    order: int
    from_s: int
    to_s: int
    why: Hold
    waits: Waiting | None


class Rest(Struct, frozen=True):
    """A break that somebody had at the site: number of the courier, from, to."""

    courier: int
    from_s: int
    to_s: int


class Shown(Struct):
    """The arrival that a shopper is shown, from when on, and whether it ever moved by over 300 s."""

    since_s: int
    at_s: int
    moved: bool = False

    def becomes(self, at_s: int) -> None:
        """Show another arrival if it is another: five minutes or less are not worth a message."""
        if abs(at_s - self.at_s) > MOVES_S:
            self.at_s, self.moved = at_s, True


class Replay(Struct, kw_only=True):
    """
    A day that was lived.

    Parameters
    ----------
    ridden
        All trips by departure.
    waiting
        Numbers of the orders that nobody brought.
    decision_ns, decided_at_s
        What each decision took, nanoseconds of the clock that was given, and when it was.
    shown
        By order: the arrival shown, from when the policy tells it (at the latest from leaving) until handed over.
    rests
        Breaks as they were had.
    spells
        Why orders waited, one after the other, each closed when the next began.
    quotes, quote_ns
        Promises of our own where they were asked for, by order, and what each took, nanoseconds.
    """

    ridden: list[Ridden] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    decision_ns: list[int] = field(default_factory=list)
    decided_at_s: list[int] = field(default_factory=list)
    shown: dict[int, Shown] = field(default_factory=dict)
    rests: list[Rest] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    quote_ns: list[int] = field(default_factory=list)

    def waits_s(self) -> dict[int, dict[Hold, int]]:
        """By order: seconds that it waited packed, by the reason given."""
        made: dict[int, dict[Hold, int]] = {}
        for x in self.spells:
            if x.why != "not_ready":
                mine = made.setdefault(x.order, {})
                mine[x.why] = mine.get(x.why, 0) + x.to_s - x.from_s
        return made
