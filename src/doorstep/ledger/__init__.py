"""accounts and transfers: money and goods move, never appear"""

from doorstep.ledger.accounts import CLASS_OF
from doorstep.ledger.balances import Balances, Overdrawn
from doorstep.ledger.postings import FEN, MOVES_GOODS, lot_asset, transfers_of

__all__ = ["CLASS_OF", "FEN", "MOVES_GOODS", "Balances", "Overdrawn", "lot_asset", "transfers_of"]
