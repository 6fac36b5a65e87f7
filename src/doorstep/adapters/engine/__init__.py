"""the machine's processes"""

from doorstep.adapters.engine.local import Local

__all__ = ["Local"]
