"""a day as people read it: one order's life in plain words, the summary of a day"""

from doorstep.report.explain import explain
from doorstep.report.summary import summary

__all__ = ["explain", "summary"]
