"""
What the numbers refuse: the base of every error of the pure planning modules.

Exception
└── ValueError ── PlanningError      what is wrong with the numbers, carried as attributes
"""


class PlanningError(ValueError):
    """A plan or conversion that cannot be computed from what was given."""
