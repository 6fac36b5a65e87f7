"""Wait or go: whether a trip that could leave now does."""

from typing import Final, Literal

from msgspec import Struct

Leave = Literal["at_once", "due", "full", "no_company", "kernel_failed", "scarce", "cheaper"]
Hold = Literal["company", "not_ready", "no_courier", "too_big", "too_far", "no_kind", "no_way"]
"""
Why an order waits: for company that may come; it is being packed; for somebody to come back; its volume fits nobody's
box; nobody's range, minutes on board or shift are enough; no kind that may go there is here; its door is not in the
travel times yet.
"""
Rule = Literal["at_once", "slack", "full", "futures"]

FULL_BP: Final = 1_000
"""A box is as good as full when fewer than a tenth of today's orders would still fit."""


class WaitParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    When a trip waits for company. Chosen on the made days of `bench.days.made`, never on the frozen ones.

    Parameters
    ----------
    rule
        `at_once`: never. `slack`: until the time to spare is used up. `full`: the same, but a full box goes.
        `futures`: as `full`, and a trip goes when nearly all sampled futures bring it no company.
    slack_s
        A trip leaves when it could not wait longer than this without somebody becoming late, on it or on a later
        trip of its courier, and without overtime.
    idle
        Trips wait only while so many couriers stand at the site without one.
    votes_e2
        With `futures`: hundredths of the futures in which its orders leave now that are enough to go.
    """

    rule: Rule = "slack"
    slack_s: int = 30
    idle: int = 0
    votes_e2: int = 90


class Sight(Struct, frozen=True, kw_only=True):
    """
    What the rule looks at.

    Parameters
    ----------
    slack_s
        By how much the trip could leave later with nobody late because of it; negative if somebody is late anyway.
    fits_bp
        How many of today's orders would still fit its box, in 10,000ths.
    idle
        Couriers at the site for whom there is no trip now.
    now_bp
        In how many of the futures its orders leave now, in 10,000ths.
    """

    slack_s: int
    fits_bp: int
    idle: int
    now_bp: int


def wait_or_go(sight: Sight, params: WaitParams) -> Leave | None:
    """
    Decide about one trip whose courier is in and whose goods are packed.

    Returns
    -------
    Why it leaves; None if it waits for company.
    """
    if params.rule == "at_once":
        return "at_once"
    if sight.slack_s <= params.slack_s:
        return "due"
    if sight.idle < params.idle:
        return "scarce"
    if params.rule == "slack":
        return None
    if sight.fits_bp < FULL_BP:
        return "full"
    if params.rule == "futures" and sight.now_bp >= params.votes_e2 * 100:
        return "no_company"
    return None
