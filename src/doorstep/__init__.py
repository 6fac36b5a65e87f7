"""Doorstep: the open operating system of a city's online fresh market."""
