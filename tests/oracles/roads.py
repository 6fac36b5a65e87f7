"""Travel times of `formats.md`, section 2, in exact decimals: no floating point, series of our own."""

from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Final

PI: Final = Decimal("3.14159265358979323846264338327950288419716939937510")
RADIUS_M: Final = Decimal("6371008.8")
DIGITS: Final = 45


def _sin(x: Decimal) -> Decimal:
    term = total = x
    n = 1
    while abs(term) > Decimal(10) ** -DIGITS:
        term = -term * x * x / ((n + 1) * (n + 2))
        total += term
        n += 2
    return total


def _asin_small(x: Decimal) -> Decimal:
    """Inverse sine of 0 to 0.5, by its power series."""
    term = total = x
    n = 1
    while term > Decimal(10) ** -DIGITS:
        term = term * x * x * n / (n + 1)
        n += 2
        total += term / n
    return total


def _radians(e6: int) -> Decimal:
    return Decimal(e6) / 1_000_000 * PI / 180


def metres(a: tuple[int, int], b: tuple[int, int]) -> Decimal:
    """Great-circle metres between two places in micro-degrees that are less than a third of the globe apart."""
    with localcontext() as paper:
        paper.prec = DIGITS + 5
        lat_a, lng_a, lat_b, lng_b = (_radians(x) for x in (*a, *b))
        half_pi = PI / 2
        h = (
            _sin((lat_b - lat_a) / 2) ** 2
            + _sin(half_pi - lat_a) * _sin(half_pi - lat_b) * _sin((lng_b - lng_a) / 2) ** 2
        )
        return 2 * RADIUS_M * _asin_small(h.sqrt())


def seconds(a: tuple[int, int], b: tuple[int, int], *, detour_e3: int, speed_mm_s: int) -> tuple[int, Decimal]:
    """Travel seconds, and how far the unrounded time is from where it would be rounded the other way."""
    with localcontext() as paper:
        paper.prec = DIGITS + 5
        shifted = Decimal(detour_e3) / 1_000 * metres(a, b) * 1_000 / speed_mm_s + Decimal("0.5")
        whole = shifted.to_integral_value(rounding=ROUND_FLOOR)
        return int(whole), min(shifted - whole, whole + 1 - shifted)
