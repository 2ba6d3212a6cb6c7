"""Money: contracts as pure functions of what was spent, and the settlement of published results."""
