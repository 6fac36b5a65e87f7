"""A fold from the facts of one day to demand by sku and hour."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from msgspec import Struct

from doorstep.base.calendar import clock, local_date
from doorstep.base.ids import LotId, SiteId, SkuId
from doorstep.base.units import HOUR_S, half_up
from doorstep.core.history.params import HistoryParams
from doorstep.core.history.shelf import Watch
from doorstep.ledger import FEN, MOVES_GOODS
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked, LotReceived
from doorstep.model.facts.orders import OrderPlaced
from doorstep.model.facts.site import SiteClosed, SiteOpened, SkuListed, SkuPriced
from doorstep.model.transfer import Transfer

HOURS: Final = 24
QUARTER_S: Final = HOUR_S // 4  # zones differ from UTC by quarters of an hour


class DemandDay(Struct, frozen=True, kw_only=True):
    """
    One sku's day at one site.

    Parameters
    ----------
    sold
        Packs or grams in the lines of the orders placed in each local hour; also of orders whose payment failed later.
    empty
        True for an hour in which, during any part of it while the site was open, nothing of the sku was free on the
        shelf that could still be sold.
    discount_e3
        The day's price against its list price in thousandths, both over the opening hours: 1000 = none.
    cheaper
        Whether it cost less than its list price for some of them.
    """

    site: SiteId
    sku: SkuId
    category: str
    group: str
    date: str
    sold: tuple[int, ...]
    empty: tuple[bool, ...]
    discount_e3: int
    cheaper: bool


class _Line:
    """What is gathered of one sku."""

    __slots__ = ("cheap", "listed", "min_life_s", "paid_fen_s", "price_fen", "priced_at_s", "sold", "watch")

    def __init__(self, listed: SkuListed, start_s: int, end_s: int) -> None:
        self.listed, self.min_life_s = listed, listed.min_life_s
        self.price_fen, self.priced_at_s, self.paid_fen_s, self.cheap = listed.price_fen, start_s, 0, False
        self.sold = [0] * HOURS
        self.watch = Watch(start_s, end_s)

    def price_until(self, at_s: int) -> None:
        """Add up the price that held until now."""
        seconds = max(0, at_s - self.priced_at_s)
        self.paid_fen_s += seconds * self.price_fen
        self.cheap = self.cheap or (seconds > 0 and self.price_fen < self.listed.price_fen)
        self.priced_at_s = max(at_s, self.priced_at_s)


class History:
    """One site's day on its way to becoming history; owned by one fold, changed in place."""

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {*MOVES_GOODS, LotBlocked, LotReceived, OrderPlaced, SiteClosed, SiteOpened, SkuListed, SkuPriced}
    )

    def __init__(self, site: SiteId, params: HistoryParams) -> None:
        self.site, self._params = site, params
        self.opened: SiteOpened | None = None
        self.closed = False
        self._skus: dict[SkuId, _Line] = {}
        self._sku_of: dict[LotId, SkuId] = {}

    def apply(self, fact: Fact, transfers: Sequence[Transfer], *, at_s: int) -> None:
        """Let a fact become history."""
        match fact:
            case SiteOpened():
                self.opened = fact
                ahead_s = fact.params.get("order", {}).get("shelf_ahead_s", self._params.ahead_s)
                self._params = HistoryParams(ahead_s=ahead_s)
            case SkuListed():
                opened = self._day()
                self._skus[fact.sku] = _Line(fact, opened.opens_at_s, opened.closes_at_s)
            case SkuPriced():
                line = self._skus[fact.sku]
                line.price_until(min(at_s, self._day().closes_at_s))
                line.price_fen = fact.price_fen
            case LotReceived():
                self._sku_of[fact.lot] = fact.sku
                line = self._skus[fact.sku]
                line.watch.receive(fact.lot, until_s=fact.sell_by_s - line.min_life_s - self._params.ahead_s)
            case LotBlocked():
                self._skus[self._sku_of[fact.lot]].watch.block(fact.lot, at_s=at_s)
            case OrderPlaced():
                hour = self._hour(at_s)
                for x in fact.lines:
                    self._skus[x.sku].sold[hour] += x.amount
            case SiteClosed():
                self.closed = True
            case _:
                pass
        self._move(transfers, at_s)

    def rows(self) -> tuple[DemandDay, ...]:
        """
        Close the day and say what it leaves to learn from.

        Returns
        -------
        A row for every sku that was listed, sold or not, in order of sku.
        """
        opened = self._day()
        open_s = opened.closes_at_s - opened.opens_at_s
        found = []
        for sku in sorted(self._skus):
            line = self._skus[sku]
            line.watch.look(opened.closes_at_s)
            line.price_until(opened.closes_at_s)
            usual_fen_s = line.listed.price_fen * open_s
            found.append(
                DemandDay(
                    site=self.site,
                    sku=sku,
                    category=line.listed.category,
                    group=line.listed.swap_group,
                    date=opened.date,
                    sold=tuple(line.sold),
                    empty=self._flags(line.watch.gaps),
                    discount_e3=half_up(line.paid_fen_s * 1000, usual_fen_s) if usual_fen_s else 1000,
                    cheaper=line.cheap,
                )
            )
        return tuple(found)

    def _day(self) -> SiteOpened:
        assert self.opened is not None, "a site is opened before anything else happens"
        return self.opened

    def _move(self, transfers: Iterable[Transfer], at_s: int) -> None:
        for x in transfers:
            if x.asset == FEN or "shelf" not in (x.source, x.target):
                continue
            lot = LotId(x.asset.removeprefix("lot:"))
            amount = x.amount if x.target == "shelf" else -x.amount
            self._skus[self._sku_of[lot]].watch.move(lot, amount, at_s=at_s)

    def _hour(self, at_s: int) -> int:
        """Return the local hour of an instant; what is a little before or after the date counts to its edge."""
        opened = self._day()
        date = local_date(at_s, opened.tz)
        if date != opened.date:
            return 0 if date < opened.date else HOURS - 1
        return int(clock(at_s, opened.tz)[:2])

    def _flags(self, gaps: Iterable[tuple[int, int]]) -> tuple[bool, ...]:
        flags = [False] * HOURS
        for start_s, end_s in gaps:
            at_s = start_s
            while at_s < end_s:
                flags[self._hour(at_s)] = True
                at_s = (at_s // QUARTER_S + 1) * QUARTER_S
        return tuple(flags)
