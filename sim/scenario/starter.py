"""The commented scenario that `caseload new NAME` writes."""

from __future__ import annotations

import json
from string import Template
from typing import Final

_TEMPLATE: Final = Template("""\
# A scenario for Caseload: who is in the panel, where they are looked after, what the programme does, and who pays.
# Everything that is not said here has a default value; `caseload parameters FILE` lists every number with its source.
# Durations and money are written with their unit: 2 weeks, 45 minutes, 115000 USD. A number can carry what is known about it:
#   turnover: {value: 0.12, unit: per year, range: [0.08, 0.15], source: our personnel office, grade: assumption}
# To start from a shipped scenario instead, keep only what differs and write at the top:
#   extends: caseload:mgh_cmp/phase1.yaml
title: $title

run:                         # results depend on these, so they have no default
  launch: 2026-01-01
  horizon: 36 months
  price_year: 2006           # the shipped prices are dollars of 2006, and prices.trend moves them to the years of the run (3.5% a year:
                             # times 1.99 in 2026); wages, fees and thresholds below are dollars of the years of the run, and never moved
  currency: USD
  discount_rate: 0.03        # per year
  discounting: yearly        # none | continuous | yearly | monthly
  replications: 20
  seed: 1

population:
  size: 15000                # patients of the practices, of whom the criteria below find the eligible
  # panel: {csv: panel.csv}  # your own patients instead of synthetic ones; remove `size` then

sites:
  hospitals:
    our_hospital: {alerts: true, beds: unlimited}      # alerts: it tells the programme of admissions and ED visits
    elsewhere: {outside: true}
  snfs:
    nursing_facilities: {share: 1.0, network: false}
  practices:                 # size: share of the panel of each; count times size adds up to 1
    large: {count: 6, size: 0.10, physicians: 12, urgent_slots: 0.5, champion: true, integration: 0.8, hospital: our_hospital}
    small: {count: 10, size: 0.04, physicians: 4, urgent_slots: 0.5, champion: false, integration: 0.6, hospital: our_hospital}

programme:
  enrolment:
    criteria:                # who is eligible, on the year of claims before the launch
      any_of:
        - {risk_score_at_least: 2.0, annual_cost_at_least: 2000 USD}
      visits_to_group_at_least: 2
      exclude: [esrd, nursing_home, hospice, medicare_advantage]
    refusal_share: 0.07
    withdrawal: {value: 0.02, unit: per year}

  staff:
    case_manager:
      fte: 12                # try 6
      assignment: panel      # panel: each has their own patients; pool: whoever is free
      hours: {days: weekdays, from: "08:00", to: "17:00"}
      productive_hours: {value: 7 hours, unit: per day}
      meetings: {value: 8 hours, unit: per month}
      absence: 0.15          # share of working time: leave, training, illness
      cover: true            # whether others do the urgent work of somebody who is absent
      turnover: {value: 0.12, unit: per year}
      vacancy: 86 days       # from leaving until a successor starts
      hiring: {first_on: 0 days, last_on: 3 months}
      training: {duration: 12 weeks, productivity_at_start: 0.5}
      cost: {value: 115000 USD, unit: per year}

  components:                # what they do: when, for whom, how long it takes, and what it can achieve
    outreach:
      after: [eligibility]
      staff: case_manager
      mode: phone
      hours: {mean: 60 minutes, sd: 30 minutes}
      attempts: 4
      deadline: 6 months
      urgency: 3             # 0 comes first, 9 last
      does:
        enrol: 0.95
    assessment:
      on: enrolment
      for: {settings: [home]}
      staff: case_manager
      mode: office
      hours: {mean: 120 minutes, sd: 60 minutes}
      attempts: 3
      deadline: 3 months
      urgency: 4
      does:
        assess_tier: true
        improve: {dose: 0.5}
        screen: 0.8
    call:
      every: {tier_1: 2 weeks, tier_2: 1 months, tier_3: 4 months}
      for: {settings: [home]}
      staff: case_manager
      mode: phone
      hours: {mean: 15 minutes, sd: 7.5 minutes}
      attempts: 3
      deadline: 10 days
      does:
        notice_warning: 0.35
        improve: {dose: 0.03}
    urgent_response:
      after: [warning_noticed]
      by: [call]
      staff: case_manager
      mode: desk
      hours: {mean: 20 minutes, sd: 10 minutes}
      due: 4 hours
      deadline: 5 days
      urgency: 0
      does:
        respond: {averts: 0.6, milder: 0.25}
        open_urgent_slot: true
    follow_up_after_discharge:
      after: [discharge]
      for: {settings: [home, snf]}
      staff: case_manager
      mode: phone
      hours: {mean: 60 minutes, sd: 30 minutes}
      attempts: 3
      due: 2 days
      deadline: 7 days
      urgency: 1
      does:
        shorten_excess: 0.2

  fixed_costs:
    overhead: 0.25           # share of staff cost

waivers:
  snf_three_day_rule: none

evaluation:                  # what an evaluator would find; `evaluation: none` leaves it out
  comparison:                # other practices, same criteria, usual care
    differs: {}              # how they differ, e.g. {usual_care.components.transition_visit.chance: 0.6}

contract:
  kind: fee_only             # or how savings are shared: cmhcb, mssp, reach, pioneer, medicaid_aco, capitation, ffs_codes, bundle
  fee: {value: 120 USD, unit: per participant-month}

economics:
  owner: independent         # who runs it: hospital | practice | independent; a hospital also bears the margin of averted stays
""")


def starter_text(title: str = "My programme") -> str:
    """A small scenario that validates as it stands, to be changed."""
    return _TEMPLATE.substitute(title=json.dumps(title, ensure_ascii=False))
