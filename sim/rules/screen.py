"""The eligibility screen: a rule on observed claims, documented conditions and status. Blind to everything latent."""

from __future__ import annotations

import numpy as np

from sim.rules.compiling import rule
from sim.rules.vocabulary import Setting
from sim.rules.world import World

MOST_ALTERNATIVES = 8
MOST_STAYS = 3  # acute categories of at most this many stays count in one year's score

CRITERIA = np.dtype(
    [
        ("alternatives", "i8"),
        ("risk_score", "f8", (MOST_ALTERNATIVES,)),
        ("annual_cost", "i8", (MOST_ALTERNATIVES,)),  # cents
        ("group_visits", "i8"),
        ("home_share", "f8"),
        ("in_service_area", "i1"),
        ("exclusions", "i8"),
        ("no_nursing_home", "i1"),
        ("no_hospice", "i1"),
    ],
    align=True,
)


@rule
def claims_risk_score(w: World, i: int, screen: int) -> float:
    """The risk score that the claims year gives: documented conditions and the acute categories of its stays."""
    patient = w.patients[i]
    stays = min(patient.claims_admissions[screen], MOST_STAYS)
    return patient.risk_score + w.parameters[0].acute_hcc * stays


@rule
def _score(w: World, rows: np.ndarray, screen: int, scores: np.ndarray) -> None:
    for j in range(len(rows)):
        scores[j] = claims_risk_score(w, rows[j], screen)


def claims_risk_scores(w: World, rows: np.ndarray, screen: int) -> np.ndarray:
    """The risk scores of some patients, shape (rows,)."""
    scores = np.zeros(len(rows))
    _score(w, rows, screen, scores)
    return scores


@rule
def is_eligible(w: World, criteria: np.recarray, i: int, screen: int) -> bool:
    """Whether the patient passes the screen: present, in the area, not excluded, loyal, and costly or risky enough."""
    patient = w.patients[i]
    rules = criteria[0]
    if patient.setting >= Setting.DEAD or patient.exclusions & rules.exclusions:
        return False
    if rules.no_nursing_home and (patient.setting == Setting.SNF or patient.setting == Setting.LONG_STAY):
        return False
    if rules.no_hospice and patient.setting == Setting.HOSPICE:
        return False
    if rules.in_service_area and not patient.in_service_area:
        return False
    if patient.claims_visits[screen] < rules.group_visits:
        return False
    if patient.claims_home_admissions[screen] < rules.home_share * patient.claims_admissions[screen]:
        return False
    if rules.alternatives == 0:
        return True
    score = claims_risk_score(w, i, screen)
    for a in range(rules.alternatives):
        if score >= rules.risk_score[a] and patient.claims_cost[screen] >= rules.annual_cost[a]:
            return True
    return False


@rule
def _screen(w: World, criteria: np.recarray, screen: int, passed: np.ndarray) -> None:
    for i in range(len(w.patients)):
        passed[i] = is_eligible(w, criteria, i, screen)


def screen_all(w: World, criteria: np.recarray, screen: int) -> np.ndarray:
    """Who passes the screen; boolean, shape (n,)."""
    passed = np.zeros(len(w.patients), np.bool_)
    _screen(w, criteria, screen, passed)
    return passed
