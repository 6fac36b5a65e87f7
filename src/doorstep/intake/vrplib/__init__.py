"""Routing instances in VRPLIB text, such as EURO-NeurIPS 2022, and solutions checked against them"""

from doorstep.intake.vrplib.instance import Instance, Solution, instance_json
from doorstep.intake.vrplib.read import read_vrplib
from doorstep.intake.vrplib.solution import read_solution, refuse_wrong

__all__ = ["Instance", "Solution", "instance_json", "read_solution", "read_vrplib", "refuse_wrong"]
