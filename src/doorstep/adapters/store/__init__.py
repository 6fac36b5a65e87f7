"""facts in a journal file, the state in memory"""

from doorstep.adapters.store.journal_file import JournalFile
from doorstep.adapters.store.memory import MemoryStore
from doorstep.adapters.store.out_folder import out_folder

__all__ = ["JournalFile", "MemoryStore", "out_folder"]
