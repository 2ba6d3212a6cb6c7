"""The figures, by subject: each function turns a `Reading` into charts."""
