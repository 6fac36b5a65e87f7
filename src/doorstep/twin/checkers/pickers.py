"""A picker is one person: on shift, in one wave, at one shelf at a time."""

from typing import ClassVar

from doorstep.app.certificate import Violation
from doorstep.base.ids import LotId, OrderId, PickerId, WaveId
from doorstep.journal import Entry
from doorstep.model.facts import Fact
from doorstep.model.facts.goods import LotBlocked
from doorstep.model.facts.orders import OrderPacked
from doorstep.model.facts.site import PickerEnded, PickerStarted
from doorstep.model.facts.work import LinePicked, WaveEnded, WaveStarted


class PickersLaw:
    """Waves do not overlap for one picker, every order is in one wave, no blocked lot goes into a bag."""

    law = "pickers"
    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {LinePicked, LotBlocked, OrderPacked, PickerEnded, PickerStarted, WaveEnded, WaveStarted}
    )

    def __init__(self) -> None:
        self._here: dict[PickerId, WaveId | None] = {}
        self._picker_of: dict[OrderId, PickerId] = {}
        self._waves: dict[WaveId, tuple[OrderId, ...]] = {}
        self._blocked: dict[LotId, None] = {}
        self._busy_at: dict[PickerId, int] = {}

    def see(self, entry: Entry) -> None:
        """Check one fact."""
        fact, seq = entry.fact, entry.seq
        match fact:
            case PickerStarted():
                if fact.picker in self._here:
                    raise Violation(self.law, seq, f"{fact.picker} came twice")
                self._here[fact.picker] = None
            case PickerEnded():
                if self._here.pop(fact.picker, "absent") is not None:
                    raise Violation(self.law, seq, f"{fact.picker} left in the middle of a wave, or was not here")
            case WaveStarted():
                if self._here.get(fact.picker, "absent") is not None:
                    raise Violation(self.law, seq, f"{fact.picker} is not free for wave {fact.wave}")
                twice = [x for x in fact.orders if x in self._picker_of]
                if twice:
                    raise Violation(self.law, seq, f"{twice} are picked twice")
                self._here[fact.picker] = fact.wave
                self._waves[fact.wave] = fact.orders
                self._picker_of.update(dict.fromkeys(fact.orders, fact.picker))
            case LinePicked():
                if self._picker_of.get(fact.order) != fact.picker:
                    raise Violation(self.law, seq, f"{fact.picker} picks for {fact.order}, another's order")
                if self._here.get(fact.picker) is None:
                    raise Violation(self.law, seq, f"{fact.picker} picks without a wave")
                if fact.lot in self._blocked and fact.amount:
                    raise Violation(self.law, seq, f"{fact.picker} takes of lot {fact.lot}, which is blocked")
                if fact.amount and self._busy_at.get(fact.picker) == entry.at_s:
                    raise Violation(self.law, seq, f"{fact.picker} is in two places at once")
                if fact.amount:
                    self._busy_at[fact.picker] = entry.at_s
            case OrderPacked():
                if fact.order not in self._picker_of:
                    raise Violation(self.law, seq, f"{fact.order} was packed by nobody")
            case WaveEnded():
                if self._here.get(fact.picker) != fact.wave:
                    raise Violation(self.law, seq, f"{fact.picker} ends a wave of someone else")
                self._here[fact.picker] = None
            case LotBlocked():
                self._blocked[fact.lot] = None
            case _:
                pass

    def close(self, seq: int) -> None:
        """Everybody went home."""
        if self._here:
            raise Violation(self.law, seq, f"still picking: {list(self._here)}")
