"""Rounding, prices and shares."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.units import SoldBy, goods_fen, goods_per_unit, half_up, share_bp
from tests.oracles import money

sold_bys: st.SearchStrategy[SoldBy] = st.sampled_from(["pack", "g"])
big = st.integers(0, 10**15)


@given(big, st.integers(1, 10**9))
def test_halves_are_rounded_up(numerator: int, denominator: int) -> None:
    """Half up is what decimals on paper give, and never further than a half from the fraction."""
    rounded = half_up(numerator, denominator)
    assert money.half_up(numerator, denominator) == rounded
    assert Fraction(-1, 2) < rounded - Fraction(numerator, denominator) <= Fraction(1, 2)


@given(big, st.integers(1, 10**9))
def test_an_exact_half_goes_up(whole: int, part: int) -> None:
    """A whole and a half is the next whole, whether the whole is even or odd and however large."""
    assert whole + 1 == half_up((2 * whole + 1) * part, 2 * part)
    assert whole == half_up((2 * whole + 1) * part - 1, 2 * part)


@given(st.integers(0, 10**6), st.integers(0, 10**6), sold_bys)
def test_a_price_is_exact_to_the_fen(amount: int, price_fen: int, sold_by: SoldBy) -> None:
    """Packs cost their price each, grams a thousandth of the price of a kilogram, rounded once."""
    assert money.goods_fen(amount, price_fen=price_fen, sold_by=sold_by) == goods_fen(
        amount, price_fen=price_fen, sold_by=sold_by
    )
    assert money.goods_fen(amount, price_fen=price_fen, sold_by=sold_by) == goods_per_unit(
        amount, per_unit=price_fen, sold_by=sold_by
    )


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), sold_bys)
def test_more_never_costs_less(amount: int, more: int, price_fen: int, sold_by: SoldBy) -> None:
    """A price grows with the amount and with the price of one."""
    low, high = sorted((amount, more))
    assert goods_fen(low, price_fen=price_fen, sold_by=sold_by) <= goods_fen(
        high, price_fen=price_fen, sold_by=sold_by
    )
    assert goods_fen(price_fen, price_fen=low, sold_by=sold_by) <= goods_fen(
        price_fen, price_fen=high, sold_by=sold_by
    )


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_share_lies_between_nothing_and_all(part: int, whole: int) -> None:
    """A part of a whole is 0 to 10,000 basis points; of nothing it is 0; all of something is 10,000."""
    low, high = sorted((part, whole))
    assert (money.half_up(low * 10_000, high) if high else 0) == share_bp(low, high)
    assert 0 <= share_bp(low, high) <= 10_000
    assert (10_000 if high else 0) == share_bp(high, high)
