"""Pickers: people on shifts, one wave at a time."""

from collections import deque

from doorstep.app.params import Params
from doorstep.base.ids import LotId, OrderId, PickerId, SkuId, WaveId
from doorstep.model.work import PickTask, Wave
from doorstep.twin.happenings import (
    PickerAsks,
    PickerBags,
    PickerComes,
    PickerEndsWave,
    PickerGoes,
    PickerTakes,
)
from doorstep.twin.world import World


class _Walk:
    """A picker's wave as it is walked."""

    def __init__(self, wave: Wave) -> None:
        self.wave = wave
        self.tasks = deque(wave.tasks)
        self.aisle = 0


class Pickers:
    """Everyone who picks today."""

    def __init__(self, world: World, params: Params) -> None:
        self._world, self._params = world, params.pick
        self._walks: dict[PickerId, _Walk] = {}
        self._idle: dict[PickerId, None] = {}
        self._gone: dict[PickerId, None] = {}
        self._off_s = {x.picker: x.off_at_s for x in world.day.pickers}
        self._lots: dict[SkuId, list[LotId]] = {}
        for lot in world.day.lots:
            self._lots.setdefault(lot.sku, []).append(lot.lot)
        world.handlers[PickerComes] = self._comes
        world.handlers[PickerGoes] = self._goes
        world.handlers[PickerAsks] = self._asks
        world.handlers[PickerTakes] = self._takes
        world.handlers[PickerBags] = self._bags
        world.handlers[PickerEndsWave] = self._ends_wave

    def schedule(self) -> None:
        """Put the shifts on the timeline."""
        for x in self._world.day.pickers:
            self._world.timeline.add(max(self._world.now_s, x.on_at_s), PickerComes(x.picker), priority=2)

    def wake(self) -> None:
        """There may be work: whoever stands idle looks at the list."""
        for picker in list(self._idle):
            self._asks(PickerAsks(picker))
            if picker in self._idle:
                return  # the list is empty for the others too

    def go_home(self) -> None:
        """Send everybody home: the day is over, and nobody may be needed any more."""
        for picker in list(self._idle):
            assert self._world.desk.end_picker(picker, now_s=self._world.now_s), "nothing is left to pick"
        self._idle.clear()

    def _comes(self, what: PickerComes) -> None:
        world = self._world
        missing = any(x.kind == "no_show" and x.subject == what.picker for x in world.day.events)
        if missing:
            world.desk.report_missing(what.picker, role="picker", now_s=world.now_s)
            return
        world.desk.start_picker(what.picker, now_s=world.now_s)
        world.timeline.add(max(world.now_s, self._off_s[what.picker]), PickerGoes(what.picker))
        self._idle[what.picker] = None

    def _goes(self, what: PickerGoes) -> None:
        world = self._world
        if what.picker in self._gone:
            return
        if what.picker in self._idle and world.desk.end_picker(what.picker, now_s=world.now_s):
            del self._idle[what.picker]
            self._gone[what.picker] = None
        else:
            world.after(300, what)

    def _asks(self, what: PickerAsks) -> None:
        world = self._world
        if what.picker not in self._idle:
            return
        wave = world.desk.ask_wave(what.picker, now_s=world.now_s)
        if wave is None:
            return
        del self._idle[what.picker]
        self._walks[what.picker] = _Walk(wave)
        self._walk_on(what.picker, self._params.start_s)

    def _walk_on(self, picker: PickerId, before_s: int) -> None:
        """Go to the next lot, or to the table where bags are closed."""
        world, walk = self._world, self._walks[picker]
        if not walk.tasks:
            after_s = before_s
            chance = world.chance.child("bag", walk.wave.wave)
            for order in walk.wave.orders:
                after_s += world.noisy(self._params.bag_s, chance)
                world.after(after_s, PickerBags(picker, order))
            world.after(after_s, PickerEndsWave(picker, walk.wave.wave), priority=6)
            return
        task = walk.tasks[0]
        step_s = self._params.line_s
        if task.aisle != walk.aisle:
            step_s += self._params.aisle_s
            walk.aisle = task.aisle
        if task.weighed:
            step_s += self._params.weigh_s
        chance = world.chance.child("walk", walk.wave.wave, len(walk.tasks))
        world.after(before_s + world.noisy(step_s, chance), PickerTakes(picker))

    def _takes(self, what: PickerTakes) -> None:
        world, walk = self._world, self._walks[what.picker]
        task = walk.tasks.popleft()
        now = world.desk.look(task, now_s=world.now_s)
        if now is None:
            further = world.desk.pick(what.picker, task, taken=0, left=None, now_s=world.now_s)
        else:
            further = self._take(what.picker, now)
        walk.tasks.extendleft(reversed(further))
        self._walk_on(what.picker, 0)

    def _take(self, picker: PickerId, task: PickTask) -> tuple[PickTask, ...]:
        world = self._world
        chance = world.chance.child("take", task.order, task.line, task.lot)
        wanted = self._weigh(task, chance.normal()) if task.weighed else task.wanted
        really = self._reached_into(task) if chance.happens(world.troubles.mis_scan_bp) else None
        taken = world.rack.bag(task.order, task.lot, wanted, really=really)
        left = world.rack.rack.get(really or task.lot, 0) if taken < wanted else None
        if really is not None:
            left = None  # whoever reaches into the wrong place does not know what lies in the right one
        return world.desk.pick(picker, task, taken=taken, left=left, now_s=world.now_s)

    def _weigh(self, task: PickTask, draw: float) -> int:
        """Hit the asked weight within about 3%, and never go over what may be charged."""
        return min(task.held, max(0, round(task.wanted * (1 + 0.03 * draw)))) if task.wanted else 0

    def _reached_into(self, task: PickTask) -> LotId | None:
        """Return the lot of the same sku that lies beside the right one and has as much, if there is one."""
        rack = self._world.rack.rack
        beside = [x for x in self._lots[task.sku] if x != task.lot and rack.get(x, 0) >= task.held]
        return beside[0] if beside else None

    def _bags(self, what: PickerBags) -> None:
        self._world.desk.close_bags(OrderId(what.order), now_s=self._world.now_s)

    def _ends_wave(self, what: PickerEndsWave) -> None:
        world = self._world
        world.desk.end_wave(WaveId(what.wave), what.picker, now_s=world.now_s)
        del self._walks[what.picker]
        self._idle[what.picker] = None
        if world.now_s >= self._off_s[what.picker] and world.desk.end_picker(what.picker, now_s=world.now_s):
            del self._idle[what.picker]
            self._gone[what.picker] = None
            return
        self._asks(PickerAsks(what.picker))
