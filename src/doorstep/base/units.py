"""Integer arithmetic on money, mass, volume and ratios. Facts hold integers; nothing here returns a float."""

from typing import Final, Literal

SoldBy = Literal["pack", "g"]
Zone = Literal["ambient", "chilled", "frozen"]
ZONES: Final[tuple[Zone, ...]] = ("ambient", "chilled", "frozen")

HOUR_S: Final = 3_600
DAY_S: Final = 86_400
ONE_BP: Final = 10_000  # basis points in one
GRAMS_PER_KG: Final = 1_000


def half_up(numerator: int, denominator: int) -> int:
    """
    Divide two non-negative integers, rounding halves up.

    Bankers' rounding would give two shoppers with the same weight different prices.
    """
    assert numerator >= 0, "amounts are not negative"
    assert denominator > 0, "a divisor is positive"
    return (2 * numerator + denominator) // (2 * denominator)


def goods_fen(amount: int, *, price_fen: int, sold_by: SoldBy) -> int:
    """
    Price `amount` of a sku, in fen.

    Parameters
    ----------
    amount
        Packs, or grams where `sold_by` is ``"g"``.
    price_fen
        Fen per pack, or per kilogram where `sold_by` is ``"g"``.
    """
    return amount * price_fen if sold_by == "pack" else half_up(amount * price_fen, GRAMS_PER_KG)


def goods_per_unit(amount: int, *, per_unit: int, sold_by: SoldBy) -> int:
    """Mass (g) or volume (ml) of `amount`, where `per_unit` is per pack, or per kilogram for weighed goods."""
    return amount * per_unit if sold_by == "pack" else half_up(amount * per_unit, GRAMS_PER_KG)


def share_bp(part: int, whole: int) -> int:
    """Part of a whole in basis points, rounded half up; an empty whole counts as 0."""
    return half_up(part * ONE_BP, whole) if whole > 0 else 0
