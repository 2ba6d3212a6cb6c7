"""A small valid scenario as text, which tests break in one place."""

from __future__ import annotations

from collections.abc import Callable

from sim.scenario import Scenario

Loader = Callable[..., Scenario]
"""Loads the minimal scenario after edits (old text, new text), with `overrides`."""

Refused = Callable[..., list[str]]
"""The lines of the message when the minimal scenario is refused after edits."""

MINIMAL = """\
title: Test
run:
  launch: 2006-08-01
  horizon: 12 months
  price_year: 2006
  currency: USD
  discount_rate: 0.0
  discounting: none
population:
  size: 200
sites:
  hospitals:
    main: {alerts: true}
    elsewhere: {outside: true}
  snfs:
    near: {share: 0.6}
    far: {share: 0.4, network: true, beds: 20}
  practices:
    one: {count: 2, size: 0.5, physicians: 5, urgent_slots: 2, champion: true, integration: 0.8, hospital: main}
programme:
  enrolment:
    refusal_share: 0.1  # our guess
    refresh: {at: 6 months, cap: 20, refusal_share: 0.1}
  staff:
    case_manager:
      fte: 2
      assignment: panel
      hours: {days: weekdays, from: "08:00", to: "17:00"}
      productive_hours: 7 hours
      meetings: 8 hours
      absence: 0.1
      cover: true
      turnover: 0.1
      vacancy: 60 days
      hiring: {first_on: 0 days, last_on: 1 months}
      training: {duration: 8 weeks, productivity_at_start: 0.5, source: our office, grade: derived}
      cost: 115000 USD
  components:
    outreach:
      after: [eligibility]
      staff: case_manager
      mode: phone
      hours: {mean: 60 minutes, sd: 30 minutes}
      attempts: 3
      deadline: 3 months
      does:
        enrol: 0.9
    call:
      every: {tier_1: 2 weeks, tier_2: 1 months}
      for: {settings: [home], tiers: [1, 2]}
      staff: case_manager
      mode: phone
      hours: {mean: 15 minutes, cv: 0.5}
      due: 2 days
      deadline: 10 days
      does:
        notice_warning: 0.35
      starts: 1 weeks
      stops: 10 months
    answer:
      after: [warning_noticed]
      by: [call]
      staff: case_manager
      mode: desk
      hours: 20 minutes
      deadline: 5 days
      does:
        respond: {averts: 0.5, milder: 0.2}
contract:
  fee: {value: 120 USD, unit: per participant-month}
"""
