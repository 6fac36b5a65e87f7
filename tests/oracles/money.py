"""Prices as a cashier writes them down: exact decimals, halves up."""

from decimal import ROUND_HALF_UP, Decimal, localcontext


def half_up(numerator: int, denominator: int) -> int:
    """Divide on paper and round halves up."""
    with localcontext() as paper:
        paper.prec = 60
        return int((Decimal(numerator) / Decimal(denominator)).to_integral_value(rounding=ROUND_HALF_UP))


def goods_fen(amount: int, *, price_fen: int, sold_by: str) -> int:
    """Price packs, or grams at a price per kilogram."""
    return amount * price_fen if sold_by == "pack" else half_up(amount * price_fen, 1_000)
