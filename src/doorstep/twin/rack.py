"""The physical world of goods: moved by hands and trucks, never by facts."""

from doorstep.base.ids import LotId, OrderId
from doorstep.model.goods import Parcel


class Rack:
    """
    What really lies where: packs, or grams.

    `rack` is the site's shelf, set aside or not; `bags` are packed or being packed, `boxes` ride, `doors` were
    reached.
    `unseen` sums what moved on the rack without anybody writing it down, by lot: below zero for what was stolen.
    """

    def __init__(self) -> None:
        self.rack: dict[LotId, int] = {}
        self.bags: dict[OrderId, dict[LotId, int]] = {}
        self.boxes: dict[OrderId, dict[LotId, int]] = {}
        self.doors: dict[OrderId, dict[LotId, int]] = {}
        self.unseen: dict[LotId, int] = {}

    def unload(self, lot: LotId, amount: int) -> None:
        """Goods come off a truck."""
        self.rack[lot] = self.rack.get(lot, 0) + amount

    def bag(self, order: OrderId, lot: LotId, wanted: int, *, really: LotId | None = None) -> int:
        """
        Take goods for an order.

        Parameters
        ----------
        really
            The lot the hand reaches into where it is not the one the scanner is told: a mis-scan.

        Returns
        -------
        How much was there to be taken.
        """
        source = really or lot
        taken = min(wanted, self.rack.get(source, 0))
        if taken:
            self.rack[source] -= taken
            bag = self.bags.setdefault(order, {})
            bag[lot] = bag.get(lot, 0) + taken
            if source != lot:
                self.unseen[source] = self.unseen.get(source, 0) - taken
                self.unseen[lot] = self.unseen.get(lot, 0) + taken
        return taken

    def box(self, order: OrderId) -> None:
        """Put the bags of an order into the courier's box."""
        self.boxes[order] = self.bags.pop(order)

    def door(self, order: OrderId, kept_back: tuple[Parcel, ...]) -> None:
        """Put the bags at the door, but for what the courier was told to keep."""
        goods = self.boxes.pop(order)
        for x in kept_back:
            goods.pop(x.lot)
        self.doors[order] = goods

    def remove(self, parcel: Parcel) -> None:
        """Hands take goods off the shelf: back to a supplier, or into the bin."""
        assert parcel.amount <= self.rack[parcel.lot], "hands take away what they counted"
        self.rack[parcel.lot] -= parcel.amount

    def steal(self, lot: LotId, amount: int) -> None:
        """Goods leave and nobody writes it down. What never came cannot be stolen."""
        gone = min(amount, self.rack.get(lot, 0))
        if gone:
            self.rack[lot] -= gone
            self.unseen[lot] = self.unseen.get(lot, 0) - gone
