"""When a sku's shelf was empty: told by a watch, and by asking every second."""

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import LotId
from doorstep.core.history.shelf import Watch

END_S = 100
lots = st.lists(st.integers(-10, 120), min_size=1, max_size=3)
moves = st.lists(
    st.tuples(st.integers(0, 110), st.integers(0, 2), st.sampled_from(["in", "out", "block"])), max_size=12
)


@given(lots, moves)
def test_a_gap_is_every_second_without_anything_to_sell(until_s: list[int], done: list[tuple[int, int, str]]) -> None:
    """Asked second by second, the slow way: what lies there, is not blocked, and may still be sold."""
    watch = Watch(0, END_S)
    for n, x in enumerate(until_s):
        watch.receive(LotId(f"{n}"), until_s=x)
    free = [0] * len(until_s)
    blocked: set[int] = set()
    seconds: list[bool] = []
    for at_s, which, what in [*sorted(done, key=lambda x: x[0]), (200, 0, "end")]:
        while len(seconds) < min(at_s, END_S):
            now_s = len(seconds)
            seconds.append(any(free[n] and n not in blocked and now_s <= x for n, x in enumerate(until_s)))
        n = which % len(until_s)
        if what == "block":
            watch.block(LotId(f"{n}"), at_s=at_s)
            blocked.add(n)
        elif what == "in" or (what == "out" and free[n]):
            amount = 1 if what == "in" else -1
            watch.move(LotId(f"{n}"), amount, at_s=at_s)
            free[n] += amount
    watch.look(END_S)
    told = [not any(start <= x < end for start, end in watch.gaps) for x in range(END_S)]
    assert seconds == told
    assert all(start < end for start, end in watch.gaps)
    assert watch.gaps == sorted(watch.gaps)


def test_what_sells_out_and_comes_in_the_same_second_is_no_gap() -> None:
    """An empty shelf that nobody could have seen is not empty."""
    watch = Watch(0, END_S)
    watch.receive(LotId("a"), until_s=1_000)
    watch.move(LotId("a"), 1, at_s=-5)
    watch.move(LotId("a"), -1, at_s=50)
    watch.move(LotId("a"), 1, at_s=50)
    watch.look(END_S)
    assert [] == watch.gaps
