"""What stops a calibration, in one sentence for people."""

from __future__ import annotations

from sim.commands.errors import UserError


class CalibrationError(UserError):
    """Something cannot be done with targets, a fit or a posterior; the message says what, and what to do instead."""
