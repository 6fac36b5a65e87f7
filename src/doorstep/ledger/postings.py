"""What each fact moves: the one place where a fact becomes transfers."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from doorstep.base.ids import LotId
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotCounted, LotReceived, LotReturned, LotShipped, LotWasted
from doorstep.model.facts.money import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentVoided,
    RefundDue,
    RefundPaid,
)
from doorstep.model.facts.orders import (
    OrderCancelled,
    OrderHandedOver,
    OrderLoaded,
    OrderPlaced,
)
from doorstep.model.facts.work import LineMissed, LinePicked, LineSwapped
from doorstep.model.goods import Parcel
from doorstep.model.transfer import Account, Transfer

FEN: Final = "fen"


@lru_cache(maxsize=65_536)
def lot_asset(lot: LotId) -> str:
    """Name of a lot in the books."""
    return f"lot:{lot}"


def transfers_of(fact: Fact) -> tuple[Transfer, ...]:
    """
    Say what a fact moves.

    Returns
    -------
    Transfers with amounts above zero, in the fact's own order; empty where nothing moves.

    Notes
    -----
    A function of the fact alone: whoever holds a journal can derive every transfer again and compare.
    """
    rule = _RULES.get(type(fact))
    return tuple(x for x in rule(fact) if x.amount) if rule else ()


def _goods(parcels: Iterable[Parcel], source: Account, target: Account) -> Iterable[Transfer]:
    return (Transfer(x.amount, lot_asset(x.lot), source, target) for x in parcels)


def _lot(lot: LotId, amount: int, source: Account, target: Account) -> Transfer:
    return Transfer(amount, lot_asset(lot), source, target)


def _shipped(fact: LotShipped) -> Iterable[Transfer]:
    return (_lot(fact.lot, fact.amount, "supplier", "inbound"),)


def _received(fact: LotReceived) -> Iterable[Transfer]:
    return (_lot(fact.lot, fact.amount, "inbound", "shelf"),)


def _returned(fact: LotReturned) -> Iterable[Transfer]:
    return (_lot(fact.lot, fact.amount, "shelf", "returned_to_supplier"),)


def _counted(fact: LotCounted) -> Iterable[Transfer]:
    if fact.lost >= 0:
        return (_lot(fact.lot, fact.lost, "shelf", "lost"),)
    return (_lot(fact.lot, -fact.lost, "lost", "shelf"),)


def _wasted(fact: LotWasted) -> Iterable[Transfer]:
    return (_lot(fact.lot, fact.amount, "shelf", "waste"),)


def _placed(fact: OrderPlaced) -> Iterable[Transfer]:
    return (x for line in fact.lines for x in _goods(line.held, "shelf", "reserved"))


def _cancelled(fact: OrderCancelled) -> Iterable[Transfer]:
    return _goods(fact.held, "reserved", "shelf")


def _picked(fact: LinePicked) -> Iterable[Transfer]:
    return (
        _lot(fact.lot, fact.amount, "reserved", "picked"),
        _lot(fact.lot, fact.held - fact.amount, "reserved", "shelf"),
    )


def _missed(fact: LineMissed) -> Iterable[Transfer]:
    return (_lot(fact.lot, fact.held, "reserved", "shelf"),)


def _swapped(fact: LineSwapped) -> Iterable[Transfer]:
    return _goods(fact.held, "shelf", "reserved")


def _loaded(fact: OrderLoaded) -> Iterable[Transfer]:
    return _goods(fact.goods, "picked", "carried")


def _handed_over(fact: OrderHandedOver) -> Iterable[Transfer]:
    yield from _goods(fact.goods, "carried", "delivered")
    yield from _goods(fact.kept_back, "carried", "returned_to_supplier")
    yield Transfer(fact.pay_fen, FEN, "revenue", "courier_pay")


def _authorised(fact: PaymentAuthorised) -> Iterable[Transfer]:
    return (Transfer(fact.amount_fen, FEN, "purse", "escrow"),)


def _voided(fact: PaymentVoided) -> Iterable[Transfer]:
    return (Transfer(fact.amount_fen, FEN, "escrow", "purse"),)


def _captured(fact: PaymentCaptured) -> Iterable[Transfer]:
    return (
        Transfer(fact.amount_fen, FEN, "escrow", "revenue"),
        Transfer(fact.released_fen, FEN, "escrow", "purse"),
    )


def _refund_due(fact: RefundDue) -> Iterable[Transfer]:
    return (Transfer(fact.amount_fen, FEN, "revenue", "refund_due"),)


def _refund_paid(fact: RefundPaid) -> Iterable[Transfer]:
    return (Transfer(fact.amount_fen, FEN, "refund_due", "purse"),)


_MONEY: Final[dict[type[Fact], Callable[..., Iterable[Transfer]]]] = {
    PaymentAuthorised: _authorised,
    PaymentVoided: _voided,
    PaymentCaptured: _captured,
    RefundDue: _refund_due,
    RefundPaid: _refund_paid,
}
_GOODS: Final[dict[type[Fact], Callable[..., Iterable[Transfer]]]] = {
    LotShipped: _shipped,
    LotReceived: _received,
    LotReturned: _returned,
    LotCounted: _counted,
    LotWasted: _wasted,
    OrderPlaced: _placed,
    OrderCancelled: _cancelled,
    LinePicked: _picked,
    LineMissed: _missed,
    LineSwapped: _swapped,
    OrderLoaded: _loaded,
    OrderHandedOver: _handed_over,
}
_RULES: Final = {**_GOODS, **_MONEY}

MOVES_GOODS: Final = frozenset(_GOODS)
"""The facts that move goods (a handover also moves a courier's pay)."""
