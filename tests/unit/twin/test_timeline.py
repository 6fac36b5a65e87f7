"""The twin's clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.twin.timeline import Happening, Timeline


class Bell(Happening, frozen=True):
    """Something that happens."""

    number: int


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=20), st.integers(0, 6))
def test_what_happens_is_in_order_of_time_priority_and_birth(rows: list[tuple[int, int]], until_s: int) -> None:
    """Instants first, then the lower priority, then who was born first; up to and with `until_s`, then the rest."""
    timeline = Timeline(0)
    for number, (at_s, priority) in enumerate(rows):
        timeline.add(at_s, Bell(number), priority=priority)
    expected = [(at_s, n) for at_s, _, n in sorted((at_s, priority, n) for n, (at_s, priority) in enumerate(rows))]
    heard = []
    for end_s in (until_s, None):
        while (bell := timeline.next(until_s=end_s)) is not None:
            assert isinstance(bell, Bell)
            heard.append((timeline.now_s, bell.number))
        if end_s is not None:
            assert [x for x in expected if x[0] <= until_s] == heard
    assert expected == heard


def test_the_past_cannot_be_changed() -> None:
    """What is added for this very instant still happens; what is added for before is a bug."""
    timeline = Timeline(10)
    timeline.add(10, Bell(1))
    assert Bell(1) == timeline.next()
    timeline.add(10, Bell(2))
    with pytest.raises(AssertionError, match="past"):
        timeline.add(9, Bell(3))
    assert Bell(2) == timeline.next()
    assert timeline.next() is None
    assert 10 == timeline.now_s
