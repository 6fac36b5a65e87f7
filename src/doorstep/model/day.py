"""A day as it is given to the twin: the same nouns that a day folder holds."""

from typing import Literal

from msgspec import Struct

from doorstep.base.ids import LotId, OrderId
from doorstep.model.goods import Lot, Sku
from doorstep.model.orders import Basket
from doorstep.model.people import Courier, Picker, Site

EventKind = Literal[
    "recall",
    "price",
    "warm_truck",
    "late_truck",
    "theft",
    "no_show",
    "power_cut",
]


class Weather(Struct, frozen=True, kw_only=True):
    """Weather from an instant on: rain in mm per hour, temperature in tenths of a degree Celsius."""

    at_s: int
    rain_mm_h: int
    temp_c10: int


class Event(Struct, frozen=True, kw_only=True):
    """
    Something that happens to the city at an instant.

    `subject` names whom it happens to (a lot, a sku, a supplier, a courier or picker), `value` how much: fen for a
    price, tenths of a degree for a warm truck, seconds for a late one, packs or grams for a theft.
    """

    at_s: int
    kind: EventKind
    subject: str
    value: int = 0


class Visit(Struct, frozen=True, kw_only=True):
    """A shopper opens the shop at an instant with a basket in mind."""

    at_s: int
    basket: Basket


class Assumption(Struct, frozen=True, kw_only=True):
    """One thing that the sources of a day do not hold: what it is taken to be, and why so."""

    name: str
    value: str
    why: str


class Day(Struct, frozen=True, kw_only=True):
    """
    One site's day before it is lived: everything the world brings, nothing that anyone decides.

    `assumptions` says what had to be assumed to make it of records.
    What it does not hold (how long a pick takes, who changes their mind) is drawn from `seed`.
    """

    seed: int
    date: str
    tz: str
    site: Site
    skus: tuple[Sku, ...]
    lots: tuple[Lot, ...]
    pickers: tuple[Picker, ...]
    couriers: tuple[Courier, ...]
    visits: tuple[Visit, ...]
    weather: tuple[Weather, ...] = ()
    events: tuple[Event, ...] = ()
    assumptions: tuple[Assumption, ...] = ()

    def recalls(self) -> tuple[LotId, ...]:
        """Lots that the world will find to be bad during this day."""
        return tuple(LotId(x.subject) for x in self.events if x.kind == "recall")

    def order_ids(self) -> tuple[OrderId, ...]:
        """Every basket's name, in order of arrival."""
        return tuple(x.basket.order for x in self.visits)
