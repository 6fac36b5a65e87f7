"""OpenStreetMap extracts as streets that an e-bike and a walker may use"""

from doorstep.intake.osm.network import Network, network_of, write_network
from doorstep.intake.osm.profiles import Allowed, allowed
from doorstep.intake.osm.read import Extract, read_extract

__all__ = ["Allowed", "Extract", "Network", "allowed", "network_of", "read_extract", "write_network"]
