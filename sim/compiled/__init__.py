"""Clock two: a compiled event loop over the same records and rules."""
