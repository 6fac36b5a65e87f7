"""facts ↔ canonical bytes, the chain, replay (pure; files are opened by callers)"""

from doorstep.journal.chain import GENESIS, Chain, Entry
from doorstep.journal.replay import BrokenChain, read_entries, whole_transactions

__all__ = ["GENESIS", "BrokenChain", "Chain", "Entry", "read_entries", "whole_transactions"]
