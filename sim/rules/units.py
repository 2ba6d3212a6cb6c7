"""Time is a whole number of microseconds since launch; people see days, months and dates."""

from __future__ import annotations

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
YEAR = 365 * DAY + 6 * HOUR
MONTH = YEAR // 12  # 30.4375 days, a whole number of microseconds
NEVER = 1 << 62

BASELINE_MONTHS = 12
PERIOD_MONTHS = 6
PERIOD = PERIOD_MONTHS * MONTH  # programme periods in which an evaluator counts per person
SILENCE_MONTHS = 6  # without contact: a definition; MGH's managers telephoned every patient every four to six months (Kodner 2015)
BASELINE_START = -BASELINE_MONTHS * MONTH
