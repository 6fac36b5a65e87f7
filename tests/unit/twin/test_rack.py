"""The physical world of goods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import LotId, OrderId
from doorstep.model.goods import Parcel
from doorstep.twin.rack import Rack

LOTS = [LotId("A"), LotId("B")]
lots, some = st.sampled_from(LOTS), st.integers(1, 9)
hands = st.lists(
    st.tuples(st.sampled_from(["unload", "bag", "mis_scan", "box", "door", "remove", "steal"]), lots, some),
    max_size=30,
)


@given(hands)
def test_things_go_from_place_to_place_and_nowhere_else(moves: list[tuple[str, LotId, int]]) -> None:
    """Whatever hands do, unloaded = rack + bags + boxes + doors + removed + stolen, and nothing is below zero."""
    rack, orders = Rack(), 0
    came = removed = stolen = 0
    for lot in LOTS:
        rack.unload(lot, 5)
        came += 5
    for what, lot, amount in moves:
        before = rack.rack[lot]
        if what == "unload":
            rack.unload(lot, amount)
            came += amount
        elif what in ("bag", "mis_scan"):
            really = next(x for x in LOTS if x != lot) if what == "mis_scan" else None
            there = rack.rack[really or lot]
            assert min(amount, there) == rack.bag(OrderId(f"O{orders}"), lot, amount, really=really)
        elif what == "box" and OrderId(f"O{orders}") in rack.bags:
            rack.box(OrderId(f"O{orders}"))
            orders += 1
        elif what == "door" and rack.boxes:
            order = next(iter(rack.boxes))
            kept = tuple(Parcel(x, n) for x, n in rack.boxes[order].items() if x == lot)
            removed += sum(x.amount for x in kept)
            rack.door(order, kept)
        elif what == "remove":
            if amount > before:
                with pytest.raises(AssertionError, match="hands"):
                    rack.remove(Parcel(lot, amount))
                assert before == rack.rack[lot]
            else:
                rack.remove(Parcel(lot, amount))
                removed += amount
                assert before - amount == rack.rack[lot]
        elif what == "steal":
            rack.steal(lot, amount)
            stolen += before - rack.rack[lot]
            assert min(amount, before) == before - rack.rack[lot]
        places = [*rack.bags.values(), *rack.boxes.values(), *rack.doors.values()]
        assert came == sum(rack.rack.values()) + sum(sum(x.values()) for x in places) + removed + stolen
        assert [] == [x for x in rack.rack.values() if x < 0]
        assert -stolen == sum(rack.unseen.values()), "a mis-scan hides as much as it shows"


def test_a_mis_scan_moves_one_lot_and_tells_of_another() -> None:
    """The hand takes B, the bag and the books say A: A is one more than anybody knows, B one less."""
    rack = Rack()
    rack.unload(LOTS[0], 3)
    rack.unload(LOTS[1], 3)
    assert 1 == rack.bag(OrderId("O1"), LOTS[0], 1, really=LOTS[1])
    assert {"A": 3, "B": 2} == rack.rack
    assert {"A": 1, "B": -1} == rack.unseen
    assert {"O1": {"A": 1}} == rack.bags
