"""One order's life in plain words, from the journal alone."""

import difflib
from collections.abc import Iterable, Mapping

from doorstep.app.params import Params, params_from
from doorstep.base.calendar import clock
from doorstep.base.errors import BadInput
from doorstep.base.ids import LotId, OrderId, SkuId
from doorstep.core.dispatch import Fleet, Why
from doorstep.core.dispatch import why as decide_again
from doorstep.core.stock import Shelf
from doorstep.journal import Entry
from doorstep.model.facts.goods import LotRecalled, LotReceived
from doorstep.model.facts.money import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundDue,
    RefundPaid,
)
from doorstep.model.facts.orders import (
    BasketAbandoned,
    BasketRefused,
    ClaimMade,
    ClaimRefused,
    DropCollected,
    OrderCancelled,
    OrderHandedOver,
    OrderLoaded,
    OrderPacked,
    OrderPlaced,
    Quoted,
    QuoteLapsed,
    ShopperTold,
)
from doorstep.model.facts.site import SiteOpened, SkuListed, SkuPriced
from doorstep.model.facts.work import (
    CourierArrived,
    LineDropped,
    LineMissed,
    LinePicked,
    LineSwapped,
    TripPlanned,
    WaveStarted,
)
from doorstep.model.goods import Parcel, Sku
from doorstep.model.people import Place
from doorstep.report.phrases import MISSING, TERMS, WHY_HELD, WHY_LEAVES, WHY_LEFT, WHY_REFUSED
from doorstep.roads import Map, RoadsOf


def explain(entries: Iterable[Entry], order: OrderId, *, streets: Map | None = None) -> tuple[str, ...]:
    """
    Tell what happened to an order and why.

    Parameters
    ----------
    entries
        The journal of its day, whole and in order.
    streets
        The map that its couriers went by.

    Returns
    -------
    One line a step, each with its local time. What dispatch decided about it is decided once more from the journal, to
    say what it weighed; where the map is needed and not there, that is said instead.

    Raises
    ------
    BadInput
        There is no such order; the message names the nearest. Or the day was lived by another map, or by none.
    """
    told = list(entries)
    trip = next((x for x in told if isinstance(x.fact, TripPlanned) and order in x.fact.orders), None)
    story = _Story(order, leaves_at_s=None if trip is None else trip.at_s, streets=streets)
    for entry in told:
        story.read(entry)
    if not story.lines:
        near = difflib.get_close_matches(order, list(story.known), n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise BadInput(f"the journal knows no order {order!r}{hint}")
    return tuple(story.lines)


def _roads(opened: SiteOpened, streets: Map | None, params: Params) -> RoadsOf | None:
    """Tell what couriers went by; None where that is a map that is not there."""
    if streets is None:
        return None if opened.roads else lambda _: params.roads
    if opened.roads != streets.digest:
        lived = f"by a map with the SHA-256 {opened.roads}" if opened.roads else "without a map"
        raise BadInput(f"--roads: this day was lived {lived}, this one has {streets.digest}")
    return streets.roads


class _Story:
    """What must be known to tell it: names, lots, the shelf as it was."""

    def __init__(self, order: OrderId, *, leaves_at_s: int | None, streets: Map | None) -> None:
        self.order, self._leaves_at_s, self._streets = order, leaves_at_s, streets
        self.lines: list[str] = []
        self.known: dict[OrderId, None] = {}
        self._tz = "UTC"
        self._skus: dict[SkuId, Sku] = {}
        self._lots: dict[LotId, LotReceived] = {}
        self._shelf = Shelf()
        self._fleet = Fleet()
        self._site, self._params = Place(0, 0), Params()
        self._roads: RoadsOf | None = None
        self._why: Why | None = None
        self._promised_s = self._placed_s = 0
        self._line_sku: dict[int, SkuId] = {}
        self._goods: dict[LotId, None] = {}
        self._at_s = 0

    def read(self, entry: Entry) -> None:
        """Follow the day; tell what concerns the order."""
        fact, self._at_s = entry.fact, entry.at_s
        match fact:
            case SiteOpened():
                self._tz, self._site = fact.tz, Place(fact.lat_e6, fact.lng_e6)
                self._params = params_from(fact.params)
                self._roads = _roads(fact, self._streets, self._params)
            case SkuListed():
                self._skus[fact.sku] = Sku(**{x: getattr(fact, x) for x in Sku.__struct_fields__})
            case SkuPriced():
                pass
            case LotReceived():
                self._lots[fact.lot] = fact
            case Quoted() | BasketRefused():
                self.known[fact.order] = None
            case LotRecalled() if fact.lot in self._goods:
                self._tell(f"Lot {fact.lot} of {self._name(fact.sku)} is recalled; this order has some of it.")
            case _:
                pass
        if getattr(fact, "order", None) == self.order:
            self._own(entry)
        if isinstance(fact, TripPlanned) and self._at_s == self._leaves_at_s and self._why is None:
            self._why = self._decide()
        if isinstance(fact, WaveStarted | TripPlanned) and self.order in fact.orders:
            self._shared(fact)
        if type(fact) in Fleet.hears:
            self._fleet.apply(fact, at_s=entry.at_s)
        if isinstance(fact, OrderPacked) and fact.order == self.order:
            self._held()
        self._shelf.apply(fact, entry.transfers)

    def _own(self, entry: Entry) -> None:
        fact = entry.fact
        match fact:
            case Quoted():
                self._quoted(fact)
            case BasketRefused():
                self._tell(
                    f"The basket is refused: {WHY_REFUSED[fact.cause]}. {_yuan(fact.lost_fen)} of demand is lost."
                )
            case BasketAbandoned():
                self._tell(f"The shopper leaves: {WHY_LEFT[fact.cause]}. {_yuan(fact.lost_fen)} of demand is lost.")
            case QuoteLapsed():
                self._tell("Nobody answered the quote in time: it lapses, its capacity is free again.")
            case OrderPlaced():
                self._placed(fact)
            case OrderCancelled():
                cause = {
                    "declined": "the payment was declined",
                    "unpaid": "it was not paid in time",
                    "nothing_left": "nothing of it could be picked",
                }[fact.cause]
                self._tell(f"The order is cancelled: {cause}. What was set aside is on sale again.")
            case OrderPacked():
                self._goods = {x.lot: None for x in fact.goods}
                self._tell(f"Packed and ready. At the weights weighed it costs {_yuan(fact.due_fen)}.")
            case OrderLoaded():
                self._tell(f"In the box of {fact.courier}, trip {fact.trip}.")
            case OrderHandedOver():
                self._handed_over(fact)
            case DropCollected():
                self._tell("The shopper collects it; the place is free for another.")
            case ShopperTold():
                about = "the recall" if fact.about == "recall" else "the delay"
                self._tell(f"The shopper is told about {about}.")
            case CourierArrived():
                self._tell("The courier is at the door.")
            case _:
                self._money_or_pick(entry)

    def _money_or_pick(self, entry: Entry) -> None:
        fact = entry.fact
        match fact:
            case PaymentAuthorised():
                self._tell(f"Payment: {_yuan(fact.amount_fen)} are held, the most it can cost.")
            case PaymentDeclined():
                self._tell(f"Payment: {_yuan(fact.amount_fen)} are declined.")
            case PaymentCaptured():
                self._tell(
                    f"Payment: {_yuan(fact.amount_fen)} taken for what was weighed, "
                    f"{_yuan(fact.released_fen)} given back."
                )
            case PaymentVoided():
                self._tell(f"Payment: the hold of {_yuan(fact.amount_fen)} is given back.")
            case LinePicked() if fact.amount:
                sku = self._skus[self._lots[fact.lot].sku]
                self._tell(
                    f"{fact.picker} takes {_amount(sku, fact.amount)} of {self._name(sku.sku)} from lot {fact.lot}."
                )
            case LineMissed():
                self._tell(f"Line {fact.line}: lot {fact.lot} cannot be taken: {MISSING[fact.cause]}.")
            case LineSwapped():
                self._swapped(fact)
            case LineDropped():
                self._tell(
                    f"Line {fact.line}: what is missing does not come and is not charged ({MISSING[fact.cause]})."
                )
            case ClaimMade():
                self._tell(f"The shopper claims line {fact.line}: {fact.reason}.")
            case ClaimRefused():
                self._tell(f"The claim is refused: {fact.cause.replace('_', ' ')}.")
            case RefundDue():
                why = {
                    "claim": "for the claim",
                    "recall": f"for recalled lot {fact.ref}",
                    "late": "because it was late",
                }[fact.cause]
                self._tell(f"{_yuan(fact.amount_fen)} are owed back {why}.")
            case RefundPaid():
                self._tell(f"{_yuan(fact.amount_fen)} are paid back.")
            case _:
                pass

    def _shared(self, fact: WaveStarted | TripPlanned) -> None:
        others = len(fact.orders) - 1
        if isinstance(fact, WaveStarted):
            together = f" together with {others} other{'s' * (others > 1)}" if others else ""
            self._tell(
                f"{fact.picker} begins to pick it{together} (wave {fact.wave}, {_minutes(fact.expected_s)} expected)."
            )
            return
        place = fact.orders.index(self.order)
        why = fact.why
        spare = f"{_minutes(why.slack_s)} to spare" if why.slack_s >= 0 else f"{_minutes(-why.slack_s)} late"
        self._tell(
            f"Trip {fact.trip} for {fact.courier}, one of {why.couriers_free} who were free: stop {place + 1} "
            f"of {others + 1}, expected {clock(fact.etas_at_s[place], self._tz)}. "
            f"The tightest order of the trip has {spare}; "
            f"it leaves now because {WHY_LEAVES[why.leaves]}. {why.left_waiting} ready orders stay behind."
        )
        self._weighed()

    def _decide(self) -> Why | None:
        """Decide once more about the order, with what was known at this instant."""
        if self._roads is None:
            return None
        found = decide_again(
            self._fleet, site=self._site, roads=self._roads, now_s=self._at_s, params=self._params.dispatch
        )
        return found.get(self.order)

    def _held(self) -> None:
        """Tell what a packed order waits for."""
        if not self._fleet.idle:
            self._tell("It waits: every courier is out.")
            return
        found = self._decide()
        if found is None or found.held is None:
            return
        planned = ""
        if found.courier is not None and found.loads_s is not None:
            planned = f" {found.courier} is to take it"
            latest_s = max(found.loads_s, found.loads_s + (found.slack_s or 0))
            planned += f", at {clock(latest_s, self._tz)} at the latest."
        self._tell(f"It waits: {WHY_HELD[found.held]}.{planned}")

    def _weighed(self) -> None:
        """Tell what the order adds to the plan, and what its best other place would have cost."""
        if self._roads is None:
            self._tell("What dispatch weighed is told by the map that this day rode by: name it with --roads.")
        reason = None if self._why is None else self._why.reason
        if self._why is None or reason is None:
            return
        other = ""
        if reason.other is not None:
            best = reason.other
            whose = "another trip of the same courier"
            if self._why.instead != self._why.courier:
                whose = f"a trip of {self._why.instead}"
            elif best.place >= 0:
                whose = "another place on the same courier's trips"
            other = f"; the next best, {whose}, would have made it {_cost(best.more_s, best.more)} dearer"
        self._tell(f"With it the plan costs {_cost(reason.costs_s, reason.costs)} more{other}.")

    def _quoted(self, fact: Quoted) -> None:
        self._promised_s = fact.promised_at_s
        why = fact.why
        self._tell(
            f"Quote for {len(fact.lines)} lines: goods {_yuan(fact.goods_fen)}, delivery {_yuan(fact.fee_fen)}. "
            f"Promised by {clock(fact.promised_at_s, self._tz)} with probability {fact.p_kept_bp / 100:.1f}%."
        )
        self._tell(
            f"Why then: {_minutes(why.queue_s)} queue before the pickers, {_minutes(why.pick_s)} picking, "
            f"{_minutes(why.wait_s)} wait for a courier, {_minutes(why.ride_s)} loading, riding and service; "
            f"give or take {_minutes(why.spread_s)}."
        )
        for line in fact.lines:
            if line.line in fact.missing:
                self._tell(f"Not to be had: {self._name(line.sku)}.")

    def _placed(self, fact: OrderPlaced) -> None:
        self._placed_s = self._at_s
        self._tell(f"Placed. At most {_yuan(fact.est_fen)}; goods are set aside, first expired first:")
        for line in fact.lines:
            sku = self._skus[line.sku]
            self._line_sku[line.line] = line.sku
            lots = ", ".join(self._lot(x, sku) for x in line.held)
            wanted = f"{_amount(sku, line.amount)} {self._name(line.sku)}"
            self.lines.append(f"         line {line.line}: {wanted}: {lots}{self._others(line.held, sku)}")
        for gone in fact.short:
            self._tell(f"Line {gone} had gone since the quote and is left out.")

    def _lot(self, parcel: Parcel, sku: Sku) -> str:
        left_h = (self._lots[parcel.lot].sell_by_s - self._promised_s) // 3600
        life = f"{left_h // 24} days" if left_h >= 48 else f"{left_h} hours"
        return f"{_amount(sku, parcel.amount)} of lot {parcel.lot} ({life} left at the door)"

    def _others(self, held: tuple[Parcel, ...], sku: Sku) -> str:
        """Say which lots of the sku were passed over, and why."""
        taken = {x.lot for x in held}
        told = []
        for x in self._shelf.of_sku(sku.sku):
            if x.lot in taken or not x.free:
                continue
            if x.blocked:
                told.append(f"{x.lot} is blocked")
            elif x.sell_by_s < self._promised_s + sku.min_life_s:
                told.append(f"{x.lot} is too old")
            else:
                told.append(f"{x.lot} keeps longer")
        return f"; {', '.join(told)}" if told else ""

    def _swapped(self, fact: LineSwapped) -> None:
        lots = ", ".join(x.lot for x in fact.held)
        if fact.sku == self._line_sku.get(fact.line):
            self._tell(f"Line {fact.line}: {MISSING[fact.cause]}; the same from lot {lots} instead.")
        else:
            self._tell(
                f"Line {fact.line}: {MISSING[fact.cause]}; {self._name(fact.sku)} from lot {lots} stands in, "
                "as the shopper allows, at no higher price."
            )

    def _handed_over(self, fact: OrderHandedOver) -> None:
        where = {"door": "at the door", "shelf": "on the shared shelf", "locker": "in a locker"}[fact.drop]
        code = f", code {fact.code}" if fact.code else ""
        minutes = _minutes(self._at_s - self._placed_s)
        spare_s = self._promised_s - self._at_s
        kept = f"in time, {_minutes(spare_s)} to spare" if spare_s >= 0 else f"{_minutes(-spare_s)} late"
        self._tell(f"Handed over {where}{code}: {minutes} after placing, {kept}.")
        for x in fact.kept_back:
            self._tell(f"The courier keeps lot {x.lot} back: it was recalled on the way.")

    def _tell(self, text: str) -> None:
        self.lines.append(f"{clock(self._at_s, self._tz, seconds=True)} {text}")

    def _name(self, sku: SkuId) -> str:
        x = self._skus[sku]
        return f"{x.name_en} ({x.name_zh})"


def _amount(sku: Sku, amount: int) -> str:
    if sku.sold_by == "g":
        return f"{amount} g"
    return f"{amount} pack{'s' * (amount != 1)}"


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f} yuan"


def _cost(seconds: int, terms: Mapping[str, int]) -> str:
    """Tell a cost in seconds, and of what it is."""
    parts = ", ".join(f"{TERMS[x]} {s:+,}" for x, s in terms.items())
    return f"{seconds:,} s ({parts})" if parts else f"{seconds:,} s"


def _minutes(seconds: int) -> str:
    return f"{seconds} s" if seconds < 90 else f"{seconds / 60:.0f} min"
