"""Alerts: work that a patient's move between settings, or the signs of a coming crisis, ask of staff; how it is answered after hours."""

from __future__ import annotations

from sim.rules.calendar import office_is_open
from sim.rules.compiling import rule
from sim.rules.vocabulary import ALERTS, Answer
from sim.rules.world import World


@rule
def is_alert(occasion: int) -> bool:
    """Whether a task was asked for by an alert; its occasion ends in its trigger."""
    return (ALERTS >> (occasion % 32)) & 1 == 1


@rule
def tell_alert(w: World, k: int) -> None:
    """Count a task that is asked for, if by an alert."""
    task = w.tasks[k]
    if is_alert(task.occasion):
        task.after_hours = 0 if office_is_open(w, task.ready_at) else 1
        w.alerts[task.component, task.after_hours, Answer.ASKED] += 1


@rule
def tell_answer(w: World, k: int) -> None:
    """Count the first attempt at a task now, if by an alert."""
    task = w.tasks[k]
    if is_alert(task.occasion):
        t = w.run[0].now
        answers = w.alerts[task.component, task.after_hours]
        answers[Answer.STARTED] += 1
        answers[Answer.WAIT_US] += t - task.ready_at
        if not office_is_open(w, t):
            answers[Answer.STARTED_AFTER_HOURS] += 1
