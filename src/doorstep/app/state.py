"""The state of one site: the rooms' states side by side, owned by one fold."""

from collections.abc import Callable, Sequence

from doorstep.app.params import Params
from doorstep.base.ids import SiteId
from doorstep.core.dispatch import Fleet
from doorstep.core.order import Orders
from doorstep.core.payment import Payments
from doorstep.core.pick import Floor
from doorstep.core.promise import Load
from doorstep.core.stock import Shelf
from doorstep.core.trace import Whereabouts
from doorstep.ledger import Balances
from doorstep.model.facts import FACTS, Fact
from doorstep.model.facts.site import SiteClosed, SiteOpened
from doorstep.model.people import Place
from doorstep.model.transfer import Transfer
from doorstep.roads import Map, RoadsOf

Room = Callable[[Fact, Sequence[Transfer], int], None]


class SiteState:
    """Everything that is known about a site, as it follows from its facts."""

    def __init__(self, site: SiteId, params: Params, streets: Map | None = None) -> None:
        self.site, self.params, self.streets = site, params, streets
        self.opened: SiteOpened | None = None
        self.closed = False
        self.balances = Balances()
        self.shelf = Shelf()
        self.orders = Orders()
        self.payments = Payments()
        self.load = Load()
        self.floor = Floor()
        self.fleet = Fleet()
        self.where = Whereabouts()
        slot_s = params.promise.slot_s
        rooms: tuple[tuple[frozenset[type[Fact]], Room], ...] = (
            (Shelf.hears, lambda fact, moved, _: self.shelf.apply(fact, moved)),
            (Orders.hears, lambda fact, _, at_s: self.orders.apply(fact, at_s=at_s)),
            (Payments.hears, lambda fact, *_: self.payments.apply(fact)),
            (Load.hears, lambda fact, _, at_s: self.load.apply(fact, at_s=at_s, slot_s=slot_s)),
            (Floor.hears, lambda fact, *_: self.floor.apply(fact)),
            (Fleet.hears, lambda fact, _, at_s: self.fleet.apply(fact, at_s=at_s)),
            (Whereabouts.hears, lambda fact, *_: self.where.apply(fact)),
        )
        # Most facts concern two or three rooms; asking all of them took a quarter of a day's time.
        self._hearers = {kind: tuple(hear for hears, hear in rooms if kind in hears) for kind in FACTS.values()}

    @property
    def place(self) -> Place:
        """Where the site stands."""
        assert self.opened is not None, "a site is opened before anything else happens"
        return Place(self.opened.lat_e6, self.opened.lng_e6)

    @property
    def roads(self) -> RoadsOf:
        """What couriers go by: the streets of a map, or straight lines."""
        straight = self.params.roads
        return self.streets.roads if self.streets is not None else lambda _: straight

    def apply(self, fact: Fact, transfers: Sequence[Transfer], *, at_s: int) -> None:
        """Let a fact happen in every room that hears it. The transfers are posted already."""
        if isinstance(fact, SiteOpened):
            self.opened = fact
        elif isinstance(fact, SiteClosed):
            self.closed = True
        for hear in self._hearers[type(fact)]:
            hear(fact, transfers, at_s)
