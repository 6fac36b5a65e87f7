"""What goes wrong: each seed of a swarm switches some troubles off and others up."""

from msgspec import Struct

from doorstep.base.chance import Chance


class Troubles(Struct, frozen=True, kw_only=True):
    """
    How often things go wrong that a day does not name. Rates in basis points.

    Parameters
    ----------
    decline_bp
        Payments declined.
    timeout_bp
        Gateway calls without an answer.
    retry_bp
        Clicks on "place" that come twice.
    callback_bp
        Payment confirmations that come twice.
    mis_scan_bp
        Picks out of the lot beside the one that was scanned.
    claim_bp
        Orders with a claim; every tenth of these is about a line that does not exist.
    noise_bp
        The spread (of the logarithm) of picking, riding and service times.
    """

    decline_bp: int = 60
    timeout_bp: int = 30
    retry_bp: int = 100
    callback_bp: int = 100
    mis_scan_bp: int = 3
    claim_bp: int = 150
    noise_bp: int = 1_200


CALM = Troubles(decline_bp=0, timeout_bp=0, retry_bp=0, callback_bp=0, mis_scan_bp=0, claim_bp=0, noise_bp=800)


def swarm(chance: Chance) -> Troubles:
    """Draw the troubles of one seed: each is off, usual or far up, so that seeds differ in kind and not in shade."""

    def level(name: str, usual: int, up: int) -> int:
        return (0, usual, up)[chance.child(name).below(3)]

    return Troubles(
        decline_bp=level("decline", 60, 1_500),
        timeout_bp=level("timeout", 30, 2_500),
        retry_bp=level("retry", 100, 4_000),
        callback_bp=level("callback", 100, 4_000),
        mis_scan_bp=level("mis_scan", 3, 200),
        claim_bp=level("claim", 150, 3_000),
        noise_bp=max(100, level("noise", 1_200, 3_500)),
    )
