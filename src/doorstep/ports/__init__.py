"""what we need from the world, as Protocols: store, gateway, desk, engine"""

from doorstep.ports.desk import Desk
from doorstep.ports.engine import Engine
from doorstep.ports.gateway import Gateway
from doorstep.ports.store import Store, Transaction

__all__ = ["Desk", "Engine", "Gateway", "Store", "Transaction"]
