"""Which lot leaves first."""

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import LotId, SkuId
from doorstep.core.stock import Allotment, Short
from doorstep.core.stock.allot import pick_fefo
from doorstep.core.stock.shelf import ShelfLot
from doorstep.model.goods import Parcel
from tests.laws.made import shelf_of
from tests.oracles import fefo as oracle

SKU = SkuId("S1")


@st.composite
def shelves(draw: st.DrawFn) -> list[ShelfLot]:
    lots = []
    for n in range(draw(st.integers(0, 7))):
        lot = ShelfLot(LotId(f"L{n}"), SKU, sell_by_s=draw(st.integers(0, 5)), free=draw(st.integers(0, 8)))
        lot.blocked = draw(st.integers(0, 4)) == 0
        lots.append(lot)
    return list(draw(st.permutations(lots)))


takens = st.dictionaries(st.sampled_from([LotId(f"L{n}") for n in range(7)]), st.integers(0, 8))
wanteds, goods_until = st.integers(1, 40), st.integers(0, 6)


@given(shelves(), wanteds, goods_until, takens)
def test_a_line_is_filled_as_if_unit_by_unit_from_a_sorted_row(
    lots: list[ShelfLot], wanted: int, good_until_s: int, taken: dict[LotId, int]
) -> None:
    """Picks equal the front of the row of single units by sell-by and lot; Short says how long the row was."""
    slow = oracle.fefo(lots, wanted=wanted, good_until_s=good_until_s, taken=taken)
    fast = pick_fefo(lots, wanted=wanted, good_until_s=good_until_s, taken=taken)
    if isinstance(slow, int):
        assert Short(wanted=wanted, had=slow) == fast
    else:
        assert tuple(Parcel(lot, amount) for lot, amount in slow) == fast


@given(shelves(), wanteds, goods_until, takens)
def test_nothing_fresher_leaves_while_something_older_could(
    lots: list[ShelfLot], wanted: int, good_until_s: int, taken: dict[LotId, int]
) -> None:
    """What stays behind and could still have been sold never expires before what left, and sums are exact."""
    picks = pick_fefo(lots, wanted=wanted, good_until_s=good_until_s, taken=taken)
    if isinstance(picks, Short):
        return
    assert wanted == sum(x.amount for x in picks)
    by_lot = {x.lot: x for x in lots}
    left = {x.lot: x.free - taken.get(x.lot, 0) for x in lots}
    for x in picks:
        assert not by_lot[x.lot].blocked
        assert by_lot[x.lot].sell_by_s >= good_until_s
        left[x.lot] -= x.amount
        assert left[x.lot] >= 0
    freshest = max((by_lot[x.lot].sell_by_s, x.lot) for x in picks)
    stayed = [(x.sell_by_s, x.lot) for x in lots if left[x.lot] > 0 and not x.blocked and x.sell_by_s >= good_until_s]
    assert [] == [x for x in stayed if x < freshest]


@given(shelves(), wanteds, goods_until)
def test_the_order_of_the_shelf_does_not_matter(lots: list[ShelfLot], wanted: int, good_until_s: int) -> None:
    """The same lots in another order give the same picks: ties break by lot id."""
    again = sorted(lots, key=lambda x: x.lot, reverse=True)
    expected = pick_fefo(lots, wanted=wanted, good_until_s=good_until_s)
    assert expected == pick_fefo(again, wanted=wanted, good_until_s=good_until_s)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=5), st.lists(st.integers(1, 12), max_size=8))
def test_one_decision_never_takes_a_unit_twice(rows: list[tuple[int, int]], lines: list[int]) -> None:
    """Over all lines of one decision no lot gives more than it has, and what is given back can be taken again."""
    shelf = shelf_of([(f"L{n}", SKU, amount, sell_by_s) for n, (amount, sell_by_s) in enumerate(rows)])
    holds = Allotment(shelf)
    taken: dict[LotId, int] = {}
    for wanted in lines:
        could = sum(amount for amount, _ in rows) - sum(taken.values())
        picks = holds.take(SKU, wanted=wanted, due_s=0, min_life_s=0)
        if isinstance(picks, Short):
            assert Short(wanted=wanted, had=could) == picks
            continue
        holds.give_back(picks)
        assert picks == holds.take(SKU, wanted=wanted, due_s=0, min_life_s=0)
        for x in picks:
            taken[x.lot] = taken.get(x.lot, 0) + x.amount
    for lot, amount in taken.items():
        assert amount <= shelf.lots[lot].free
    assert [x[0] for x in rows] == [x.free for x in shelf.lots.values()], "a decision changes no shelf"


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 4)), min_size=1, max_size=5), st.integers(0, 4))
def test_what_is_free_is_exactly_what_could_be_taken(rows: list[tuple[int, int]], due_s: int) -> None:
    """All that `free_of` counts can be taken, and not one unit more."""
    shelf = shelf_of([(f"L{n}", SKU, amount, sell_by_s) for n, (amount, sell_by_s) in enumerate(rows)])
    free = shelf.free_of(SKU, due_s=due_s, min_life_s=1)
    assert Short(wanted=free + 1, had=free) == Allotment(shelf).take(SKU, wanted=free + 1, due_s=due_s, min_life_s=1)
    if free:
        picks = Allotment(shelf).take(SKU, wanted=free, due_s=due_s, min_life_s=1)
        assert isinstance(picks, tuple)
        assert free == sum(x.amount for x in picks)


def test_the_lot_just_found_missing_is_avoided() -> None:
    """Goods are not looked for again where somebody has just not found them, whatever the books say."""
    shelf = shelf_of([("L0", SKU, 5, 1), ("L1", SKU, 5, 2)])
    picks = Allotment(shelf, avoid=LotId("L0")).take(SKU, wanted=3, due_s=0, min_life_s=0)
    assert (Parcel(LotId("L1"), 3),) == picks
