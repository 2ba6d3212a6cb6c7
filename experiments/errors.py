"""What stops a sweep, in one sentence for people."""

from __future__ import annotations

from sim.commands.errors import UserError


class SweepError(UserError):
    """Something cannot be done with a plan, a results folder or a cluster; the message says what, and what to do instead."""
