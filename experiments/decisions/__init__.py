"""What to do: the lever that meets a target, and the frontier of an objective."""
