"""Shoppers: look, hesitate, click (sometimes twice), pay, collect, complain."""

from typing import Final, Literal

from doorstep.base.ids import ClaimId, OrderId
from doorstep.base.units import HOUR_S, share_bp
from doorstep.model.facts.orders import BasketRefused, ClaimMade, OrderHandedOver, Quoted
from doorstep.model.orders import PlaceOrder
from doorstep.twin.happenings import (
    OrdersAdmitted,
    PowerFails,
    ShopperClaims,
    ShopperCollects,
    ShopperDecides,
    ShopperPays,
    ShopperVisits,
)
from doorstep.twin.reaction import ReactionParams, stays
from doorstep.twin.world import World

NO_SUCH_LINE = 99
REASONS: Final[tuple[Literal["bruised", "missing", "wrong", "weight"], ...]] = (
    "bruised",
    "missing",
    "wrong",
    "weight",
)


class Shoppers:
    """Everyone who opens the shop today."""

    def __init__(self, world: World, reaction: ReactionParams) -> None:
        self._world, self._reaction = world, reaction
        self._quotes: dict[OrderId, Quoted] = {}
        self._waiting: list[PlaceOrder] = []
        self._usual_fen = {x.sku: x for x in world.day.skus}
        self._cut = False
        self.pending = 0  # collections and claims still to come
        world.handlers[ShopperVisits] = self._visits
        world.handlers[ShopperDecides] = self._decides
        world.handlers[OrdersAdmitted] = self._admitted
        world.handlers[ShopperPays] = self._pays
        world.handlers[ShopperCollects] = self._collects
        world.handlers[ShopperClaims] = self._claims
        world.handlers[PowerFails] = self._power_fails

    def schedule(self) -> None:
        """Put the first visit on the timeline; each brings the next, so that the heap stays small."""
        if self._world.day.visits:
            self._world.timeline.add(self._world.day.visits[0].at_s, ShopperVisits(0))
        for x in self._world.day.events:
            if x.kind == "power_cut":
                self._world.timeline.add(x.at_s, PowerFails())

    def served(self, handed: OrderHandedOver) -> None:
        """Let a shopper live with what reached the door."""
        world, chance = self._world, self._world.chance.child("after", handed.order)
        if handed.drop != "door":
            self._later(60 + chance.below(HOUR_S // 2), ShopperCollects(handed.order))
        if chance.happens(world.troubles.claim_bp):
            lines = self._quotes[handed.order].lines
            line = NO_SUCH_LINE if chance.happens(1_000) else lines[chance.below(len(lines))].line
            claim = ClaimId(f"K-{handed.order}")
            wait_s = 300 + chance.below(HOUR_S // 2)
            self._later(wait_s, ShopperClaims(claim, handed.order, line))
            if chance.happens(2_000):
                self._later(wait_s + 60, ShopperClaims(ClaimId(f"{claim}-again"), handed.order, line))

    def _later(self, wait_s: int, what: ShopperCollects | ShopperClaims) -> None:
        self.pending += 1
        self._world.after(wait_s, what)

    def _visits(self, what: ShopperVisits) -> None:
        world, visits = self._world, self._world.day.visits
        if what.visit + 1 < len(visits):
            world.timeline.add(visits[what.visit + 1].at_s, ShopperVisits(what.visit + 1))
        answer = world.desk.ask_quote(visits[what.visit].basket, now_s=world.now_s)
        if isinstance(answer, BasketRefused):
            return
        self._quotes[answer.order] = answer
        think_s = 5 + world.chance.child("think", answer.order).below(50)
        world.after(think_s, ShopperDecides(answer.order))

    def _decides(self, what: ShopperDecides) -> None:
        world, quote = self._world, self._quotes[what.order]
        chance = world.chance.child("decide", what.order)
        probability, cause = stays(
            wait_s=quote.promised_at_s - world.now_s,
            missing_bp=self._missing_bp(quote),
            dearer_bp=self._dearer_bp(quote),
            params=self._reaction,
        )
        if chance.uniform() >= probability:
            if chance.happens(3_000):
                return  # closes the page without a word: the quote lapses
            world.desk.leave(what.order, cause=cause, now_s=world.now_s)
            return
        command = PlaceOrder(key=f"key-{what.order}", order=what.order)
        if not self._waiting:
            world.after(0, OrdersAdmitted(), priority=9)
        self._waiting.append(command)
        if chance.happens(world.troubles.retry_bp):
            self._waiting.append(command)

    def _admitted(self, what: OrdersAdmitted) -> None:
        del what
        world, commands = self._world, tuple(self._waiting)
        self._waiting.clear()
        answers = world.desk.place_orders(commands, now_s=world.now_s)
        if self._cut:
            # The facts are on disk, the answer is lost: everybody clicks again.
            self._cut = False
            world.service.restart()
            answers = world.desk.place_orders(commands, now_s=world.now_s)
        for order, outcome in dict(answers).items():
            if outcome == "placed":
                chance = world.chance.child("pay", order)
                world.after(5 + chance.below(40), ShopperPays(order))
                if chance.happens(world.troubles.callback_bp):
                    world.after(60 + chance.below(600), ShopperPays(order))

    def _pays(self, what: ShopperPays) -> None:
        self._world.desk.pay(what.order, now_s=self._world.now_s)

    def _collects(self, what: ShopperCollects) -> None:
        self.pending -= 1
        self._world.desk.collect(what.order, now_s=self._world.now_s)

    def _claims(self, what: ShopperClaims) -> None:
        self.pending -= 1
        draw = self._world.chance.child("claim", what.claim).below(len(REASONS))
        self._world.desk.make_claim(
            ClaimMade(claim=what.claim, order=what.order, line=what.line, reason=REASONS[draw]),
            now_s=self._world.now_s,
        )

    def _power_fails(self, what: PowerFails) -> None:
        del what
        self._cut = True

    def _missing_bp(self, quote: Quoted) -> int:
        fen = {x.line: self._usual_fen[x.sku].fen(x.amount) for x in quote.lines}
        return share_bp(sum(fen[x] for x in quote.missing), sum(fen.values()))

    def _dearer_bp(self, quote: Quoted) -> int:
        """How much dearer than usual what can be had is; the shopper remembers yesterday's prices."""
        gone = frozenset(quote.missing)
        usual = sum(self._usual_fen[x.sku].fen(x.amount) for x in quote.lines if x.line not in gone)
        return (quote.goods_fen - usual) * 10_000 // usual if usual else 0
