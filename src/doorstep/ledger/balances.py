"""What every account holds, by asset."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from doorstep.base.errors import CheckFailed
from doorstep.ledger.accounts import CLASS_OF
from doorstep.model.transfer import Account, Transfer

_INSIDE: Final = frozenset(x for x, kind in CLASS_OF.items() if kind != "outside")


class Overdrawn(CheckFailed):
    """A transfer would take more from an inside account than it holds. Nothing was posted."""


class Balances:
    """Balances by asset and account, owned by one fold and changed in place; an account at zero is not kept."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[str, dict[Account, int]] = {}

    def of(self, asset: str, account: Account) -> int:
        """Return what `account` holds of `asset`; 0 if it never held any."""
        held = self._held.get(asset)
        return held.get(account, 0) if held else 0

    def post(self, transfers: Sequence[Transfer]) -> None:
        """
        Move all of them, or none.

        Raises
        ------
        Overdrawn
            An inside account would fall below zero.
        """
        for done, x in enumerate(transfers):
            assert x.amount > 0, "a transfer moves something"
            held = self._held.setdefault(x.asset, {})
            left = held.get(x.source, 0) - x.amount
            if left < 0 and x.source in _INSIDE:
                self._move(Transfer(y.amount, y.asset, y.target, y.source) for y in reversed(transfers[:done]))
                raise Overdrawn(
                    f"{x.source} holds {left + x.amount} of {x.asset}, so {x.amount} cannot go to {x.target}"
                )
            _keep(held, x.source, left)
            _keep(held, x.target, held.get(x.target, 0) + x.amount)

    def undo(self, transfers: Sequence[Transfer]) -> None:
        """Take back what was just posted: the facts could not be written."""
        self._move(Transfer(x.amount, x.asset, x.target, x.source) for x in reversed(transfers))

    def assets(self) -> Iterator[str]:
        """Every asset that ever moved, sorted."""
        return iter(sorted(self._held))

    def as_dict(self) -> dict[str, dict[str, int]]:
        """Return all balances that are not zero, sorted by asset and account."""
        return {
            asset: {str(account): held[account] for account in sorted(held)}
            for asset, held in sorted(self._held.items())
            if held
        }

    def _move(self, transfers: Iterable[Transfer]) -> None:
        for x in transfers:
            held = self._held.setdefault(x.asset, {})
            _keep(held, x.source, held.get(x.source, 0) - x.amount)
            _keep(held, x.target, held.get(x.target, 0) + x.amount)


def _keep(held: dict[Account, int], account: Account, amount: int) -> None:
    if amount:
        held[account] = amount
    else:
        held.pop(account, None)
