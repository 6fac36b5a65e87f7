"""The twin's payment gateway."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.chance import Chance
from doorstep.base.errors import GatewayTimeout
from doorstep.model.money import Statement
from doorstep.twin.bank import Bank


def insist(call: Callable[[], object]) -> int:
    """Call until there is an answer; return how often there was none."""
    for turn in range(1_000):
        try:
            call()
        except GatewayTimeout:
            continue
        return turn
    raise AssertionError("the line is dead")


@given(st.integers(0, 10**6), st.sampled_from([0, 3_000, 7_000]), st.lists(st.integers(0, 3), max_size=12))
def test_a_gateway_acts_at_most_once_a_key(seed: int, timeout_bp: int, asked: list[int]) -> None:
    """However often a call is made and however often it got no answer, money moves once for each key."""
    bank = Bank(Chance(seed), decline_bp=0, timeout_bp=timeout_bp)
    silent = 0
    for n in (*range(4), *asked):
        key = f"O{n}"
        silent += insist(lambda key=key: bank.authorise(key, amount_fen=1_000, now_s=0))  # type: ignore[misc] # bound now
    for n in asked:
        key = f"O{n}"
        silent += insist(lambda key=key: bank.capture(key, amount_fen=700, now_s=0))  # type: ignore[misc] # bound now
        for _ in range(2):
            silent += insist(
                lambda key=key: bank.refund(f"{key}-r1", order=key, amount_fen=300, now_s=0)  # type: ignore[misc] # bound now
            )
    taken = len(set(asked))
    assert Statement(
        held_fen=1_000 * (4 - taken), captured_fen=700 * taken, refunded_fen=300 * taken, orders=taken
    ) == bank.statement(now_s=0)
    assert timeout_bp > 0 or silent == 0


@given(st.integers(0, 10**6), st.booleans())
def test_a_voided_key_never_holds_money_again(seed: int, before: bool) -> None:
    """Whether the void comes after the hold or before it, nothing is held under its key from then on."""
    bank = Bank(Chance(seed), decline_bp=0, timeout_bp=4_000)
    if before:
        insist(lambda: bank.authorise("O1", amount_fen=500, now_s=0))
    insist(lambda: bank.void("O1", now_s=0))
    insist(lambda: bank.void("O1", now_s=0))
    insist(lambda: bank.authorise("O1", amount_fen=500, now_s=0))
    assert Statement(held_fen=0, captured_fen=0, refunded_fen=0, orders=0) == bank.statement(now_s=0)


def test_a_declined_payment_stays_declined() -> None:
    """The same key gets the same answer, and nothing is held."""
    bank = Bank(Chance(1), decline_bp=10_000, timeout_bp=0)
    assert [False, False] == [bank.authorise("O1", amount_fen=500, now_s=x) for x in (0, 60)]
    assert 0 == bank.statement(now_s=0).held_fen


def test_nobody_takes_more_than_is_held_or_gives_back_more_than_was_taken() -> None:
    """The gateway itself would stop us: a capture above its hold or refunds above the capture are bugs."""
    bank = Bank(Chance(1), decline_bp=0, timeout_bp=0)
    bank.authorise("O1", amount_fen=500, now_s=0)
    with pytest.raises(AssertionError, match="hold"):
        bank.capture("O1", amount_fen=501, now_s=0)
    bank.capture("O1", amount_fen=400, now_s=0)
    bank.refund("r1", order="O1", amount_fen=300, now_s=0)
    with pytest.raises(AssertionError, match="more than they paid"):
        bank.refund("r2", order="O1", amount_fen=101, now_s=0)
    assert Statement(held_fen=0, captured_fen=400, refunded_fen=300, orders=1) == bank.statement(now_s=0)
