"""Clock one: Mesa agents living as SimPy processes, over the same records and rules."""
