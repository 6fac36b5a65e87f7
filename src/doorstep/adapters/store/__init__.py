"""facts in a journal file, the state in memory"""

from doorstep.adapters.store.journal_file import JournalFile
from doorstep.adapters.store.memory import MemoryStore

__all__ = ["JournalFile", "MemoryStore"]
