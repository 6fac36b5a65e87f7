"""What each fact moves, as a table anyone can read: asset, amount, from, to."""

from collections.abc import Callable, Iterable
from typing import Any, Final

Row = tuple[str, int, str, str]


def _lot(fact: Any, amount: int, source: str, target: str) -> Row:
    return (f"lot:{fact.lot}", amount, source, target)


def _parcels(goods: Iterable[Any], source: str, target: str) -> list[Row]:
    return [(f"lot:{x.lot}", x.amount, source, target) for x in goods]


SAYS: Final[dict[str, Callable[[Any], list[Row]]]] = {
    "lot_shipped": lambda f: [_lot(f, f.amount, "supplier", "inbound")],
    "lot_received": lambda f: [_lot(f, f.amount, "inbound", "shelf")],
    "lot_returned": lambda f: [_lot(f, f.amount, "shelf", "returned_to_supplier")],
    "lot_wasted": lambda f: [_lot(f, f.amount, "shelf", "waste")],
    "lot_counted": lambda f: [
        _lot(f, f.lost, "shelf", "lost") if f.lost > 0 else _lot(f, -f.lost, "lost", "shelf"),
    ],
    "order_placed": lambda f: [y for x in f.lines for y in _parcels(x.held, "shelf", "reserved")],
    "order_cancelled": lambda f: _parcels(f.held, "reserved", "shelf"),
    "line_picked": lambda f: [
        _lot(f, f.amount, "reserved", "picked"),
        _lot(f, f.held - f.amount, "reserved", "shelf"),
    ],
    "line_missed": lambda f: [_lot(f, f.held, "reserved", "shelf")],
    "line_swapped": lambda f: _parcels(f.held, "shelf", "reserved"),
    "order_loaded": lambda f: _parcels(f.goods, "picked", "carried"),
    "order_handed_over": lambda f: [
        *_parcels(f.goods, "carried", "delivered"),
        *_parcels(f.kept_back, "carried", "returned_to_supplier"),
        ("fen", f.pay_fen, "revenue", "courier_pay"),
    ],
    "payment_authorised": lambda f: [("fen", f.amount_fen, "purse", "escrow")],
    "payment_voided": lambda f: [("fen", f.amount_fen, "escrow", "purse")],
    "payment_captured": lambda f: [
        ("fen", f.amount_fen, "escrow", "revenue"),
        ("fen", f.released_fen, "escrow", "purse"),
    ],
    "refund_due": lambda f: [("fen", f.amount_fen, "revenue", "refund_due")],
    "refund_paid": lambda f: [("fen", f.amount_fen, "refund_due", "purse")],
}
"""Facts that are not here move nothing."""


def says(name: str, fact: Any) -> list[Row]:
    """List what a fact of this name moves; nothing moves by zero."""
    return [x for x in SAYS.get(name, lambda _: [])(fact) if x[1] != 0]
