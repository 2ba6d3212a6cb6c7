"""Who pays whom, and for what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sim.outcomes.results import PAYMENTS
from sim.rules.vocabulary import CO_INSURED as CO_INSURED_COUNTERS
from sim.rules.vocabulary import Counter


class Party(StrEnum):
    """Everybody whose money is followed. outside: staff, vendors and whoever else real resources are bought from."""

    payer = "payer"
    supplement = "supplement"  # supplemental insurers and Medicaid, for cost sharing
    patient = "patient"
    hospital = "hospital"
    snf = "snf"
    practice = "practice"
    other = "other"  # all other providers
    owner = "owner"  # of the programme
    outside = "outside"


class Category(StrEnum):
    """What a flow is for, besides the payer's payments, which have the categories of the price book."""

    patient_share = "patient_share"
    supplement_share = "supplement_share"
    variable_cost = "variable_cost"
    fixed_cost = "fixed_cost"
    backfill = "backfill"
    readmission_penalty = "readmission_penalty"
    fee = "fee"
    earned = "earned"
    owed = "owed"
    outlay = "outlay"
    code_coinsurance = "code_coinsurance"
    physician_payment = "physician_payment"
    physician_time = "physician_time"
    wage = "wage"
    fringe = "fringe"
    recruitment = "recruitment"
    overhead = "overhead"
    management = "management"


PAYMENT_CATEGORIES: Final = tuple(name.removeprefix("pay_") for name in PAYMENTS)

CO_INSURED: Final = tuple(name for name in PAYMENT_CATEGORIES if CO_INSURED_COUNTERS >> Counter[f"PAY_{name.upper()}"] & 1)
"""Part B, of which the patient owes a share."""

PROVIDERS: Final = (Party.hospital, Party.snf, Party.practice, Party.other)
"""In this order cost sharing is divided among them when cents are left over."""

PAID_TO: Final[Mapping[str, Party]] = {
    name: {
        "inpatient": Party.hospital,
        "ed": Party.hospital,
        "observation": Party.hospital,
        "snf": Party.snf,
        "primary": Party.practice,
    }.get(name, Party.other)
    for name in PAYMENT_CATEGORIES
}
"""Who receives the payer's payments of a category."""
