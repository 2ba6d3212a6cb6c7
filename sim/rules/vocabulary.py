"""The closed lists of the model: settings, streams, events, triggers, modes and counters."""

from __future__ import annotations

from enum import IntEnum


class Setting(IntEnum):
    """Where a patient is; exactly one at a time."""

    HOME = 0
    ED = 1
    OBSERVATION = 2
    HOSPITAL = 3
    SNF = 4
    LONG_STAY = 5
    HOSPICE = 6
    DEAD = 7
    LEFT = 8


class Stream(IntEnum):
    """A patient's own pending times. The order breaks ties within one instant."""

    STAY = 0  # the end of the present stay (ED, observation, hospital, SNF, hospice)
    ENTRY = 1  # becomes eligible
    DEATH = 2
    LEAVING = 3
    DECLINE = 4
    ACUITY = 5
    CRISIS = 6
    PLANNED = 7
    VISIT = 8
    GRADUATION = 9
    WITHDRAWAL = 10
    CONTACT = 11  # the next slot of a scheduled component
    ROUTINE = 12  # specialist and outpatient visits are written up at the latest


STREAMS = len(Stream)


class Trigger(IntEnum):
    """What staff and usual care can see happen, and a component can react to."""

    ELIGIBILITY = 0
    ENROLMENT = 1
    TIER_SET = 2
    VISIT = 3
    MISSED_VISIT = 4
    ED_VISIT = 5
    OBSERVATION = 6
    ADMISSION = 7
    DISCHARGE = 8
    SNF_ADMISSION = 9
    SNF_DISCHARGE = 10
    WARNING_NOTICED = 11
    HOME_HEALTH = 12
    TASK_DONE = 13
    SCHEDULE = 14
    GONE = 15  # died or left the plan: open work is cancelled


TRIGGERS = len(Trigger)


HOSPITAL_TRIGGERS = (Trigger.ED_VISIT, Trigger.OBSERVATION, Trigger.ADMISSION, Trigger.DISCHARGE)
ALERTS = sum(1 << trigger for trigger in (*HOSPITAL_TRIGGERS, Trigger.SNF_ADMISSION, Trigger.SNF_DISCHARGE, Trigger.WARNING_NOTICED))


class Mode(IntEnum):
    """How a task meets the patient."""

    DESK = 0
    PHONE = 1
    OFFICE = 2
    HOSPITAL = 3
    HOME = 4


class Visit(IntEnum):
    """Kinds of routine ambulatory use."""

    PRIMARY = 0
    SPECIALIST = 1
    OUTPATIENT = 2


class Kind(IntEnum):
    """What a facility is."""

    HOSPITAL = 0
    SNF = 1


class Way(IntEnum):
    """How an admission to hospital came about."""

    ED = 0
    DIRECT = 1
    PLANNED = 2
    OBSERVATION = 3


class Destination(IntEnum):
    """Where a stay leads."""

    HOME = 0
    HOME_HEALTH = 1
    SNF = 2
    HOSPICE = 3
    LONG_STAY = 4
    DEATH = 5


class Disposition(IntEnum):
    """What an ED visit or an observation stay ends in."""

    HOME = 0
    OBSERVATION = 1
    ADMISSION = 2
    SNF = 3


class TaskState(IntEnum):
    """Where a piece of work is."""

    FREE = 0
    DELAYED = 1
    QUEUED = 2
    IN_SERVICE = 3


class Effect(IntEnum):
    """What a completed task can do."""

    ENROL = 0
    ASSESS_TIER = 1
    SCREEN = 2
    DOCUMENT = 3
    IMPROVE = 4
    SHORTEN_EXCESS = 5
    NOTICE_WARNING = 6
    RESPOND = 7
    DIVERT = 8
    SHORTEN_STAY = 9
    END_OF_LIFE_TALK = 10
    SET_OFF = 11  # other components react when this one's task is done


class Outcome(IntEnum):
    """How a piece of work ended; requested = the sum of the others + open."""

    REQUESTED = 0
    DONE = 1
    NOT_REACHED = 2
    REFUSED = 3
    LAPSED = 4
    CANCELLED = 5
    ON_TIME = 6
    WAITED = 7
    WAIT_US = 8
    WORK_US = 9
    ATTEMPTS = 10
    STARTED = 11


OUTCOMES = len(Outcome)


class Duty(IntEnum):
    """What is added up by month and role."""

    QUEUED = 0  # tasks that came into its queues less those that left them
    QUEUE_US = 1  # the same times the time from then to the month's end
    EMPLOYED_US = 2  # times FTE
    AVAILABLE_US = 3  # productive time on duty


DUTIES = len(Duty)


class Answer(IntEnum):
    """What is added up of alerts, by component and whether offices were open when they came."""

    ASKED = 0
    STARTED = 1
    STARTED_AFTER_HOURS = 2
    WAIT_US = 3


ANSWERS = len(Answer)
TIERS = 4  # 0: not known yet


class StaffStatus(IntEnum):
    """Whether a post is filled, and what its holder does."""

    VACANT = 0
    IDLE = 1
    BUSY = 2


class Event(IntEnum):
    """What the event log can say."""

    CRISIS = 1
    CRISIS_AVERTED = 2
    CREDIT = 3
    URGENT_VISIT = 4
    ED_ARRIVAL = 5
    ED_DEPARTURE = 6
    OBSERVATION = 7
    ADMISSION = 8
    BED_DIVERSION = 9
    BED_WAIT = 10
    COMPLICATION = 11
    DISCHARGE = 12
    SNF_ADMISSION = 13
    SNF_DISCHARGE = 14
    HOME_HEALTH = 15
    HOSPICE = 16
    LONG_STAY = 17
    DEATH = 18
    LEFT = 19
    DECLINE = 20
    REMISSION = 21
    ACUITY = 22
    NEW_CONDITION = 23
    VISIT = 24
    MISSED_VISIT = 25
    PAYMENT = 26
    ELIGIBLE = 30
    ENROLLED = 31
    WITHDREW = 32
    GRADUATED = 33
    TIER = 34
    TASK_REQUESTED = 40
    TASK_STARTED = 41
    TASK_DONE = 42
    TASK_ATTEMPT_FAILED = 43
    TASK_NOT_REACHED = 44
    TASK_REFUSED = 45
    TASK_LAPSED = 46
    TASK_CANCELLED = 47
    WARNING_NOTICED = 48
    RESPONSE = 49
    STAFF_HIRED = 60
    STAFF_LEFT = 61


class Counter(IntEnum):
    """What is counted by cohort and month; payments are integer cents."""

    ADMISSIONS = 0
    ACSC_ADMISSIONS = 1
    PLANNED_ADMISSIONS = 2
    ED_VISITS = 3
    ED_ADMISSIONS = 4
    OBSERVATION_STAYS = 5
    DISCHARGES = 6
    STAY_US = 7
    HOSPITAL_US = 8
    INDEX_DISCHARGES = 9
    READMITTED_30 = 10
    READMITTED_90 = 11
    SNF_ADMISSIONS = 12
    SNF_DIRECT_ADMISSIONS = 13
    SNF_DISCHARGES = 14
    SNF_US = 15
    SNF_BOUND_STAYS = 16
    SNF_BOUND_US = 17
    DEATHS = 18
    HOSPICE_DEATHS = 19
    HOSPITAL_DEATHS = 20
    VISITS = 21
    URGENT_VISITS = 22
    MISSED_VISITS = 23
    LEFT = 24
    CRISES = 25
    AVERTED = 26
    ENROLLED = 27
    WITHDRAWN = 28
    WARNINGS_NOTICED = 29
    BED_WAITS = 30
    BED_DIVERSIONS = 31
    PAY_INPATIENT = 32
    PAY_PROFESSIONAL = 33
    PAY_ED = 34
    PAY_OBSERVATION = 35
    PAY_SNF = 36
    PAY_HOME_HEALTH = 37
    PAY_HOSPICE = 38
    PAY_PRIMARY = 39
    PAY_SPECIALIST = 40
    PAY_OUTPATIENT = 41
    PATIENT_SHARE = 42  # deductibles and co-insurance that patients pay themselves
    HOSPITAL_COST = 43
    SUPPLEMENT_SHARE = 44  # the same, for those whose supplemental insurance pays it
    CONTACTS = 45  # programme tasks done with the patient or the family, not at a desk
    WORKED_20 = 46  # patient-months in which so many minutes of programme work were done, see WORKED_MINUTES
    WORKED_30 = 47
    WORKED_40 = 48
    WORKED_60 = 49
    WORKED_90 = 50
    UNREACHED = 51  # enrolled patients with whom there has been no contact for contact.SILENCE, in the month in which that is so first
    UNREACHED_US = 52  # and how long it stays so


COUNTERS = len(Counter)
OWN_COUNTERS = Counter.CONTACTS + 1  # those that are kept per patient too
WORKED_MINUTES = (20, 30, 40, 60, 90)  # the thresholds of care-management codes, from WORKED_20 on
TIME_COUNTERS = sum(1 << counter for counter in (Counter.STAY_US, Counter.HOSPITAL_US, Counter.SNF_US, Counter.SNF_BOUND_US))
CO_INSURED = sum(
    1 << counter
    for counter in (
        Counter.PAY_PROFESSIONAL,
        Counter.PAY_ED,
        Counter.PAY_OBSERVATION,
        Counter.PAY_PRIMARY,
        Counter.PAY_SPECIALIST,
        Counter.PAY_OUTPATIENT,
    )
)  # Part B, of which the patient owes a share
FIRST_PAYMENT = Counter.PAY_INPATIENT
LAST_PAYMENT = Counter.PAY_OUTPATIENT


class Trouble(IntEnum):
    """Why a run had to stop."""

    NONE = 0
    HAZARD_ABOVE_BOUND = 1
    POOL_FULL = 2
    IMPOSSIBLE_TRANSITION = 3
    AGENDA_FULL = 4
    EVENT_TOO_LARGE = 5
