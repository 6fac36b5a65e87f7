"""How shoppers react to a quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.twin.reaction import ReactionParams, stays

PARAMS = ReactionParams()
waits, missings, dearers = st.integers(0, 20_000), st.integers(0, 10_000), st.integers(-10_000, 10_000_000)


def probability(wait_s: int, missing_bp: int, dearer_bp: int) -> float:
    return stays(wait_s=wait_s, missing_bp=missing_bp, dearer_bp=dearer_bp, params=PARAMS)[0]


@given(waits, missings, dearers, waits, missings, dearers)
def test_later_emptier_or_dearer_never_keeps_more_shoppers(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    """The probability of staying falls in wait, missing and price each, and is always one."""
    better = probability(min(a, d), min(b, e), min(c, f))
    assert 0 <= probability(max(a, d), max(b, e), max(c, f)) <= better < 1


@pytest.mark.parametrize(
    ("wait_s", "missing_bp", "dearer_bp", "percent", "cause"),
    [
        (1_800, 0, 0, 97, "other"),
        (0, 0, -5_000, 97, "other"),
        (3_600, 0, 0, 88, "promise"),
        (5_400, 0, 0, 62, "promise"),
        (1_800, 2_000, 0, 90, "missing"),
        (1_800, 0, 1_000, 94, "price"),
    ],
)
def test_the_curve_is_the_documented_one(
    wait_s: int, missing_bp: int, dearer_bp: int, percent: int, cause: str
) -> None:
    """Log-odds of 3.5 less what wait, missing and price take, as computed by hand; the cause is what weighs most."""
    chance, worst = stays(wait_s=wait_s, missing_bp=missing_bp, dearer_bp=dearer_bp, params=PARAMS)
    assert (percent, cause) == (round(100 * chance), worst)
