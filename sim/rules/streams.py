"""Random numbers by address: who, which decision, which occasion, never how many were drawn before.

A draw is a SplitMix64-style hash of its address turned into a 53-bit double strictly inside (0, 1), so that
adding a component, a patient or a worker changes nobody else's draws, and a changed parameter keeps ranks.
This is the only module of `sim` that makes random numbers.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sim.rules.compiling import rule


class Decision(IntEnum):
    """Every decision the model takes by chance; the second part of an address. Numbers are never reused."""

    # who a patient is (population)
    AGE_GROUP = 1
    AGE = 2
    SEX = 3
    BURDEN = 4
    CONDITION = 5
    DOCUMENTED = 6
    FRAILTY = 7
    ENGAGEMENT = 8
    ISOLATED = 9
    BEHAVIOURAL_HEALTH = 10
    KNOWN_ISOLATED = 11
    KNOWN_BEHAVIOURAL_HEALTH = 12
    FAMILY_CARER = 13
    LOYALTY = 14
    SERVICE_AREA = 15
    SUPPLEMENTAL_COVER = 16
    EXCLUSION = 17
    DIRECTIVE = 18
    PRACTICE = 19
    MEDICATIONS = 20
    WILLINGNESS = 21
    REFRESH_LOT = 22
    START_IN_DECLINE = 23
    START_ACUITY = 24
    # a patient's own streams of candidates
    CRISIS_GAP = 30
    CRISIS_HAPPENS = 31
    CRISIS_SEVERITY = 32
    CRISIS_AMBULATORY_SENSITIVE = 33
    CRISIS_WARNED = 34
    CRISIS_WARNING_TIME = 35
    CRISIS_MODIFIABLE = 36
    CRISIS_DIRECT = 37
    CRISIS_SNF_CANDIDATE = 38
    DEATH_GAP = 40
    DEATH_HAPPENS = 41
    DECLINE_GAP = 42
    DECLINE_HAPPENS = 43
    LEAVING_GAP = 44
    LEAVING_HAPPENS = 45
    PLANNED_GAP = 46
    PLANNED_HAPPENS = 47
    VISIT_GAP = 48
    VISIT_HAPPENS = 49
    VISIT_KIND = 50
    VISIT_MISSED = 51
    VISIT_IN_GROUP = 52
    ACUITY_GAP = 53
    ACUITY_SIZE = 54
    NEW_CONDITION = 55
    NEW_CONDITION_WHICH = 56
    WITHDRAWAL_GAP = 57
    WITHDRAWAL_HAPPENS = 58
    GRADUATION = 59
    ROUTINE_GAP = 60
    ROUTINE_HAPPENS = 61
    ROUTINE_KIND = 62
    # what follows from a crisis or a planned admission
    HOSPITAL_CHOICE = 70
    ED_STAY = 71
    OBSERVATION_STAY = 72
    OBSERVATION_THEN_ADMITTED = 73
    STAY = 74
    DESTINATION = 75
    FATALITY = 76
    RULE_RESPONSE = 77
    COMPLICATION = 78
    SNF_CHOICE = 79
    SNF_STAY = 80
    SNF_DAY_20 = 81
    SNF_DESTINATION = 82
    SNF_HOME_HEALTH = 83
    PHYSICIAN_APPROVAL = 84
    SNF_CANDIDATE_ADMITTED = 85
    HOSPICE = 86
    HOSPICE_STAY = 87
    TERMINAL_ADMISSION = 88
    RESPONSE_AVERTS = 89
    SLOT_YIELDED = 90
    # prices of what happened
    PRICE_INPATIENT = 100
    PRICE_PROFESSIONAL = 101
    PRICE_ED = 102
    PRICE_OBSERVATION = 103
    PRICE_HOME_HEALTH = 104
    PRICE_VISIT = 105
    # a task
    TASK_CHANCE = 120
    TASK_DELAY = 121
    TASK_HOURS = 122
    TASK_TRAVEL = 123
    TASK_REACH = 124
    TASK_NOTICES = 125
    TASK_ACCEPTED = 126
    TASK_FINDS = 127
    TASK_DIVERTS = 128
    TASK_DIRECTIVE = 129
    TASK_TIER = 130
    TASK_PHASE = 131
    TASK_DOCUMENTS = 132
    TASK_ANSWER = 133
    # a member of staff
    STAFF_ABSENT = 150
    STAFF_TENURE = 151
    STAFF_VACANCY = 152
    # a whole panel
    PANEL_COST = 170


Word = int | np.uint64  # 64 bits

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_DECISION_STEP = np.uint64(0xD1B54A32D192ED03)
_OCCASION_STEP = np.uint64(0x8CB92BA72F3D8DD7)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53
_MOST = 1.0 - _TO_UNIT  # the half that is added would round the last value up to 1


@rule
def mix(x: Word) -> Word:
    """The SplitMix64 finaliser: a bijection of 64 bits in which every input bit moves every output bit."""
    z = np.uint64(x) + _GOLDEN
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@rule
def uniform(key: Word, decision: int, occasion: int) -> float:
    """A uniform draw strictly inside (0, 1) for one address.

    key: 64-bit identity of whoever decides; decision: a `Decision`; occasion: which candidate, slot or attempt.
    """
    h = mix(np.uint64(key) ^ (np.uint64(decision) * _DECISION_STEP))
    h = mix(h ^ (np.uint64(occasion) * _OCCASION_STEP))
    return min((np.float64(h >> _S11) + 0.5) * _TO_UNIT, _MOST)


@rule
def uniform_at(key: Word, component_key: Word, decision: int, occasion: int) -> float:
    """A uniform draw for one address of a patient's task: (patient, component, decision, occasion).

    component_key: mixed, so that it is unlike the key of any patient.
    """
    return uniform(mix(np.uint64(key) ^ np.uint64(component_key)), decision, occasion)


@rule
def _fill_uniforms(keys: npt.NDArray[np.uint64], decision: int, occasion: int, out: npt.NDArray[np.float64]) -> None:
    for i in range(len(keys)):
        out[i] = uniform(keys[i], decision, occasion)


@rule
def _fill_keys(keys: npt.NDArray[np.uint64], which: npt.NDArray[np.int64], out: npt.NDArray[np.uint64]) -> None:
    for i in range(len(keys)):
        out[i] = mix(keys[i] ^ mix(which[i]))


def uniforms(keys: npt.NDArray[np.uint64], decision: int, occasion: int) -> npt.NDArray[np.float64]:
    """One uniform per key, for the same decision and occasion; shape (n,)."""
    out = np.empty(len(keys), np.float64)
    _fill_uniforms(keys, decision, occasion, out)
    return out


def derived_keys(keys: npt.NDArray[np.uint64], which: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """The keys of number `which` of something that each key's owner has several of; shape (n,)."""
    out = np.empty(len(keys), np.uint64)
    _fill_keys(keys, which, out)
    return out


def key_of(*names: str | int) -> int:
    """The 64-bit key of something with a stable name, such as ('patient', 17) or ('component', 'home_visit')."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
