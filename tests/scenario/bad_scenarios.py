# ruff: noqa: E501
"""Bad scenarios: what is changed in the minimal one, or the whole text, and what the planner is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bad:
    """`edits` replace text of the minimal scenario once each; `text` stands alone. `expected`: every line of the message."""

    name: str
    expected: tuple[str, ...]
    edits: tuple[tuple[str, str], ...] = ()
    text: str | None = None


BAD = (
    Bad(
        "negative_fte",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be at least 0 (got -2)",),
        edits=(("      fte: 2\n", "      fte: -2\n"),),
    ),
    Bad(
        "nan",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be a finite number (got nan)",),
        edits=(("      fte: 2\n", "      fte: .nan\n"),),
    ),
    Bad(
        "nan_word",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be a finite number (got 'NaN')",),
        edits=(("      fte: 2\n", "      fte: NaN\n"),),
    ),
    Bad(
        "infinity",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be a finite number (got inf)",),
        edits=(("      fte: 2\n", "      fte: .inf\n"),),
    ),
    Bad(
        "minus_infinity",
        ("bad.yaml:7:3: run.discount_rate: must be a finite number (got -inf)",),
        edits=(("discount_rate: 0.0", "discount_rate: -.Inf"),),
    ),
    Bad(
        "overflowing_number", ("bad.yaml:10:3: population.size: must be a finite number (got inf)",), edits=(("size: 200", "size: 1e999"),)
    ),
    Bad(
        "overflowing_text",
        ("bad.yaml:34:7: programme.staff.case_manager.vacancy: must be at most 200 years (got 1e999 days)",),
        edits=(("vacancy: 60 days", "vacancy: 1e999 days"),),
    ),
    Bad(
        "share_above_one",
        ("bad.yaml:22:5: programme.enrolment.refusal_share: must be at most 1 (got 1.1)",),
        edits=(("refusal_share: 0.1  #", "refusal_share: 1.1  #"),),
    ),
    Bad(
        "share_in_percent",
        ("bad.yaml:22:5: programme.enrolment.refusal_share: write a percentage as a number, e.g. 0.15 for 15%",),
        edits=(("refusal_share: 0.1  #", "refusal_share: 15%  #"),),
    ),
    Bad(
        "share_as_percent_number",
        ("bad.yaml:22:5: programme.enrolment.refusal_share: must be at most 1 (got 15); write a share as a number from 0 to 1, e.g. 0.15",),
        edits=(("refusal_share: 0.1  #", "refusal_share: 15  #"),),
    ),
    Bad(
        "number_in_quotes",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be a number, not text in quotes (got '12')",),
        edits=(("      fte: 2\n", '      fte: "12"\n'),),
    ),
    Bad(
        "number_with_comma",
        ("bad.yaml:10:3: population.size: write numbers without commas or currency signs, e.g. 15230 (got '15,230')",),
        edits=(("size: 200", "size: 15,230"),),
    ),
    Bad(
        "number_with_underscore",
        ("bad.yaml:10:3: population.size: write numbers without underscores, e.g. 15230 (got '15_230')",),
        edits=(("size: 200", "size: 15_230"),),
    ),
    Bad("half_a_patient", ("bad.yaml:10:3: population.size: must be a whole number (got 200.5)",), edits=(("size: 200", "size: 200.5"),)),
    Bad(
        "date_as_number",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be a number, e.g. 12 (got the date 2006-08-01)",),
        edits=(("      fte: 2\n", "      fte: 2006-08-01\n"),),
    ),
    Bad(
        "date_as_duration",
        ("bad.yaml:4:3: run.horizon: must be a duration, e.g. '14 days' (got the date 2009-07-31)",),
        edits=(("horizon: 12 months", "horizon: 2009-07-31"),),
    ),
    Bad(
        "number_as_date",
        ("bad.yaml:3:3: run.launch: must be a date, e.g. 2006-08-01 (got 2006)",),
        edits=(("launch: 2006-08-01", "launch: 2006"),),
    ),
    Bad(
        "american_date",
        ("bad.yaml:3:3: run.launch: must be a date, e.g. 2006-08-01 (got '08/01/2006')",),
        edits=(("launch: 2006-08-01", "launch: 08/01/2006"),),
    ),
    Bad(
        "impossible_date",
        ("bad.yaml:3:3: run.launch: must be a date, e.g. 2006-08-01 (got '2006-02-30')",),
        edits=(("launch: 2006-08-01", "launch: 2006-02-30"),),
    ),
    Bad(
        "list_as_number",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be one number, e.g. 12 (got a list)",),
        edits=(("      fte: 2\n", "      fte: [2, 3]\n"),),
    ),
    Bad(
        "block_as_number",
        ("bad.yaml:26:13: programme.staff.case_manager.fte.amount: unknown key",),
        edits=(("      fte: 2\n", "      fte: {amount: 2}\n"),),
    ),
    Bad(
        "switch_as_number",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must be a number, e.g. 12 (got true)",),
        edits=(("      fte: 2\n", "      fte: true\n"),),
    ),
    Bad(
        "nothing_as_number",
        ("bad.yaml:25:5: programme.staff.case_manager.fte: missing; must be stated, e.g. 12",),
        edits=(("      fte: 2\n", "      fte:\n"),),
    ),
    Bad(
        "yes_as_switch",
        ("bad.yaml:32:7: programme.staff.case_manager.cover: must be true or false (got 'yes')",),
        edits=(("cover: true", "cover: yes"),),
    ),
    Bad(
        "fraction_of_replications",
        ("bad.yaml:3:3: run.replications: must be a whole number (got 2.5)",),
        edits=(("title: Test\nrun:\n", "title: Test\nrun:\n  replications: 2.5\n"),),
    ),
    Bad(
        "no_replications",
        ("bad.yaml:3:3: run.replications: must be at least 1 (got 0)",),
        edits=(("title: Test\nrun:\n", "title: Test\nrun:\n  replications: 0\n"),),
    ),
    Bad(
        "negative_seed",
        ("bad.yaml:3:3: run.seed: must be at least 0 (got -1)",),
        edits=(("title: Test\nrun:\n", "title: Test\nrun:\n  seed: -1\n"),),
    ),
    Bad(
        "duration_without_unit",
        ("bad.yaml:4:3: run.horizon: needs a unit, e.g. '36 days' (got 36)",),
        edits=(("horizon: 12 months", "horizon: 36"),),
    ),
    Bad(
        "duration_glued",
        ("bad.yaml:34:7: programme.staff.case_manager.vacancy: put a space between number and unit: '60 days' (got '60days')",),
        edits=(("vacancy: 60 days", "vacancy: 60days"),),
    ),
    Bad(
        "duration_misspelt",
        (
            "bad.yaml:34:7: programme.staff.case_manager.vacancy: 'dayz' is not a unit of time; use one of microseconds, milliseconds, seconds, minutes, hours, days, weeks, months, years; did you mean 'days'?",
        ),
        edits=(("vacancy: 60 days", "vacancy: 60 dayz"),),
    ),
    Bad(
        "duration_negative",
        ("bad.yaml:34:7: programme.staff.case_manager.vacancy: must be at least 0 (got -60 days)",),
        edits=(("vacancy: 60 days", "vacancy: -60 days"),),
    ),
    Bad(
        "duration_of_zero",
        ("bad.yaml:4:3: run.horizon: must be more than 0 (got 0 days)",),
        edits=(("horizon: 12 months", "horizon: 0 days"),),
    ),
    Bad(
        "duration_in_dollars",
        ("bad.yaml:34:7: programme.staff.case_manager.vacancy: must be a duration, e.g. '14 days' (got '60 USD')",),
        edits=(("vacancy: 60 days", "vacancy: 60 USD"),),
    ),
    Bad(
        "rate_in_days",
        (
            "bad.yaml:33:30: programme.staff.case_manager.turnover.unit: must be a rate: per year, per month, per week, per day, per hour or per 30 days (got 'days')",
        ),
        edits=(("turnover: 0.1", "turnover: {value: 0.1, unit: days}"),),
    ),
    Bad(
        "rate_negative",
        ("bad.yaml:33:7: programme.staff.case_manager.turnover: must be at least 0 (got -0.1)",),
        edits=(("turnover: 0.1", "turnover: -0.1"),),
    ),
    Bad(
        "duration_per_year",
        ("bad.yaml:34:28: programme.staff.case_manager.vacancy.unit: must be a unit of time such as days (got 'per year')",),
        edits=(("vacancy: 60 days", "vacancy: {value: 60, unit: per year}"),),
    ),
    Bad(
        "duration_unit_twice",
        ("bad.yaml:34:17: programme.staff.case_manager.vacancy.value: states a unit twice: '60 days' and unit 'weeks'",),
        edits=(("vacancy: 60 days", "vacancy: {value: 60 days, unit: weeks}"),),
    ),
    Bad(
        "money_without_currency",
        ("bad.yaml:37:7: programme.staff.case_manager.cost: needs its currency, e.g. '115000 USD' (got 115000)",),
        edits=(("cost: 115000 USD", "cost: 115000"),),
    ),
    Bad(
        "money_in_dollars",
        ("bad.yaml:37:7: programme.staff.case_manager.cost: write an amount as '115000 USD', without commas or $ (got '$115,000')",),
        edits=(("cost: 115000 USD", "cost: $115,000"),),
    ),
    Bad(
        "money_in_euros",
        ("bad.yaml:37:7: programme.staff.case_manager.cost: must be an amount in USD, e.g. '115000 USD' (got '115000 EUR')",),
        edits=(("cost: 115000 USD", "cost: 115000 EUR"),),
    ),
    Bad(
        "money_per_hour",
        ("bad.yaml:37:29: programme.staff.case_manager.cost.unit: must be 'per month' or 'per year' (got 'per hour')",),
        edits=(("cost: 115000 USD", "cost: {value: 55 USD, unit: per hour}"),),
    ),
    Bad(
        "fee_per_year_of_staff",
        ("bad.yaml:70:25: contract.fee.unit: must be 'per participant-month' or 'per participant-year' (got 'per month')",),
        edits=(("unit: per participant-month", "unit: per month"),),
    ),
    Bad(
        "fee_negative",
        ("bad.yaml:70:9: contract.fee.value: must be at least 0 (got -120 USD)",),
        edits=(("value: 120 USD", "value: -120 USD"),),
    ),
    Bad(
        "share_with_unit",
        ("bad.yaml:31:29: programme.staff.case_manager.absence.unit: must be 'share' (got 'per year')",),
        edits=(("absence: 0.1", "absence: {value: 0.1, unit: per year}"),),
    ),
    Bad(
        "unit_is_number",
        ("bad.yaml:33:30: programme.staff.case_manager.turnover.unit: must be text, e.g. per year (got 1)",),
        edits=(("turnover: 0.1", "turnover: {value: 0.1, unit: 1}"),),
    ),
    Bad(
        "meetings_per_patient",
        ("bad.yaml:30:34: programme.staff.case_manager.meetings.unit: must be 'per month' (got 'per patient')",),
        edits=(("meetings: 8 hours", "meetings: {value: 8 hours, unit: per patient}"),),
    ),
    Bad(
        "time_of_day",
        ('bad.yaml:28:31: programme.staff.case_manager.hours.from: must be a time of day, e.g. "08:30" (got 8)',),
        edits=(('from: "08:00"', "from: 8"),),
    ),
    Bad(
        "time_of_day_beyond",
        ("bad.yaml:28:46: programme.staff.case_manager.hours.to: must be a time of day, e.g. \"08:30\" (got '25:00')",),
        edits=(('to: "17:00"', 'to: "25:00"'),),
    ),
    Bad("other_currency", ("bad.yaml:6:3: run.currency: must be 'USD' (got 'EUR')",), edits=(("currency: USD", "currency: EUR"),)),
    Bad(
        "value_missing",
        ("bad.yaml:26:7: programme.staff.case_manager.fte: must have 'value'",),
        edits=(("      fte: 2\n", "      fte: {source: our office}\n"),),
    ),
    Bad(
        "value_unknown_key",
        ("bad.yaml:26:23: programme.staff.case_manager.fte.sources: unknown key; did you mean 'source'?",),
        edits=(("      fte: 2\n", "      fte: {value: 2, sources: our office}\n"),),
    ),
    Bad(
        "value_that_varies",
        (
            "bad.yaml:26:13: programme.staff.case_manager.fte.mean: this field is one number and does not vary between occasions: write value",
        ),
        edits=(("      fte: 2\n", "      fte: {mean: 2, sd: 1}\n"),),
    ),
    Bad(
        "grade_unknown",
        (
            "bad.yaml:26:23: programme.staff.case_manager.fte.grade: must be 'published', 'derived', 'assumption', 'calibrated' or 'scenario' (got 'publised'); did you mean 'published'?",
        ),
        edits=(("      fte: 2\n", "      fte: {value: 2, grade: publised}\n"),),
    ),
    Bad(
        "grade_of_block_unknown",
        (
            "bad.yaml:36:85: programme.staff.case_manager.training.grade: must be 'published', 'derived', 'assumption', 'calibrated' or 'scenario' (got 'good')",
        ),
        edits=(("grade: derived", "grade: good"),),
    ),
    Bad(
        "source_empty",
        ("bad.yaml:26:23: programme.staff.case_manager.fte.source: must say in words where the number comes from (got '')",),
        edits=(("      fte: 2\n", "      fte: {value: 2, source: ''}\n"),),
    ),
    Bad(
        "source_of_block_a_number",
        ("bad.yaml:36:65: programme.staff.case_manager.training.source: must say in words where the numbers come from (got 7)",),
        edits=(("source: our office", "source: 7"),),
    ),
    Bad(
        "interval_reversed",
        ("bad.yaml:31:29: programme.staff.case_manager.absence.range: must be [low, high] with low first (got 0.2 to 0.05)",),
        edits=(("absence: 0.1", "absence: {value: 0.1, range: [0.2, 0.05]}"),),
    ),
    Bad(
        "interval_without_value",
        ("bad.yaml:31:29: programme.staff.case_manager.absence.ci95: must contain the value (got 0.2 to 0.3, value 0.1)",),
        edits=(("absence: 0.1", "absence: {value: 0.1, ci95: [0.2, 0.3]}"),),
    ),
    Bad(
        "interval_beyond_one",
        ("bad.yaml:31:43: programme.staff.case_manager.absence.range.1: must be at most 1 (got 1.5)",),
        edits=(("absence: 0.1", "absence: {value: 0.1, range: [0.05, 1.5]}"),),
    ),
    Bad(
        "interval_of_three",
        ("bad.yaml:31:29: programme.staff.case_manager.absence.range: must be a list of two numbers, [low, high] (got [0.05, 0.1, 0.2])",),
        edits=(("absence: 0.1", "absence: {value: 0.1, range: [0.05, 0.1, 0.2]}"),),
    ),
    Bad(
        "two_uncertainties",
        ("bad.yaml:31:29: programme.staff.case_manager.absence.range: must have only one of 'ci95' or 'range'",),
        edits=(("absence: 0.1", "absence: {value: 0.1, range: [0.05, 0.2], ci95: [0.05, 0.2]}"),),
    ),
    Bad(
        "count_above_total",
        ("bad.yaml:31:17: programme.staff.case_manager.absence.count: must be at most of = 10 (got 12)",),
        edits=(("absence: 0.1", "absence: {count: 12, of: 10}"),),
    ),
    Bad(
        "count_without_total",
        ("bad.yaml:31:17: programme.staff.case_manager.absence.count: count needs 'of' beside it",),
        edits=(("absence: 0.1", "absence: {count: 12}"),),
    ),
    Bad(
        "distribution_unknown",
        (
            "bad.yaml:31:44: programme.staff.case_manager.absence.distribution.family: must be 'normal', 'lognormal', 'uniform', 'triangular', 'beta' or 'gamma' (got 'gaussian')",
        ),
        edits=(("absence: 0.1", "absence: {value: 0.1, distribution: {family: gaussian, sd: 1}}"),),
    ),
    Bad(
        "distribution_without_spread",
        ("bad.yaml:31:29: programme.staff.case_manager.absence.distribution: normal needs sd (got nothing)",),
        edits=(("absence: 0.1", "absence: {value: 0.1, distribution: {family: normal}}"),),
    ),
    Bad(
        "law_of_parts",
        (
            "bad.yaml:43:7: programme.components.outreach.hours: must be written as fixed, mean, mean and sd, mean and cv, mean and shape, median and iqr, or median and mean (got sd)",
        ),
        edits=(("{mean: 60 minutes, sd: 30 minutes}", "{sd: 30 minutes}"),),
    ),
    Bad(
        "law_unknown",
        (
            "bad.yaml:43:49: programme.components.outreach.hours.law: must be 'fixed', 'exponential', 'lognormal', 'gamma', 'weibull' or 'normal' (got 'log-normal'); did you mean 'lognormal'?",
        ),
        edits=(("{mean: 60 minutes, sd: 30 minutes}", "{mean: 60 minutes, sd: 30 minutes, law: log-normal}"),),
    ),
    Bad(
        "law_that_does_not_fit",
        (
            "bad.yaml:43:49: programme.components.outreach.hours.law: 'exponential' cannot be given by mean and sd; 'lognormal', 'gamma', 'weibull' or 'normal' can",
        ),
        edits=(("{mean: 60 minutes, sd: 30 minutes}", "{mean: 60 minutes, sd: 30 minutes, law: exponential}"),),
    ),
    Bad(
        "law_negative_spread",
        ("bad.yaml:43:33: programme.components.outreach.hours.sd: must be at least 0 (got -30 minutes)",),
        edits=(("{mean: 60 minutes, sd: 30 minutes}", "{mean: 60 minutes, sd: -30 minutes}"),),
    ),
    Bad(
        "law_min_above_max",
        ("bad.yaml:43:49: programme.components.outreach.hours.min: must be at most max (got 2 hours and 1 hours)",),
        edits=(("{mean: 60 minutes, sd: 30 minutes}", "{mean: 60 minutes, sd: 30 minutes, min: 2 hours, max: 1 hours}"),),
    ),
    Bad(
        "law_median_outside_quartiles",
        (
            "bad.yaml:43:35: programme.components.outreach.hours.iqr: must have the median 60 minutes between its quartiles (got 70 minutes to 90 minutes)",
        ),
        edits=(("{mean: 60 minutes, sd: 30 minutes}", "{median: 60 minutes, iqr: [70 minutes, 90 minutes]}"),),
    ),
    Bad(
        "law_median_above_mean",
        (
            "bad.yaml:43:15: programme.components.outreach.hours.median: must be more than 0 and at most the mean of a log-normal (got 60 minutes)",
        ),
        edits=(("{mean: 60 minutes, sd: 30 minutes}", "{median: 60 minutes, mean: 50 minutes}"),),
    ),
    Bad(
        "unknown_key",
        (
            "bad.yaml:25:5: programme.staff.case_manager.turnover: missing; must be stated, e.g. {value: 0.02, unit: per year}",
            "bad.yaml:33:7: programme.staff.case_manager.turn_over: unknown key; did you mean 'turnover'?",
        ),
        edits=(("      turnover: 0.1", "      turn_over: 0.1"),),
    ),
    Bad("unknown_block", ("bad.yaml:20:1: program: unknown key; did you mean 'programme'?",), edits=(("programme:", "program:"),)),
    Bad(
        "key_in_wrong_block",
        ("bad.yaml:24:3: programme.horizon: unknown key; it belongs to run",),
        edits=(("  staff:\n", "  horizon: 12 months\n  staff:\n"),),
    ),
    Bad(
        "cyrillic_key",
        (
            "bad.yaml:25:5: programme.staff.case_manager.fte: missing; must be stated, e.g. 12",
            "bad.yaml:26:7: programme.staff.case_manager.ft\u0435: unknown key; did you mean 'fte'?; '\u0435' is U+0435 CYRILLIC SMALL LETTER IE",
        ),
        edits=(("      fte: 2", "      ft\u0435: 2"),),
    ),
    Bad(
        "duplicate_key",
        ("bad.yaml:27:7: programme.staff.case_manager.fte: duplicate key; first set on line 26",),
        edits=(("      fte: 2\n", "      fte: 2\n      fte: 3\n"),),
    ),
    Bad(
        "duplicate_component",
        ("bad.yaml:60:5: programme.components.call: duplicate key; first set on line 48",),
        edits=(("    answer:\n", "    call:\n"),),
    ),
    Bad(
        "capital_role",
        (
            "bad.yaml:25:5: programme.staff.Case Manager: a name is made of lower-case letters, digits and _, and starts with a letter",
            "bad.yaml:41:7: programme.components.outreach.staff: there is no role 'case_manager'; did you mean 'Case Manager'?",
            "bad.yaml:51:7: programme.components.call.staff: there is no role 'case_manager'; did you mean 'Case Manager'?",
            "bad.yaml:63:7: programme.components.answer.staff: there is no role 'case_manager'; did you mean 'Case Manager'?",
        ),
        edits=(("    case_manager:\n", "    Case Manager:\n"),),
    ),
    Bad("missing_horizon", ("bad.yaml:2:1: run.horizon: missing; must be stated, e.g. 14 days",), edits=(("  horizon: 12 months\n", ""),)),
    Bad(
        "missing_role_key",
        ("bad.yaml:25:5: programme.staff.case_manager.cover: missing; must be stated",),
        edits=(("      cover: true\n", ""),),
    ),
    Bad(
        "null_required",
        ("bad.yaml:2:1: run.horizon: missing; must be stated, e.g. 14 days",),
        edits=(("horizon: 12 months", "horizon: null"),),
    ),
    Bad(
        "block_is_text",
        (
            "bad.yaml:2:1: run: must be a block with launch, horizon, burn_in, replications, seed, price_year, currency, discount_rate, discounting, holidays (got 'soon')",
            "bad.yaml:3:1: run_2: unknown key; did you mean 'run'?",
        ),
        edits=(("run:\n", "run: soon\nrun_2:\n"),),
    ),
    Bad(
        "table_is_list",
        ("bad.yaml:15:3: sites.snfs: must be a block with one entry for each name (got a list)",),
        edits=(("    near: {share: 0.6}\n    far: {share: 0.4, network: true, beds: 20}\n", "    - {share: 1.0}\n"),),
    ),
    Bad(
        "component_is_text",
        (
            "bad.yaml:60:5: programme.components.later: must be a block with on, after, every, by, for, staff, mode, hours, attempts, chance, chance_trend, delay (got 'soon')",
        ),
        edits=(("    answer:\n", "    later: soon\n    answer:\n"),),
    ),
    Bad(
        "hours_misspelt",
        (
            "bad.yaml:28:7: programme.staff.case_manager.hours: must be 'always' or a block with days, from, to (got 'alway'); did you mean 'always'?",
        ),
        edits=(('hours: {days: weekdays, from: "08:00", to: "17:00"}', "hours: alway"),),
    ),
    Bad(
        "beds_misspelt",
        ("bad.yaml:17:38: sites.snfs.far.beds: must be a number, e.g. 900 (got 'unlimitted'); did you mean 'unlimited'?",),
        edits=(("beds: 20", "beds: unlimitted"),),
    ),
    Bad(
        "remove_what_is_not_there",
        ("bad.yaml:60:5: programme.components.anwser: there is nothing of this name to remove",),
        edits=(("    answer:\n", "    anwser: null\n    answer:\n"),),
    ),
    Bad(
        "merge_key",
        ("bad.yaml:61:7: programme.components.answer.<<: unknown key",),
        edits=(("    answer:\n", "    answer:\n      <<: {mode: desk}\n"),),
    ),
    Bad(
        "choice_misspelt",
        ("bad.yaml:27:7: programme.staff.case_manager.assignment: must be 'panel' or 'pool' (got 'pannel'); did you mean 'panel'?",),
        edits=(("assignment: panel", "assignment: pannel"),),
    ),
    Bad(
        "event_unknown",
        (
            "bad.yaml:40:15: programme.components.outreach.after.0: must be 'eligibility', 'enrolment', 'tier_set', 'visit', 'missed_visit', 'ed_visit', 'observation', 'admission', 'discharge', 'snf_admission', 'snf_discharge', 'warning_noticed', 'home_health' or 'task_done' (got 'eligible'); did you mean 'eligibility'?",
        ),
        edits=(("after: [eligibility]", "after: [eligible]"),),
    ),
    Bad(
        "event_twice",
        ("bad.yaml:40:28: programme.components.outreach.after.1: stands here twice: 'eligibility'",),
        edits=(("after: [eligibility]", "after: [eligibility, eligibility]"),),
    ),
    Bad(
        "decline_is_not_observed",
        (
            "bad.yaml:40:15: programme.components.outreach.after.0: must be 'eligibility', 'enrolment', 'tier_set', 'visit', 'missed_visit', 'ed_visit', 'observation', 'admission', 'discharge', 'snf_admission', 'snf_discharge', 'warning_noticed', 'home_health' or 'task_done' (got 'decline')",
        ),
        edits=(("after: [eligibility]", "after: [decline]"),),
    ),
    Bad(
        "tier_four",
        ("bad.yaml:50:42: programme.components.call.for.tiers.1: must be 1, 2 or 3 (got 4)",),
        edits=(("tiers: [1, 2]", "tiers: [1, 4]"),),
    ),
    Bad(
        "mode_unknown",
        ("bad.yaml:42:7: programme.components.outreach.mode: must be 'phone', 'office', 'hospital', 'home' or 'desk' (got 'email')",),
        edits=(("mode: phone\n      hours: {mean: 60", "mode: email\n      hours: {mean: 60"),),
    ),
    Bad(
        "discounting_unknown",
        ("bad.yaml:8:3: run.discounting: must be 'none', 'continuous', 'yearly' or 'monthly' (got 'annual')",),
        edits=(("discounting: none", "discounting: annual"),),
    ),
    Bad(
        "role_does_not_exist",
        ("bad.yaml:63:7: programme.components.answer.staff: there is no role 'case_managers'; did you mean 'case_manager'?",),
        edits=(("      staff: case_manager\n      mode: desk", "      staff: case_managers\n      mode: desk"),),
    ),
    Bad(
        "panel_without_manager",
        (
            "bad.yaml:26:7: programme.staff.case_manager.fte: must be more than 0: nobody has the panels, and component 'answer' needs this role",
        ),
        edits=(("      fte: 2\n", "      fte: 0\n"),),
    ),
    Bad(
        "nobody_enrols",
        (
            "bad.yaml:38:3: programme.components: nobody is ever enrolled: give a component does.enrol, or set programme.enrolment.at_launch: all",
        ),
        edits=(("        enrol: 0.9\n", "        screen: 0.9\n"),),
    ),
    Bad(
        "by_names_no_component",
        ("bad.yaml:62:7: programme.components.answer.by: there is no component 'cal'; did you mean 'call'?",),
        edits=(("by: [call]", "by: [cal]"),),
    ),
    Bad(
        "by_names_a_blind_component",
        ("bad.yaml:62:7: programme.components.answer.by: component 'outreach' never notices a warning: it has no does.notice_warning",),
        edits=(("by: [call]", "by: [outreach]"),),
    ),
    Bad(
        "by_without_its_event",
        (
            "bad.yaml:62:7: programme.components.answer.by: has an effect only after 'warning_noticed' or 'task_done'",
            "bad.yaml:68:9: programme.components.answer.does.respond: answers a noticed warning: the component must be after: [warning_noticed]",
        ),
        edits=(("after: [warning_noticed]\n      by: [call]", "after: [discharge]\n      by: [call]"),),
    ),
    Bad(
        "condition_unknown",
        (
            "bad.yaml:50:31: programme.components.call.for.conditions_any: there is no condition 'hart_failure'; did you mean 'heart_failure'?",
        ),
        edits=(("for: {settings: [home],", "for: {settings: [home], conditions_any: [hart_failure],"),),
    ),
    Bad(
        "practice_without_hospital",
        ("bad.yaml:19:98: sites.practices.one.hospital: there is no hospital 'mian'; did you mean 'main'?",),
        edits=(("hospital: main", "hospital: mian"),),
    ),
    Bad(
        "practice_outside",
        ("bad.yaml:19:98: sites.practices.one.hospital: 'elsewhere' is outside; a practice needs a hospital of its own",),
        edits=(("hospital: main", "hospital: elsewhere"),),
    ),
    Bad(
        "snf_shares",
        ("bad.yaml:15:3: sites.snfs: shares of the SNFs must add up to 1 (got 0.9)",),
        edits=(("near: {share: 0.6}", "near: {share: 0.5}"),),
    ),
    Bad(
        "practice_sizes",
        ("bad.yaml:18:3: sites.practices: count times size must add up to 1 over all practices (got 1.5)",),
        edits=(("{count: 2, size: 0.5", "{count: 3, size: 0.5"),),
    ),
    Bad(
        "two_outside",
        ("bad.yaml:15:14: sites.hospitals.abroad.outside: only one hospital can be outside; 'elsewhere' is",),
        edits=(("    elsewhere: {outside: true}\n", "    elsewhere: {outside: true}\n    abroad: {outside: true}\n"),),
    ),
    Bad(
        "ed_shares",
        ("bad.yaml:69:19: usual_care.ed.admitted_share: admitted_share + observed_share must be at most 1 (got 1.1)",),
        edits=(("contract:\n", "usual_care: {ed: {admitted_share: 0.7, observed_share: 0.4}}\ncontract:\n"),),
    ),
    Bad(
        "discharge_shares",
        (
            "bad.yaml:69:25: usual_care.hospital.to_snf: to_snf + to_home_health + to_hospice_in_decline + to_long_stay must be at most 1 (got 1.2)",
        ),
        edits=(
            (
                "contract:\n",
                "usual_care: {hospital: {to_snf: 0.6, to_home_health: 0.4, to_hospice_in_decline: 0.1, to_long_stay: 0.1}}\ncontract:\n",
            ),
        ),
    ),
    Bad(
        "rule_shares",
        ("bad.yaml:69:25: usual_care.hospital.kept_for_rule: kept_for_rule + pays_privately must be at most 1 (got 1.1)",),
        edits=(("contract:\n", "usual_care: {hospital: {kept_for_rule: 0.9, pays_privately: 0.2}}\ncontract:\n"),),
    ),
    Bad(
        "fatality_in_decline",
        ("bad.yaml:69:25: usual_care.hospital.fatality: fatality times fatality_in_decline must be at most 1 (got 1.5)",),
        edits=(("contract:\n", "usual_care: {hospital: {fatality: 0.5, fatality_in_decline: 3}}\ncontract:\n"),),
    ),
    Bad(
        "refresh_after_the_end",
        ("bad.yaml:23:15: programme.enrolment.refresh.at: must be before the horizon (got 13 months and 12 months)",),
        edits=(("at: 6 months", "at: 13 months"),),
    ),
    Bad(
        "due_after_deadline",
        ("bad.yaml:54:7: programme.components.call.due: must be at most the deadline (got 20 days and 10 days)",),
        edits=(("due: 2 days", "due: 20 days"),),
    ),
    Bad(
        "stops_before_start",
        ("bad.yaml:59:7: programme.components.call.stops: must be later than starts (got 5 days)",),
        edits=(("stops: 10 months", "stops: 5 days"),),
    ),
    Bad(
        "starts_after_the_end",
        (
            "bad.yaml:58:7: programme.components.call.starts: must be before the horizon, 12 months (got 2 years)",
            "bad.yaml:59:7: programme.components.call.stops: must be later than starts (got 10 months)",
        ),
        edits=(("starts: 1 weeks", "starts: 2 years"),),
    ),
    Bad(
        "tiers_reversed",
        ("bad.yaml:24:18: programme.work.tiers.tier_1: tier_1 must be at least tier_2 (got 1 and 1.5)",),
        edits=(("  staff:\n", "  work: {tiers: {tier_1: 1.0, tier_2: 1.5}}\n  staff:\n"),),
    ),
    Bad(
        "averts_too_much",
        ("bad.yaml:68:19: programme.components.answer.does.respond.averts: averts + milder must be at most 1 (got 1.1)",),
        edits=(("averts: 0.5", "averts: 0.9"),),
    ),
    Bad(
        "slot_without_response",
        ("bad.yaml:48:9: programme.components.outreach.does.open_urgent_slot: has an effect only together with respond",),
        edits=(("        enrol: 0.9\n", "        enrol: 0.9\n        open_urgent_slot: true\n"),),
    ),
    Bad(
        "two_triggers",
        (
            "bad.yaml:49:7: programme.components.call.every: only one of 'after' or 'every' can be stated; remove an inherited one with after: null",
        ),
        edits=(("      every: {tier_1: 2 weeks, tier_2: 1 months}\n", "      every: 2 weeks\n      after: [discharge]\n"),),
    ),
    Bad(
        "no_trigger",
        ("bad.yaml:48:5: programme.components.call: must say when work arises: after, every or on",),
        edits=(("      every: {tier_1: 2 weeks, tier_2: 1 months}\n", ""),),
    ),
    Bad(
        "work_without_hours",
        ("bad.yaml:60:5: programme.components.answer.hours: missing; work by staff needs it",),
        edits=(("      hours: 20 minutes\n", ""),),
    ),
    Bad(
        "chance_with_staff",
        (
            "bad.yaml:66:7: programme.components.answer.chance: is for usual care and for staff: practice; staff work through a queue instead",
        ),
        edits=(("      hours: 20 minutes\n", "      hours: 20 minutes\n      chance: 0.5\n"),),
    ),
    Bad(
        "practice_without_chance",
        ("bad.yaml:60:5: programme.components.answer: needs chance: the practice does it in passing",),
        edits=(
            ("      staff: case_manager\n      mode: desk\n      hours: 20 minutes\n", "      staff: practice\n      delay: 1 hours\n"),
        ),
    ),
    Bad(
        "enrols_after_enrolment",
        (
            "bad.yaml:47:9: programme.components.outreach.does.enrol: comes too late: the component starts after enrolment; use after: [eligibility]",
        ),
        edits=(("after: [eligibility]", "after: [enrolment]"),),
    ),
    Bad(
        "last_before_first",
        ("bad.yaml:35:36: programme.staff.case_manager.hiring.last_on: must be at least first_on (got 1 months)",),
        edits=(("first_on: 0 days, last_on: 1 months", "first_on: 2 months, last_on: 1 months"),),
    ),
    Bad(
        "closes_before_it_opens",
        ("bad.yaml:28:46: programme.staff.case_manager.hours.to: must be later than from (got 07:00)",),
        edits=(('to: "17:00"', 'to: "07:00"'),),
    ),
    Bad(
        "too_many_productive_hours",
        ("bad.yaml:29:7: programme.staff.case_manager.productive_hours: must fit between from and to, 9 hours (got 10 hours)",),
        edits=(("productive_hours: 7 hours", "productive_hours: 10 hours"),),
    ),
    Bad(
        "discounting_without_convention",
        ("bad.yaml:8:3: run.discounting: must be 'continuous', 'yearly' or 'monthly' with a discount rate of 0.03 (got 'none')",),
        edits=(("discount_rate: 0.0", "discount_rate: 0.03"),),
    ),
    Bad(
        "no_refresh_for_the_refresh_cohort",
        ("bad.yaml:50:46: programme.components.call.for.cohorts: there is no refresh cohort: programme.enrolment.refresh is absent",),
        edits=(
            ("    refresh: {at: 6 months, cap: 20, refusal_share: 0.1}\n", "    refresh: none\n"),
            ("tiers: [1, 2]", "tiers: [1, 2], cohorts: refresh"),
        ),
    ),
    Bad(
        "each_component_unknown_key",
        ("bad.yaml:24:20: programme.each_component.for: unknown key; known here: attempts, delay, urgency",),
        edits=(("  staff:\n    case", "  each_component: {for: {settings: home}}\n  staff:\n    case"),),
    ),
    Bad(
        "each_component_bad_value",
        ("bad.yaml:24:20: programme.each_component.urgency: must be at most 9 (got 12)",),
        edits=(("  staff:\n    case", "  each_component: {urgency: 12}\n  staff:\n    case"),),
    ),
    Bad(
        "waiver_without_network",
        ("bad.yaml:69:11: waivers.snf_three_day_rule: must be 'none' or a block with minimum_stars, physician_approval, stay (got true)",),
        edits=(
            ("share: 0.4, network: true", "share: 0.4, network: false"),
            ("contract:\n", "waivers: {snf_three_day_rule: true}\ncontract:\n"),
        ),
    ),
    Bad(
        "nobody_in_these_tiers",
        ("bad.yaml:50:31: programme.components.call.for.tiers: nobody would match: every states only tier_1, tier_2",),
        edits=(("tiers: [1, 2]", "tiers: [3]"),),
    ),
    Bad(
        "meetings_all_day",
        (
            "bad.yaml:30:7: programme.staff.case_manager.meetings: leave no time for patients: productive_hours add up to 152.2 hours a month",
        ),
        edits=(("meetings: 8 hours", "meetings: 160 hours"),),
    ),
    Bad(
        "attempts_at_the_desk",
        ("bad.yaml:65:7: programme.components.answer.attempts: has no effect with mode: desk, where nobody has to be reached",),
        edits=(("      mode: desk\n", "      mode: desk\n      attempts: 3\n"),),
    ),
    Bad(
        "no_productive_hours",
        ("bad.yaml:30:7: programme.staff.case_manager.meetings: leave no time for patients: productive_hours add up to 0 hours a month",),
        edits=(("productive_hours: 7 hours", "productive_hours: 0 hours"),),
    ),
    Bad(
        "key_of_no_block",
        (
            "bad.yaml:34:7: programme.staff.case_manager.xylophone: unknown key; known here: fte, assignment, hours, productive_hours, meetings, absence, cover, turnover, vacancy, hiring, leaves_on, training, cost, cost_parts",
        ),
        edits=(("      turnover: 0.1\n", "      turnover: 0.1\n      xylophone: 3\n"),),
    ),
    Bad(
        "same_name_as_usual_care",
        ("bad.yaml:60:5: programme.components.notice_in_visit: usual care has a component of this name too; choose another",),
        edits=(("    answer:\n", "    notice_in_visit:\n"),),
    ),
    Bad(
        "usual_care_with_staff",
        ("bad.yaml:69:46: usual_care.components.transition_visit.staff: unknown key; it belongs to programme",),
        edits=(("contract:\n", "usual_care: {components: {transition_visit: {staff: case_manager}}}\ncontract:\n"),),
    ),
    Bad(
        "usual_care_that_enrols",
        (
            "bad.yaml:69:53: usual_care.components.transition_visit.does.enrol: is for programmes; usual care has neither enrolment nor tiers",
        ),
        edits=(("contract:\n", "usual_care: {components: {transition_visit: {does: {enrol: 0.5}}}}\ncontract:\n"),),
    ),
    Bad(
        "supersedes_itself",
        ("bad.yaml:10:23: population.conditions.copd.supersedes: supersedes itself, directly or through others",),
        edits=(("population:\n", "population:\n  conditions: {copd: {supersedes: [copd]}}\n"),),
    ),
    Bad(
        "panel_missing",
        ("bad.yaml:10:11: population.panel.csv: no such file, seen from the folder of this one (got 'nobody.csv')",),
        edits=(("  size: 200\n", "  panel: {csv: nobody.csv}\n"),),
    ),
    Bad(
        "panel_outside",
        ("bad.yaml:10:11: population.panel.csv: must stay inside the folder 'folder' (got '../../../etc/panel.csv')",),
        edits=(("  size: 200\n", "  panel: {csv: ../../../etc/panel.csv}\n"),),
    ),
    Bad(
        "panel_absolute",
        ("bad.yaml:10:11: population.panel.csv: must be a path relative to this file (got '/etc/panel.csv')",),
        edits=(("  size: 200\n", "  panel: {csv: /etc/panel.csv}\n"),),
    ),
    Bad(
        "panel_not_csv",
        ("bad.yaml:10:11: population.panel.csv: must name a .csv file (got 'bad.yaml')",),
        edits=(("  size: 200\n", "  panel: {csv: bad.yaml}\n"),),
    ),
    Bad(
        "panel_misspelt",
        ("bad.yaml:10:3: population.panel: must be 'synthetic' or a block with csv (got 'synthetc'); did you mean 'synthetic'?",),
        edits=(("  size: 200\n", "  panel: synthetc\n"),),
    ),
    Bad("two_faults", ("bad.yaml:1:1: title: must be text (got a list)",), edits=(("title: Test\n", "title: [Test]\n"),)),
    Bad(
        "tag_python",
        (
            "bad.yaml:1:1: title: must be text (got a list)",
            "bad.yaml:1:8: title: YAML tags are not accepted: remove '!!python/object/apply:os.system'",
        ),
        edits=(("title: Test", "title: !!python/object/apply:os.system [echo]"),),
    ),
    Bad("tag_string", ("bad.yaml:1:8: title: YAML tags are not accepted: remove '!!str'",), edits=(("title: Test", "title: !!str Test"),)),
    Bad(
        "tag_own",
        (
            "bad.yaml:26:7: programme.staff.case_manager.fte: must be a number, e.g. 12 (got 'other.yaml')",
            "bad.yaml:26:12: programme.staff.case_manager.fte: YAML tags are not accepted: remove '!include'",
        ),
        edits=(("      fte: 2\n", "      fte: !include other.yaml\n"),),
    ),
    Bad(
        "anchor",
        ("bad.yaml:1:8: title: YAML anchors (&name) are not accepted: write the value out",),
        edits=(("title: Test", "title: &t Test"),),
    ),
    Bad(
        "alias",
        (
            "bad.yaml:1:8: title: YAML anchors (&name) are not accepted: write the value out",
            "bad.yaml:2:14: description: YAML aliases (*name) are not accepted: write the value out",
        ),
        edits=(("title: Test", "title: &t Test\ndescription: *t"),),
    ),
    Bad(
        "tab",
        ("bad.yaml:4:1: not valid YAML: tabs cannot indent YAML; use spaces",),
        edits=(("  horizon: 12 months", "\thorizon: 12 months"),),
    ),
    Bad(
        "colon_in_text",
        ("bad.yaml:1:12: not valid YAML: a ':' stands where none can be; check the indentation, or put the text in quotes",),
        edits=(("title: Test", "title: Test: one"),),
    ),
    Bad(
        "bracket_open",
        ("bad.yaml:41:12: not valid YAML: expected ',' or ']', but got ':'",),
        edits=(("after: [eligibility]", "after: [eligibility"),),
    ),
    Bad("two_documents", ("bad.yaml:2:1: must hold one YAML document; remove '---'",), edits=(("title: Test\n", "title: Test\n---\n"),)),
    Bad(
        "list_key",
        ("bad.yaml:2:3: a key must be a plain name, not a list or block",),
        edits=(("title: Test\n", "title: Test\n? [a, b]\n: c\n"),),
    ),
    Bad(
        "control_character",
        ("bad.yaml:1:10: holds an invisible character, U+0007 (control character); remove it",),
        edits=(("title: Test", "title: Te\u0007st"),),
    ),
    Bad(
        "invisible_character",
        ("bad.yaml:1:10: holds an invisible character, U+200B (ZERO WIDTH SPACE); remove it",),
        edits=(("title: Test", "title: Te\u200bst"),),
    ),
    Bad(
        "escaped_character",
        ("bad.yaml:1:8: title: holds an invisible character, U+D800 (control character); remove it",),
        edits=(("title: Test", 'title: "a\\ud800b"'),),
    ),
    Bad(
        "block_as_names",
        ("bad.yaml:40:7: programme.components.outreach.after: must be a name or a list of names (got a block)",),
        edits=(("after: [eligibility]", "after: {event: eligibility}"),),
    ),
    Bad(
        "turning_text_round",
        ("bad.yaml:1:8: holds an invisible character, U+202E (RIGHT-TO-LEFT OVERRIDE); remove it",),
        edits=(("title: Test", "title: \u202eTest"),),
    ),
    Bad(
        "extends_a_list",
        ("bad.yaml:2:1: extends: must name one scenario file, e.g. phase1.yaml",),
        edits=(("title: Test\n", "title: Test\nextends: [a.yaml]\n"),),
    ),
    Bad(
        "extends_itself",
        ("bad.yaml:2:1: extends: goes in a circle: bad.yaml -> bad.yaml",),
        edits=(("title: Test\n", "title: Test\nextends: bad.yaml\n"),),
    ),
    Bad(
        "extends_missing",
        ("bad.yaml:2:1: extends: bda.yaml: no such file; did you mean 'bad.yaml'?",),
        edits=(("title: Test\n", "title: Test\nextends: bda.yaml\n"),),
    ),
    Bad(
        "extends_outside",
        ("bad.yaml:2:1: extends: must stay inside the folder 'folder' (got '../../../etc/passwd.yaml')",),
        edits=(("title: Test\n", "title: Test\nextends: ../../../etc/passwd.yaml\n"),),
    ),
    Bad(
        "extends_absolute",
        ("bad.yaml:2:1: extends: must be a path relative to this file, or caseload:NAME for a shipped scenario (got '/etc/passwd')",),
        edits=(("title: Test\n", "title: Test\nextends: /etc/passwd\n"),),
    ),
    Bad(
        "extends_url",
        (
            "bad.yaml:2:1: extends: must be a path relative to this file, or caseload:NAME for a shipped scenario (got 'https://example.org/a.yaml')",
        ),
        edits=(("title: Test\n", "title: Test\nextends: https://example.org/a.yaml\n"),),
    ),
    Bad(
        "extends_other_kind",
        ("bad.yaml:2:1: extends: must name a .yaml or .yml file (got 'notes.txt')",),
        edits=(("title: Test\n", "title: Test\nextends: notes.txt\n"),),
    ),
    Bad(
        "extends_shipped_missing",
        ("bad.yaml:2:1: extends: caseload:mgh_cmp/phase9.yaml: no such file; did you mean 'phase1.yaml'?",),
        edits=(("title: Test\n", "title: Test\nextends: caseload:mgh_cmp/phase9.yaml\n"),),
    ),
    Bad(
        "extends_shipped_outside",
        ("bad.yaml:2:1: extends: must stay inside the folder 'scenarios' (got '../pyproject.yaml')",),
        edits=(("title: Test\n", "title: Test\nextends: caseload:../pyproject.yaml\n"),),
    ),
    Bad("empty", ("bad.yaml: is empty",), text=""),
    Bad("only_comments", ("bad.yaml: is empty",), text="# nothing\n"),
    Bad("list_at_top", ("bad.yaml:1:1: must be a block of keys such as 'run:' (got a list)",), text="- run\n- sites\n"),
    Bad("text_at_top", ("bad.yaml:1:1: must be a block of keys such as 'run:' (got one value)",), text="hello\n"),
    Bad("only_null", ("bad.yaml: is empty",), text="~\n"),
    Bad(
        "exploding",
        (
            "bad.yaml:1:4: a: YAML anchors (&name) are not accepted: write the value out",
            "bad.yaml:2:4: b: YAML anchors (&name) are not accepted: write the value out",
            "bad.yaml:2:8: b.0: YAML aliases (*name) are not accepted: write the value out",
        ),
        text="a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n",
    ),
    Bad(
        "deep",
        ("bad.yaml:1:36: a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0: is nested more than 32 levels deep",),
        text="a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
    ),
    Bad(
        "deep_blocks",
        ("bad.yaml:34:34: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a: is nested more than 32 levels deep",),
        text="".join(" " * level + "a:\n" for level in range(60)),
    ),
    Bad("endless", ("bad.yaml:1:39999: has more than 20,000 values: this is not a scenario",), text="title: [" + "a," * 60_000 + "]"),
    Bad(
        "self_reference",
        (
            "bad.yaml:1:4: a: YAML anchors (&name) are not accepted: write the value out",
            "bad.yaml:1:11: a.b: YAML aliases (*name) are not accepted: write the value out",
        ),
        text="a: &a {b: *a}\n",
    ),
    Bad(
        "design_that_needs_a_control_group",
        ("bad.yaml:3:3: evaluation.designs: 'randomised' needs evaluation.control, e.g. {panel: 15230}",),
        edits=(("title: Test\n", "title: Test\nevaluation:\n  designs: randomised\n"),),
    ),
    Bad(
        "comparison_that_differs_in_what_is_not_there",
        ("bad.yaml:4:15: evaluation.comparison.differs.usual_care.crisis: unknown key; did you mean 'crises'?",),
        edits=(("title: Test\n", "title: Test\nevaluation:\n  comparison:\n    differs: {usual_care.crisis.rate: 0.4 per year}\n"),),
    ),
    Bad(
        "evaluation_misspelt",
        (
            "bad.yaml:2:1: evaluation: must be 'none' or a block with designs, windows, covariates, cluster, trim_at, test, comparison, control (got 'nonne'); did you mean 'none'?",
        ),
        edits=(("title: Test\n", "title: Test\nevaluation: nonne\n"),),
    ),
    Bad(
        "nothing_stated",
        (
            "bad.yaml:1:1: run.currency: missing; must be 'USD'",
            "bad.yaml:1:1: run.discount_rate: missing; must be stated, e.g. 0.03",
            "bad.yaml:1:1: run.discounting: missing; must be 'none', 'continuous', 'yearly' or 'monthly'",
            "bad.yaml:1:1: run.horizon: missing; must be stated, e.g. 14 days",
            "bad.yaml:1:1: run.launch: missing; must be stated",
            "bad.yaml:1:1: run.price_year: missing; must be stated",
            "bad.yaml:1:1: sites: missing; must be stated, a block with hospitals, snfs, practices",
        ),
        text="title: Test\n",
    ),
    Bad(
        "contract_kind_misspelt",
        (
            "bad.yaml:70:3: contract.kind: must be 'fee_only', 'cmhcb', 'pioneer', 'mssp', 'reach', 'medicaid_aco', 'capitation', 'ffs_codes' or 'bundle' (got 'mspp'); did you mean 'mssp'?",
        ),
        edits=(("contract:\n", "contract:\n  kind: mspp\n"),),
    ),
    Bad(
        "contract_kind_removed",
        (
            "bad.yaml:69:1: contract.kind: missing; must be 'fee_only', 'cmhcb', 'pioneer', 'mssp', 'reach', 'medicaid_aco', 'capitation', 'ffs_codes' or 'bundle'",
        ),
        edits=(("contract:\n", "contract:\n  kind: null\n"),),
    ),
    Bad(
        "key_of_another_contract",
        ("bad.yaml:70:3: contract.track: has no effect with kind: fee_only; it belongs to kind 'mssp'",),
        edits=(("contract:\n", "contract:\n  track: basic_e\n"),),
    ),
    Bad(
        "keys_of_a_contract_left_out",
        (
            "bad.yaml:69:1: contract.first_year: missing; must be stated",
            "bad.yaml:69:1: contract.quality_score: missing; must be stated, e.g. 0.25",
            "bad.yaml:69:1: contract.track: missing; must be 'basic_a', 'basic_b', 'basic_c', 'basic_d', 'basic_e', 'enhanced', 'track_1', 'track_1_plus', 'track_2' or 'track_3'",
        ),
        edits=(("contract:\n", "contract:\n  kind: mssp\n"),),
    ),
    Bad(
        "key_of_no_contract",
        ("bad.yaml:71:3: contract.garantee: unknown key; did you mean 'guarantee'?",),
        edits=(("contract:\n", "contract:\n  kind: cmhcb\n  garantee: {original: 0.05}\n"),),
    ),
    Bad(
        "guarantee_of_no_cohort",
        ("bad.yaml:71:15: contract.guarantee.orignal: unknown key; did you mean 'original'?",),
        edits=(("contract:\n", "contract:\n  kind: cmhcb\n  guarantee: {orignal: 0.05}\n"),),
    ),
    Bad(
        "guarantee_in_percent",
        ("bad.yaml:71:15: contract.guarantee.original: must be at most 1 (got 5); write a share as a number from 0 to 1, e.g. 0.05",),
        edits=(("contract:\n", "contract:\n  kind: cmhcb\n  guarantee: {original: 5}\n"),),
    ),
    Bad(
        "bands_out_of_order",
        (
            "bad.yaml:73:8: contract.bands.1.from: must not lie within the band before, which ends at 0.1 (got 0.08)",
            "bad.yaml:73:20: contract.bands.1.to: must be at least from = 0.08 (got 0.07)",
        ),
        edits=(
            (
                "contract:\n",
                "contract:\n  kind: cmhcb\n  bands:\n    - {from: 0.05, to: 0.10, share: 1}\n    - {from: 0.08, to: 0.07, share: 0.5}\n",
            ),
        ),
    ),
    Bad(
        "minimum_rate_of_a_one_sided_track",
        ("bad.yaml:74:3: contract.minimum_rate: has no effect with track: basic_a, which is one-sided: the size table decides; remove it",),
        edits=(
            ("contract:\n", "contract:\n  kind: mssp\n  track: basic_a\n  first_year: 2024\n  quality_score: 0.8\n  minimum_rate: 0.02\n"),
        ),
    ),
    Bad(
        "minimum_rate_that_cannot_be_elected",
        ("bad.yaml:74:3: contract.minimum_rate: must be one of 0, 0.005, 0.01, 0.015, 0.02 (got 0.03)",),
        edits=(
            ("contract:\n", "contract:\n  kind: mssp\n  track: basic_e\n  first_year: 2024\n  quality_score: 0.8\n  minimum_rate: 0.03\n"),
        ),
    ),
    Bad(
        "revenue_without_a_limit_by_revenue",
        (
            "bad.yaml:74:3: contract.participant_revenue: has no effect with track: enhanced, whose losses are not limited by revenue; remove it",
        ),
        edits=(
            (
                "contract:\n",
                "contract:\n  kind: mssp\n  track: enhanced\n  first_year: 2024\n  quality_score: 0.8\n  participant_revenue: {value: 1000000 USD, unit: per year}\n",
            ),
        ),
    ),
    Bad(
        "low_revenue_too_early",
        ("bad.yaml:74:3: contract.low_revenue: has no effect before first_year: 2024 (got 2023)",),
        edits=(
            ("contract:\n", "contract:\n  kind: mssp\n  track: basic_e\n  first_year: 2023\n  quality_score: 0.8\n  low_revenue: true\n"),
        ),
    ),
    Bad(
        "performance_year_before_the_launch",
        (
            "bad.yaml:72:3: contract.first_year: must be at least 2026, the year of run.launch (got 2022): it is the performance year that begins at launch",
        ),
        edits=(
            ("launch: 2006-08-01", "launch: 2026-08-01"),
            ("contract:\n", "contract:\n  kind: mssp\n  track: basic_e\n  first_year: 2022\n  quality_score: 0.8\n"),
        ),
    ),
    Bad(
        "performance_year_before_the_known_ones",
        (
            "bad.yaml:72:3: contract.first_year: must be at least 2019, the first whose rules are known (got 2012): it is the performance year that begins at launch",
        ),
        edits=(("contract:\n", "contract:\n  kind: mssp\n  track: basic_e\n  first_year: 2012\n  quality_score: 0.8\n"),),
    ),
    Bad(
        "track_that_has_ended",
        (
            "bad.yaml:71:3: contract.track: must be one that goes on after 2021, such as basic_b or enhanced, as the run ends in 2022 (got 'track_1')",
        ),
        edits=(("contract:\n", "contract:\n  kind: mssp\n  track: track_1\n  first_year: 2022\n  quality_score: 0.8\n"),),
    ),
    Bad(
        "reach_beyond_its_years",
        ("bad.yaml:72:3: contract.first_year: must leave the run within the years that are known, up to 2026 (got 2027 to 2027)",),
        edits=(("contract:\n", "contract:\n  kind: reach\n  option: global\n  first_year: 2027\n  quality_earned: 0.9\n"),),
    ),
    Bad(
        "quality_modifier_below_its_least",
        ("bad.yaml:73:3: contract.quality_modifier: must be at least 0.8 (got 0.5)",),
        edits=(("contract:\n", "contract:\n  kind: medicaid_aco\n  corridor: 0.01\n  attachment: none\n  quality_modifier: 0.5\n"),),
    ),
    Bad(
        "episode_of_the_other_model",
        (
            "bad.yaml:72:3: contract.episode: must be 'joint', 'hip_fracture', 'spine', 'bypass' or 'bowel' with model: team (got 'medical')",
        ),
        edits=(("contract:\n", "contract:\n  kind: bundle\n  model: team\n  episode: medical\n  quality_score: 0.8\n"),),
    ),
    Bad(
        "comma_in_a_number_of_a_block",
        (
            "bad.yaml:37:26: programme.staff.case_manager.cost.000: unknown key; inside { } a comma ends a value: write numbers without commas (115000, not 115,000)",
        ),
        edits=(("      cost: 115000 USD\n", "      cost: {value: $115,000, unit: per year}\n"),),
    ),
    Bad(
        "comma_in_a_number_with_its_unit",
        (
            "bad.yaml:37:25: programme.staff.case_manager.cost.000 USD: unknown key; inside { } a comma ends a value: write numbers without commas (115000, not 115,000)",
        ),
        edits=(("      cost: 115000 USD\n", "      cost: {value: 115,000 USD, unit: per year}\n"),),
    ),
    Bad(
        "owner_misspelt",
        ("bad.yaml:70:3: economics.owner: must be 'hospital', 'practice' or 'independent' (got 'hospitall'); did you mean 'hospital'?",),
        edits=(("contract:\n", "economics:\n  owner: hospitall\ncontract:\n"),),
    ),
    Bad(
        "unknown_key_of_the_economics",
        ("bad.yaml:70:3: economics.backfill_share: unknown key; it belongs to economics.hospital",),
        edits=(("contract:\n", "economics:\n  backfill_share: 0.5\ncontract:\n"),),
    ),
    Bad(
        "penalty_that_starts_on_no_date",
        ("bad.yaml:70:25: economics.readmission_penalty.starts: must be a date, e.g. 2006-08-01 (got 'october')",),
        edits=(("contract:\n", "economics:\n  readmission_penalty: {starts: october}\ncontract:\n"),),
    ),
    Bad(
        "lag_without_unit",
        ("bad.yaml:70:3: economics.settlement_lag: needs a unit, e.g. '9 days' (got 9)",),
        edits=(("contract:\n", "economics:\n  settlement_lag: 9\ncontract:\n"),),
    ),
    Bad(
        "nothing_of_the_claims_is_paid",
        ("bad.yaml:70:12: economics.claims.paid_in_month: must be more than 0 (got 0)",),
        edits=(("contract:\n", "economics:\n  claims: {paid_in_month: 0}\ncontract:\n"),),
    ),
)
