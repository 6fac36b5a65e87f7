"""
Everything that can happen, and the name it has in the journal.

A fact's name is its class name in snake case. A fact that must change its meaning becomes a new class with a new
name; the old one stays readable for ever.
"""

import re
from typing import Final

from doorstep.model.facts import goods, money, orders, site, work
from doorstep.model.facts.base import Fact

__all__ = ["FACTS", "NAMES", "Fact"]


def _name(kind: type[Fact]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


FACTS: Final[dict[str, type[Fact]]] = {
    _name(x): x
    for module in (site, goods, orders, money, work)
    for x in vars(module).values()
    if isinstance(x, type) and issubclass(x, Fact) and x is not Fact
}
NAMES: Final[dict[type[Fact], str]] = {kind: name for name, kind in FACTS.items()}
