"""Which points of the space of levers and uncertainties are run."""
