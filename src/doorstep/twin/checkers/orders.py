"""The life of an order: no step skipped, none taken twice, nobody forgotten."""

from typing import ClassVar, Final

from doorstep.app.certificate import Violation
from doorstep.base.ids import LotId, OrderId
from doorstep.journal import Entry
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotRecalled
from doorstep.model.facts.money import PaymentAuthorised
from doorstep.model.facts.orders import (
    BasketAbandoned,
    BasketRefused,
    DropCollected,
    OrderCancelled,
    OrderHandedOver,
    OrderLoaded,
    OrderPacked,
    OrderPlaced,
    Quoted,
    QuoteLapsed,
)
from doorstep.model.facts.work import LineMissed, LinePicked, LineSwapped
from doorstep.model.goods import Parcel

STEPS: Final[dict[type[Fact], tuple[tuple[str, ...], str]]] = {
    BasketRefused: (("new", "quoted"), "refused"),
    Quoted: (("new",), "quoted"),
    BasketAbandoned: (("quoted",), "abandoned"),
    QuoteLapsed: (("quoted",), "lapsed"),
    OrderPlaced: (("quoted",), "placed"),
    PaymentAuthorised: (("placed",), "paid"),
    OrderCancelled: (("placed", "paid"), "cancelled"),
    OrderPacked: (("paid",), "packed"),
    OrderLoaded: (("packed",), "carried"),
    OrderHandedOver: (("carried",), "delivered"),
}
"""For each step: from which states it may be taken, and where it leads."""

TERMINAL: Final = ("refused", "abandoned", "lapsed", "cancelled", "delivered")


class OrdersLaw:
    """
    Every order takes the steps in order and comes to an end.

    What is picked was set aside for it, what is loaded was picked, what is handed over was loaded, and a lot recalled
    before the handover never reaches the door.
    """

    law = "orders"
    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        (
            *STEPS,
            DropCollected,
            LineMissed,
            LinePicked,
            LineSwapped,
            LotRecalled,
            OrderHandedOver,
            OrderLoaded,
            OrderPacked,
            OrderPlaced,
        )
    )

    def __init__(self) -> None:
        self._state: dict[OrderId, str] = {}
        self._held: dict[OrderId, dict[tuple[int, LotId], int]] = {}
        self._bag: dict[OrderId, dict[LotId, int]] = {}
        self._recalled: dict[LotId, None] = {}
        self._waiting: dict[OrderId, None] = {}

    def see(self, entry: Entry) -> None:
        """Check one fact."""
        fact, seq = entry.fact, entry.seq
        step = STEPS.get(type(fact))
        if step is not None:
            order: OrderId = fact.order  # type: ignore[attr-defined] # every fact in STEPS has one
            before = self._state.get(order, "new")
            if before not in step[0]:
                raise Violation(self.law, seq, f"{order} is {before} and cannot become {step[1]}")
            self._state[order] = step[1]
        match fact:
            case OrderPlaced():
                self._held[fact.order] = {}
                for line in fact.lines:
                    self._hold(fact.order, line.line, line.held)
            case LineSwapped():
                self._hold(fact.order, fact.line, fact.held)
            case LinePicked():
                self._take(fact.order, fact.line, fact.lot, fact.held, seq)
                if fact.amount > fact.held:
                    raise Violation(self.law, seq, f"{fact.order} took more of {fact.lot} than was set aside")
                bag = self._bag.setdefault(fact.order, {})
                if fact.amount:
                    bag[fact.lot] = bag.get(fact.lot, 0) + fact.amount
            case LineMissed():
                self._take(fact.order, fact.line, fact.lot, fact.held, seq)
            case OrderPacked() | OrderLoaded():
                self._same(fact.order, fact.goods, seq)
                if self._held[fact.order]:
                    raise Violation(self.law, seq, f"{fact.order} is ready with goods still set aside")
            case OrderHandedOver():
                self._same(fact.order, (*fact.goods, *fact.kept_back), seq)
                bad = [x.lot for x in fact.goods if x.lot in self._recalled]
                if bad:
                    raise Violation(self.law, seq, f"{fact.order} was handed recalled lots {bad}")
                if fact.drop != "door":
                    self._waiting[fact.order] = None
            case DropCollected():
                if fact.order not in self._waiting:
                    raise Violation(self.law, seq, f"{fact.order} waits in no shared place")
                del self._waiting[fact.order]
            case LotRecalled():
                self._recalled[fact.lot] = None
            case _:
                pass

    def close(self, seq: int) -> None:
        """Nobody is left behind."""
        unfinished = {x: state for x, state in self._state.items() if state not in TERMINAL}
        if unfinished or self._waiting:
            raise Violation(self.law, seq, f"not finished: {unfinished}, not collected: {list(self._waiting)}")

    def _hold(self, order: OrderId, line: int, held: tuple[Parcel, ...]) -> None:
        rows = self._held[order]
        for x in held:
            rows[line, x.lot] = rows.get((line, x.lot), 0) + x.amount

    def _take(self, order: OrderId, line: int, lot: LotId, held: int, seq: int) -> None:
        if self._held.get(order, {}).pop((line, lot), None) != held:
            raise Violation(self.law, seq, f"{order}, line {line}: {held} of {lot} were not set aside for it")

    def _same(self, order: OrderId, goods: tuple[Parcel, ...], seq: int) -> None:
        told: dict[LotId, int] = {}
        for x in goods:
            told[x.lot] = told.get(x.lot, 0) + x.amount
        if told != self._bag.get(order, {}):
            raise Violation(self.law, seq, f"{order}: {told} is not what was picked, {self._bag.get(order)}")
