"""What can happen in the twin."""

from doorstep.base.ids import ClaimId, CourierId, LotId, OrderId, PickerId, SkuId, TripId, WaveId
from doorstep.twin.timeline import Happening


class TruckLeaves(Happening, frozen=True):
    """A supplier's truck sets out; `truck` is its place in the list of trucks."""

    truck: int


class TruckArrives(Happening, frozen=True):
    """It is here."""

    truck: int


class ShopperVisits(Happening, frozen=True):
    """A shopper opens the shop; `visit` is the place in the day's list of visits."""

    visit: int


class ShopperDecides(Happening, frozen=True):
    """A shopper has looked at the quote long enough."""

    order: OrderId


class OrdersAdmitted(Happening, frozen=True):
    """Everything that was clicked in this second is placed at once."""


class ShopperPays(Happening, frozen=True):
    """A shopper confirms the payment, or the gateway calls back again."""

    order: OrderId


class ShopperCollects(Happening, frozen=True):
    """A shopper comes down to the locker or shelf."""

    order: OrderId


class ShopperClaims(Happening, frozen=True):
    """A shopper unpacks and finds something wrong."""

    claim: ClaimId
    order: OrderId
    line: int


class PickerComes(Happening, frozen=True):
    """A shift begins, or should."""

    picker: PickerId


class PickerGoes(Happening, frozen=True):
    """A shift is over."""

    picker: PickerId


class PickerAsks(Happening, frozen=True):
    """A picker is free and looks at the list."""

    picker: PickerId


class PickerTakes(Happening, frozen=True):
    """A picker stands before the next lot of the walk."""

    picker: PickerId


class PickerBags(Happening, frozen=True):
    """A picker closes the bags of an order."""

    picker: PickerId
    order: OrderId


class PickerEndsWave(Happening, frozen=True):
    """The cart is empty."""

    picker: PickerId
    wave: WaveId


class CourierComes(Happening, frozen=True):
    """A shift begins, or should."""

    courier: CourierId


class CourierGoes(Happening, frozen=True):
    """A shift is over."""

    courier: CourierId


class CourierRested(Happening, frozen=True):
    """A break is over."""

    courier: CourierId


class CourierLeaves(Happening, frozen=True):
    """The box is loaded."""

    trip: TripId


class CourierArrives(Happening, frozen=True):
    """At the door of the trip's next order."""

    trip: TripId
    stop: int


class CourierHandsOver(Happening, frozen=True):
    """The end of service at a door."""

    trip: TripId
    stop: int


class CourierReturns(Happening, frozen=True):
    """Back at the site."""

    trip: TripId


class DispatchTicks(Happening, frozen=True):
    """Trips are decided, and whatever is due is swept."""


class ShelfIsCounted(Happening, frozen=True):
    """Hands count a part of the shelf."""

    turn: int


class LotIsFoundBad(Happening, frozen=True):
    """A laboratory calls: this lot must come back."""

    lot: LotId


class PriceChanges(Happening, frozen=True):
    """The operator changes a price."""

    sku: SkuId
    price_fen: int


class PackIsStolen(Happening, frozen=True):
    """Something leaves the shelf and nobody writes it down."""

    lot: LotId
    amount: int


class PowerFails(Happening, frozen=True):
    """The next answer is lost after its facts were written; the service restarts from its journal."""
