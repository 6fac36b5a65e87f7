"""Chance as an argument."""

from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.chance import Chance

seeds = st.integers(-(2**63), 2**63)
paths = st.lists(st.text(max_size=6) | st.integers(0, 99), min_size=1, max_size=3).map(tuple)


@given(seeds, paths, paths, st.integers(0, 20))
def test_a_childs_stream_is_its_own(
    seed: int, path: tuple[str | int, ...], other: tuple[str | int, ...], draws: int
) -> None:
    """What a child draws depends on the seed and its path only, never on what was drawn elsewhere."""
    expected = [Chance(seed).child(*path).uniform() for _ in range(1)]
    tree = Chance(seed)
    for _ in range(draws):
        tree.uniform()
        tree.child(*other).uniform()
    child = tree.child(*path)
    tree.uniform()
    assert expected == [child.uniform()]


@given(seeds, paths)
def test_draws_lie_where_they_should(seed: int, path: tuple[str | int, ...]) -> None:
    """Uniform draws lie in [0, 1) and are whole multiples of 2**-53; no two of a hundred are the same."""
    stream = Chance(seed).child(*path)
    drawn = [stream.uniform() for _ in range(100)]
    assert all(0 <= x < 1 and (x * 2**53).is_integer() for x in drawn)
    assert 100 == len(set(drawn))


@given(seeds, st.integers(1, 2**60), st.integers(-(2**60), 2**60), st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_integers_lie_within_their_bounds(seed: int, end: int, low: int, weights: list[int]) -> None:
    """`below` is below, `between` between, `weighted` never draws a weight of 0, `happens` is sure at 0 and 1."""
    stream = Chance(seed)
    assert 0 <= stream.below(end) < end
    assert low <= stream.between(low, low + end) <= low + end
    assert not stream.happens(0)
    assert stream.happens(10_000)
    assert abs(stream.normal()) < 9
    if sum(weights):
        sums = [sum(weights[: n + 1]) for n in range(len(weights))]
        assert all(weights[stream.weighted(sums)] > 0 for _ in range(20))


@given(seeds, paths)
def test_a_stream_is_what_its_notes_say(seed: int, path: tuple[str | int, ...]) -> None:
    """Draw n of a stream is the keyed BLAKE2b hash of n, its first 53 bits."""
    stream = Chance(seed).child(*path)
    root = blake2b(str(seed).encode(), digest_size=16).digest()
    key = blake2b("\0".join(str(x) for x in path).encode(), digest_size=16, key=root).digest()
    for n in (1, 2, 3):
        bits = int.from_bytes(blake2b(n.to_bytes(8, "big"), digest_size=8, key=key).digest(), "big") >> 11
        assert bits / 2**53 == stream.uniform()


def test_a_slash_in_a_name_makes_no_other_path() -> None:
    """Ids come from files: "a/b" below "c" is not "a" below "b/c"."""
    assert Chance(1).child("a/b", "c").uniform() != Chance(1).child("a", "b/c").uniform()


def test_streams_never_change_silently() -> None:
    """The first draws of a few streams are frozen: another stream would be another day for every seed ever kept."""
    root, child, grand = Chance(7), Chance(7).child("couriers", 3), Chance(2020).child("a").child("b")
    drawn = [root.uniform(), root.uniform(), child.uniform(), grand.uniform()]
    assert FROZEN == [x.hex() for x in drawn]
    assert FROZEN_KINDS == [Chance(7).below(1_000_000), Chance(7).between(-5, 5), round(Chance(7).normal() * 10**9)]


def test_draws_are_spread_evenly() -> None:
    """Of 20,000 draws every tenth of [0, 1) gets its share within five standard deviations."""
    stream = Chance(1).child("even")
    counts = [0] * 10
    for _ in range(20_000):
        counts[int(stream.uniform() * 10)] += 1
    assert [] == [x for x in counts if abs(x - 2_000) > 5 * (20_000 * 0.1 * 0.9) ** 0.5]


FROZEN: list[str] = ["0x1.92808cdd4dd77p-1", "0x1.20323a9c9ed8ep-1", "0x1.c22d07e00acf4p-2", "0x1.e507f8b54c580p-8"]
FROZEN_KINDS: list[int] = [786137, 3, 793088987]
