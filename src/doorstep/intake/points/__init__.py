"""delivery points and sites as plain CSV (Tianchi's columns), and which points a site serves"""

from doorstep.intake.points.read import Spot, read_points, read_sites
from doorstep.intake.points.serve import served

__all__ = ["Spot", "read_points", "read_sites", "served"]
