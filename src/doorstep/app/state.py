"""The state of one site: the rooms' states side by side, owned by one fold."""

from collections.abc import Sequence

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
from doorstep.model.facts import Fact
from doorstep.model.facts.site import SiteClosed, SiteOpened
from doorstep.model.people import Place
from doorstep.model.transfer import Transfer


class SiteState:
    """Everything that is known about a site, as it follows from its facts."""

    def __init__(self, site: SiteId, params: Params) -> None:
        self.site, self.params = site, params
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

    @property
    def place(self) -> Place:
        """Where the site stands."""
        assert self.opened is not None, "a site is opened before anything else happens"
        return Place(self.opened.lat_e6, self.opened.lng_e6)

    def apply(self, fact: Fact, transfers: Sequence[Transfer], *, at_s: int) -> None:
        """Let a fact happen in every room. The transfers are posted already."""
        match fact:
            case SiteOpened():
                self.opened = fact
            case SiteClosed():
                self.closed = True
            case _:
                pass
        self.shelf.apply(fact, transfers)
        self.orders.apply(fact, at_s=at_s)
        self.payments.apply(fact)
        self.load.apply(fact, at_s=at_s, slot_s=self.params.promise.slot_s)
        self.floor.apply(fact)
        self.fleet.apply(fact, at_s=at_s)
        self.where.apply(fact)
