"""Thousands of authors: the same refresh, a slice of them at a time, each in a process of its own.

A slice is an ordinary folder with its own configuration, history and results, so that every command
works on it, and memory is that of one slice however many there are. What stops a round, a kill or a
spent budget, costs the slice at hand at most: the next round goes on where it ended.
"""

from pipeline.department.people import Person, read_people
from pipeline.department.rounds import Done, Round, due, run_round
from pipeline.department.slices import Slices, make_slices

__all__ = ["Done", "Person", "Round", "Slices", "due", "make_slices", "read_people", "run_round"]
