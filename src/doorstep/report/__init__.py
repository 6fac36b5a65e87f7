"""a day as people read it: one order's life in plain words, the summary of a day, the page of a day"""

from doorstep.report.explain import explain
from doorstep.report.figures import Figures, figures
from doorstep.report.gather import Gathered
from doorstep.report.page import render
from doorstep.report.summary import summary

__all__ = ["Figures", "Gathered", "explain", "figures", "render", "summary"]
