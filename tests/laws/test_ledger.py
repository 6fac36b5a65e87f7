"""Money and goods move, never appear."""

import contextlib
from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import LotId, SkuId
from doorstep.ledger import CLASS_OF, FEN, Balances, Overdrawn, lot_asset, transfers_of
from doorstep.model.facts import FACTS, NAMES, Fact
from doorstep.model.facts.goods import LotCounted
from doorstep.model.transfer import Account, Transfer
from tests.laws.made import FEW, amounts, moving_fact, of_type, transactions
from tests.oracles import ledger as paper
from tests.oracles import postings

transfers = st.builds(
    Transfer,
    st.integers(1, 20),
    st.sampled_from(["fen", "lot:A"]),
    st.sampled_from(["supplier", "shelf", "reserved", "escrow", "purse"]),
    st.sampled_from(["supplier", "shelf", "reserved", "escrow", "purse"]),
)
LOT = LotId("A")
blocks = st.lists(st.lists(transfers, min_size=1, max_size=4), max_size=12)


@given(blocks)
def test_a_block_of_transfers_moves_as_a_whole_or_not_at_all(rows: list[list[Transfer]]) -> None:
    """After every block the balances are those kept on paper, where a block that would overdraw was never written."""
    balances, books = Balances(), paper.Books()
    for block in rows:
        after = paper.post(books, block)
        if after is None:
            with pytest.raises(Overdrawn):
                balances.post(block)
        else:
            balances.post(block)
            books = after
        assert paper.as_dict(books) == balances.as_dict()
        for (asset, account), amount in books.items():
            assert amount == balances.of(asset, _account(account))


@given(blocks)
def test_nothing_appears_and_no_inside_account_owes(rows: list[list[Transfer]]) -> None:
    """Every asset sums to zero over all accounts, and no account inside our walls is ever below zero."""
    balances = Balances()
    for block in rows:
        with contextlib.suppress(Overdrawn):
            balances.post(block)
        for held in balances.as_dict().values():
            assert 0 == sum(held.values())
            assert [] == [x for x, amount in held.items() if amount < 0 and x in paper.INSIDE]


@given(blocks, st.lists(transfers, min_size=1, max_size=5))
def test_undo_restores(rows: list[list[Transfer]], last: list[Transfer]) -> None:
    """What was posted and taken back was never posted."""
    balances = Balances()
    for block in [*rows, last]:
        before = balances.as_dict()
        try:
            balances.post(block)
        except Overdrawn:
            continue
        balances.undo(block)
        assert before == balances.as_dict()
        balances.post(block)


def test_an_account_that_never_held_anything_holds_nothing() -> None:
    """Asking is free: an unknown asset or account holds 0 and is not kept."""
    balances = Balances()
    assert 0 == balances.of("lot:nowhere", "shelf")
    assert {} == balances.as_dict()
    assert [] == list(balances.assets())


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_fact_moves_what_it_says(name: str) -> None:
    """The transfers of every kind of fact are those of the written table, in its order."""

    @FEW
    @given(of_type(FACTS[name], amounts).filter(lambda x: name != "line_picked" or x.amount <= x.held))
    def law(fact: Fact) -> None:
        moved = [(x.asset, x.amount, x.source, x.target) for x in transfers_of(fact)]
        assert postings.says(name, fact) == moved

    law()


@given(st.integers(-20, 20), st.integers(0, 40), st.integers(0, 40))
def test_a_count_books_losses_and_finds(lost: int, booked: int, found: int) -> None:
    """What is lost leaves the shelf, what turns up comes back onto it, and no difference moves nothing."""
    fact = LotCounted(lot=LOT, sku=SkuId("S"), booked=booked, found=found, lost=lost, cause="cycle_count")
    expected = () if not lost else _shelf_and_lost(lost)
    assert expected == transfers_of(fact)


@given(moving_fact)
def test_transfers_move_something_between_known_accounts(fact: Fact) -> None:
    """Amounts are above zero, assets are fen or a lot, every account has a class."""
    for x in transfers_of(fact):
        assert x.amount > 0
        assert x.asset == FEN or x.asset.startswith("lot:")
        assert {x.source, x.target} <= set(CLASS_OF)


@given(transactions)
def test_no_fact_makes_anything_out_of_nothing(rows: list[list[Fact]]) -> None:
    """Whatever facts are posted, every asset sums to zero over all accounts."""
    balances = Balances()
    for fact in (x for block in rows for x in block):
        try:
            balances.post(transfers_of(fact))
        except Overdrawn:
            continue
    assert {} == {asset: held for asset, held in balances.as_dict().items() if sum(held.values())}


def test_every_account_has_a_class_and_every_fact_a_name() -> None:
    """The accounts with a class are all accounts there are; facts and their names are one to one."""
    assert set(get_args(Account)) == set(CLASS_OF)
    assert set(paper.INSIDE) == {x for x, kind in CLASS_OF.items() if kind != "outside"}
    assert {kind: name for name, kind in FACTS.items()} == NAMES
    assert set(postings.SAYS) <= set(FACTS)


def _account(name: str) -> Account:
    return next(x for x in CLASS_OF if x == name)


def _shelf_and_lost(lost: int) -> Sequence[Transfer]:
    if lost > 0:
        return (Transfer(lost, lot_asset(LOT), "shelf", "lost"),)
    return (Transfer(-lost, lot_asset(LOT), "lost", "shelf"),)
