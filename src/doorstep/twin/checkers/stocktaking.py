"""The closing count: every lot was counted, every difference booked and named."""

from typing import ClassVar

from doorstep.app.certificate import Violation
from doorstep.base.ids import LotId
from doorstep.journal import Entry
from doorstep.ledger import MOVES_GOODS
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotCounted, LotReceived, ShelfCounted
from doorstep.model.facts.site import SiteClosed


class StocktakingLaw:
    """
    The day closes on a count of every lot that ever came, and what was found is what the books say from then on.

    After a count the books hold what was found, but never less than what is set aside: that stays booked until its
    picker misses it.
    """

    law = "stocktaking"
    hears: ClassVar[frozenset[type[Fact]]] = frozenset((*MOVES_GOODS, ShelfCounted, SiteClosed))

    def __init__(self) -> None:
        self._lots: dict[LotId, None] = {}
        self._booked: dict[str, int] = {}
        self._reserved: dict[str, int] = {}
        self._counted_all = False

    def see(self, entry: Entry) -> None:
        """Check one fact."""
        fact = entry.fact
        for t in entry.transfers:
            if t.asset != "fen":
                delta = (t.target in ("shelf", "reserved")) - (t.source in ("shelf", "reserved"))
                set_aside = (t.target == "reserved") - (t.source == "reserved")
                if set_aside:
                    self._reserved[t.asset] = self._reserved.get(t.asset, 0) + set_aside * t.amount
                if delta:
                    self._booked[t.asset] = self._booked.get(t.asset, 0) + delta * t.amount
        match fact:
            case LotReceived():
                self._lots[fact.lot] = None
            case LotCounted():
                after = self._booked[f"lot:{fact.lot}"]
                least = self._reserved.get(f"lot:{fact.lot}", 0)
                if after != fact.booked - fact.lost or after != max(fact.found, least):
                    raise Violation(
                        self.law,
                        entry.seq,
                        f"lot {fact.lot}: {fact.found} found of {fact.booked}, yet {after} are in the books now",
                    )
            case ShelfCounted():
                self._counted_all = fact.cause == "closing" and fact.lots >= len(self._lots)
            case SiteClosed():
                if not self._counted_all:
                    raise Violation(self.law, entry.seq, "the day is closed without counting every lot")
            case _:
                pass

    def close(self, seq: int) -> None:
        """Nothing more to say."""
