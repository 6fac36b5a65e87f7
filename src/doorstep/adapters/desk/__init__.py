"""the desk, in-process"""

from doorstep.adapters.desk.local import LocalDesk

__all__ = ["LocalDesk"]
