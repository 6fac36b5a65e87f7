"""The books against the physical shelf, bags, boxes and doorsteps."""

from doorstep.app.certificate import Violation
from doorstep.base.ids import LotId, OrderId
from doorstep.journal import Entry
from doorstep.model.facts.goods import LotCounted
from doorstep.model.facts.orders import OrderHandedOver, OrderLoaded, OrderPacked
from doorstep.model.goods import Parcel
from doorstep.model.transfer import Account
from doorstep.twin.bank import Bank
from doorstep.twin.rack import Rack

ON_RACK: tuple[Account, ...] = ("shelf", "reserved")


class GoodsCheck:
    """
    What the books say lies somewhere lies there, to the pack and the gram.

    For every lot: the physical rack = shelf + reserved, plus what moved unseen (theft, mis-scan), plus what counts
    have booked of that as lost. Unseen and lost cancel once a lot was counted; at the close every lot was, so
    the shelf balance alone equals the rack. Bags, boxes and doorsteps equal what facts say was packed, loaded and
    handed over.
    """

    law = "goods"

    def __init__(self) -> None:
        self._on_rack: dict[LotId, int] = {}
        self._lost: dict[LotId, int] = {}
        self._touched: dict[LotId, None] = {}
        self._expected: list[tuple[str, OrderId, tuple[Parcel, ...]]] = []
        self._seq = 0

    def see(self, entry: Entry, digest: str) -> None:
        """Follow the books."""
        del digest
        self._seq = entry.seq
        for t in entry.transfers:
            if t.source in ON_RACK or t.target in ON_RACK:
                lot = LotId(t.asset.removeprefix("lot:"))
                delta = (t.target in ON_RACK) - (t.source in ON_RACK)
                self._on_rack[lot] = self._on_rack.get(lot, 0) + delta * t.amount
                self._touched[lot] = None
        match entry.fact:
            case LotCounted() as fact:
                self._lost[fact.lot] = self._lost.get(fact.lot, 0) + fact.lost
            case OrderPacked() as fact:
                self._expected.append(("bag", fact.order, fact.goods))
            case OrderLoaded() as fact:
                self._expected.append(("box", fact.order, fact.goods))
            case OrderHandedOver() as fact:
                self._expected.append(("door", fact.order, fact.goods))
            case _:
                pass

    def look(self, rack: Rack, bank: Bank, *, full: bool) -> None:
        """Compare the lots that moved since the last look, or every lot."""
        del bank
        lots = sorted({*self._on_rack, *rack.rack}) if full else list(self._touched)
        self._touched.clear()
        for lot in lots:
            booked = self._on_rack.get(lot, 0)
            unseen = rack.unseen.get(lot, 0) + self._lost.get(lot, 0)
            really = rack.rack.get(lot, 0)
            if really != booked + unseen:
                raise Violation(
                    self.law,
                    self._seq,
                    f"lot {lot}: {really} on the rack, {booked} in the books, {unseen} moved unseen",
                )
        self._look_at_orders(rack)

    def closed(self, rack: Rack, bank: Bank) -> None:
        """After the closing count nothing may be unseen any more: books and rack are the same number."""
        del bank
        for lot in sorted({*self._on_rack, *rack.rack}):
            if rack.rack.get(lot, 0) != self._on_rack.get(lot, 0):
                raise Violation(
                    self.law,
                    self._seq,
                    f"closed with {self._on_rack.get(lot, 0)} of lot {lot} in the books and "
                    f"{rack.rack.get(lot, 0)} on the rack",
                )

    def _look_at_orders(self, rack: Rack) -> None:
        places = {"bag": rack.bags, "box": rack.boxes, "door": rack.doors}
        for place, order, goods in self._expected:
            really = places[place].get(order)
            if really != {x.lot: x.amount for x in goods}:
                raise Violation(self.law, self._seq, f"the {place} of {order} holds {really}, the books say {goods}")
        self._expected.clear()
