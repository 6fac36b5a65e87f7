"""OpenStreetMap extracts as streets that an e-bike and a walker may use"""

from doorstep.intake.osm.network import Network, network_of, streets, write_network
from doorstep.intake.osm.profiles import allowed
from doorstep.intake.osm.read import Extract, read_extract

__all__ = ["Extract", "Network", "allowed", "network_of", "read_extract", "streets", "write_network"]
