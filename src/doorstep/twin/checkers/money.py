"""Every fen: captured once, at the weights that were weighed, given back only for a reason."""

from typing import ClassVar

from doorstep.app.certificate import Violation
from doorstep.base.ids import LotId, OrderId, RefundId, SkuId
from doorstep.base.units import SoldBy, half_up
from doorstep.journal import Entry
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotRecalled, LotReceived
from doorstep.model.facts.money import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentVoided,
    RefundDue,
    RefundPaid,
    StatementRead,
)
from doorstep.model.facts.orders import ClaimMade, OrderHandedOver, OrderPacked, OrderPlaced
from doorstep.model.facts.site import SkuListed
from doorstep.model.facts.work import LinePicked, LineSwapped
from doorstep.twin.bank import Bank
from doorstep.twin.rack import Rack


class MoneyLaw:
    """
    Captured = the lines at the weighed grams and quoted prices, plus the fee; once an order.

    A refund has its claim, its recalled lot or its lateness in the record before it, is paid once, and no order gets
    back more than it paid. The gateway's statement, read at the close, is the same numbers.
    """

    law = "money"
    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            ClaimMade,
            LinePicked,
            LineSwapped,
            LotRecalled,
            LotReceived,
            OrderHandedOver,
            OrderPacked,
            OrderPlaced,
            PaymentAuthorised,
            PaymentCaptured,
            PaymentVoided,
            RefundDue,
            RefundPaid,
            SkuListed,
            StatementRead,
        }
    )

    def __init__(self) -> None:
        self._sold_by: dict[SkuId, SoldBy] = {}
        self._lot_sku: dict[LotId, SkuId] = {}
        self._price: dict[tuple[OrderId, int, LotId], int] = {}
        self._due: dict[OrderId, int] = {}
        self._line_e3: dict[tuple[OrderId, int], int] = {}
        self._packed: dict[OrderId, int] = {}
        self._held: dict[OrderId, int] = {}
        self._captured: dict[OrderId, int] = {}
        self._refunds: dict[RefundId, int] = {}
        self._refunded: dict[OrderId, int] = {}
        self._paid: dict[RefundId, int] = {}
        self._reasons: dict[tuple[str, str], OrderId | None] = {}
        self._used: dict[tuple[str, str, OrderId, int], None] = {}

    def see(self, entry: Entry) -> None:
        """Check one fact."""
        fact, seq = entry.fact, entry.seq
        match fact:
            case SkuListed():
                self._sold_by[fact.sku] = fact.sold_by
            case LotReceived():
                self._lot_sku[fact.lot] = fact.sku
            case OrderPlaced():
                self._due[fact.order] = fact.fee_fen
                for line in fact.lines:
                    for x in line.held:
                        self._price[fact.order, line.line, x.lot] = line.price_fen
            case LineSwapped():
                for x in fact.held:
                    self._price[fact.order, fact.line, x.lot] = fact.price_fen
            case LinePicked():
                price = self._price[fact.order, fact.line, fact.lot]
                # In thousandths of a fen, so that a line out of several lots is rounded once.
                whole = 1_000 if self._sold_by[self._lot_sku[fact.lot]] == "pack" else 1
                before = self._line_e3.get((fact.order, fact.line), 0)
                after = self._line_e3[fact.order, fact.line] = before + fact.amount * price * whole
                self._due[fact.order] += half_up(after, 1_000) - half_up(before, 1_000)
            case OrderPacked():
                self._packed[fact.order] = fact.due_fen
                if fact.due_fen != self._due[fact.order]:
                    text = f"{fact.order} is charged {fact.due_fen}, its lines cost {self._due[fact.order]}"
                    raise Violation(self.law, seq, text)
            case PaymentAuthorised():
                self._held[fact.order] = fact.amount_fen
            case PaymentCaptured():
                self._capture(fact, seq)
            case PaymentVoided():
                if fact.amount_fen != self._held.pop(fact.order, 0):
                    raise Violation(self.law, seq, f"{fact.order}: another sum was given back than was held")
            case ClaimMade():
                self._reasons["claim", fact.claim] = fact.order
            case LotRecalled():
                self._reasons["recall", fact.lot] = None
            case OrderHandedOver() if fact.late_s > 0:
                self._reasons["late", fact.order] = fact.order
            case RefundDue():
                self._refund(fact, seq)
            case RefundPaid():
                self._refund_paid(fact, seq)
            case StatementRead():
                self._statement(fact, seq)
            case _:
                pass

    def close(self, seq: int) -> None:
        """Everything packed was captured, everything due was paid."""
        uncaptured = [x for x in self._packed if x not in self._captured]
        unpaid = [x for x in self._refunds if x not in self._paid]
        if uncaptured or unpaid or self._held:
            raise Violation(
                self.law, seq, f"left open: captures {uncaptured}, refunds {unpaid}, holds {list(self._held)}"
            )

    def _capture(self, fact: PaymentCaptured, seq: int) -> None:
        if fact.order in self._captured:
            raise Violation(self.law, seq, f"{fact.order} is captured twice")
        if fact.amount_fen != self._packed.get(fact.order):
            raise Violation(
                self.law, seq, f"{fact.order} pays {fact.amount_fen}, {self._packed.get(fact.order)} was due"
            )
        if fact.amount_fen + fact.released_fen != self._held.pop(fact.order, None):
            raise Violation(self.law, seq, f"{fact.order}: capture and release are not what was held")
        self._captured[fact.order] = fact.amount_fen

    def _refund(self, fact: RefundDue, seq: int) -> None:
        about = self._reasons.get((fact.cause, fact.ref), "nothing")
        if about == "nothing" or (about is not None and about != fact.order):
            raise Violation(self.law, seq, f"{fact.refund} has no {fact.cause} {fact.ref} in the record")
        if fact.refund in self._refunds:
            raise Violation(self.law, seq, f"{fact.refund} is due twice")
        reason = (fact.cause, fact.ref, fact.order, fact.line)
        if reason in self._used:
            raise Violation(self.law, seq, f"{fact.order} is refunded twice for the same {fact.cause}")
        self._used[reason] = None
        self._refunds[fact.refund] = fact.amount_fen
        given = self._refunded.get(fact.order, 0) + fact.amount_fen
        self._refunded[fact.order] = given
        if given > self._packed.get(fact.order, 0):
            raise Violation(self.law, seq, f"{fact.order} gets back {given}, more than it pays")

    def _refund_paid(self, fact: RefundPaid, seq: int) -> None:
        if fact.refund in self._paid or self._refunds.get(fact.refund) != fact.amount_fen:
            raise Violation(self.law, seq, f"{fact.refund} was not due like this, or is paid twice")
        self._paid[fact.refund] = fact.amount_fen

    def _statement(self, fact: StatementRead, seq: int) -> None:
        books = (sum(self._held.values()), sum(self._captured.values()), sum(self._paid.values()))
        bank = (fact.held_fen, fact.captured_fen, fact.refunded_fen)
        if books != bank or fact.orders != len(self._captured):
            raise Violation(self.law, seq, f"held, captured, refunded are {books} in the books, {bank} at the gateway")


class MoneyCheck:
    """The gateway's own books against ours, whenever no call is without an answer."""

    law = "gateway"

    def __init__(self) -> None:
        self._captured: dict[str, int] = {}
        self._paid: dict[str, int] = {}
        self._seq = 0

    def see(self, entry: Entry, digest: str) -> None:
        """Follow our books."""
        del digest
        self._seq = entry.seq
        match entry.fact:
            case PaymentCaptured() as fact:
                self._captured[fact.order] = fact.amount_fen
            case RefundPaid() as fact:
                self._paid[fact.refund] = fact.amount_fen
            case _:
                pass

    def look(self, rack: Rack, bank: Bank, *, full: bool) -> None:
        """Check that the gateway did what we booked. It may have done more: then an answer is missing."""
        del rack
        if not full:
            return
        for order, fen in self._captured.items():
            if bank.captured.get(order) != fen:
                raise Violation(
                    self.law,
                    self._seq,
                    f"{order}: {fen} captured in the books, {bank.captured.get(order)} at the gateway",
                )
        for refund, fen in self._paid.items():
            if bank.refunded.get(refund, ("", None))[1] != fen:
                raise Violation(self.law, self._seq, f"{refund} is paid in the books, not at the gateway")

    def closed(self, rack: Rack, bank: Bank) -> None:
        """At the close both know the same: every capture, every refund, and nothing is held any more."""
        del rack
        refunded = {key: fen for key, (_, fen) in bank.refunded.items()}
        if (self._captured, self._paid, {}) != (bank.captured, refunded, bank.held):
            raise Violation(self.law, self._seq, "the gateway's own books are not ours at the close")
