"""Settles one period under the contract of a scenario: what is paid to the provider, what it owes, and why.

Each kind hands its switches and the measured figures to its pure function in `sim.economics.contracts`. The documented risk score
moves the target of the kinds whose benchmark is risk-adjusted, up to the kind's cap: mssp (growth only), reach (growth and fall),
medicaid_aco and capitation (no cap in the evidence). A comparison adjusts the targets of cmhcb itself; pioneer and bundle: none known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Literal

from sim.economics.contracts import bundle, capitation, cmhcb, ffs_codes, medicaid_aco, mssp, pioneer, reach
from sim.economics.contracts.bands import Band
from sim.economics.contracts.settlement import EarnedOrOwed
from sim.economics.measured import Measured, Period
from sim.economics.money import to_cent
from sim.scenario.constants import constants
from sim.scenario.model import contract as written
from sim.scenario.values import Quantity


@dataclass(frozen=True)
class Settlement:
    """What a period comes to; USD to the cent.

    target, actual: what was compared, the target after adjustment for risk; fees: paid in the period; earned: paid to the provider
    besides (shared savings, codes), owed: by the provider (payback, shared losses), one of them 0; patient: co-insurance of codes;
    why: in words, reason: the same without figures, one of a few, empty where nothing is compared; lines: further amounts of the kind, USD
    or, ending in `_rate`, shares of the target. outlay: what the payer pays and the provider hands on to others, which is neither earned
    nor owed (administration and subcontracts of a capitation).
    """

    kind: str
    period: Period
    target: float
    actual: float
    fees: float
    earned: float
    owed: float
    why: str
    lines: Mapping[str, float]
    patient: float = 0.0
    outlay: float = 0.0
    reason: str = ""

    @property
    def paid(self) -> float:
        """What the payer pays the provider in all, USD; negative when the provider owes more than its fees."""
        return to_cent(self.fees + self.earned - self.owed + self.outlay)

    @property
    def pays_back(self) -> bool:
        """Whether anything is paid back: fees, or a share of losses."""
        return self.owed > 0


def settle_contract(contract: written.Contract, measured: Measured) -> Settlement:
    """Settle one period. Raises ValueError when figures are missing that the kind needs, or cannot be."""
    missing = [name for name in needs(contract) if getattr(measured, name) is None]
    if missing:
        raise ValueError(f"a contract of kind {contract.kind} needs measured.{missing[0]}: {_NEEDED[missing[0]]}")
    fees = to_cent(float(contract.fee) * measured.participant_months)
    if contract.kind in _COMPARED and measured.target <= 0:
        return _nothing(contract.kind, measured, fees, "there is no spending to compare with: nobody was eligible")
    return _SETTLE[contract.kind](contract, measured, fees)


def needs(contract: written.Contract) -> tuple[str, ...]:
    """What figures must have besides spending and months for this contract: names of fields of `Measured`."""
    if contract.kind == "ffs_codes":
        return ("work",)
    if contract.kind == "bundle":
        return ("episodes",)
    if contract.kind in ("medicaid_aco", "capitation") and contract.attachment is not None:
        return ("member_costs",)
    return ()


def risk_adjusted_target(kind: str, measured: Measured) -> float:
    """The target moved by the documented risk score as far as the kind of contract lets it, USD to the cent."""
    growth = measured.risk_ratio - 1.0
    if kind == "mssp":
        growth = min(growth, float(constants(kind)["risk_cap"].value))
    elif kind == "reach":
        cap = float(constants(kind)["risk_cap"].value)
        growth = min(max(growth, -cap), cap)
    elif kind != "medicaid_aco":
        growth = 0.0
    return to_cent(measured.target * (1.0 + growth))


def cmhcb_terms(contract: written.Cmhcb, cohort: str) -> cmhcb.Terms:
    """The terms of a cohort: those of the demonstration but for what the scenario says."""
    return _cmhcb_terms(
        "refresh" if cohort == "refresh" else "original",
        contract.base,
        contract.payback_cap,
        None if contract.guarantee is None else _or(getattr(contract.guarantee, cohort, None)),
        None if contract.bands is None else tuple((float(band.low), float(band.high), float(band.share)) for band in contract.bands),
        _or(contract.share_beyond),
    )


@cache
def _cmhcb_terms(
    cohort: Literal["original", "refresh"],
    base: cmhcb.Base | None,
    payback_cap: cmhcb.PaybackCap | None,
    guarantee: float | None,
    corridors: tuple[tuple[float, float, float], ...] | None,
    share_beyond: float | None,
) -> cmhcb.Terms:
    """Made once: break-evens settle the same terms a hundred thousand times."""
    own = cmhcb.terms(cohort, base=base, payback_cap=payback_cap)
    bands = own.bands[:-1] if corridors is None else tuple(Band(*corridor) for corridor in corridors)
    beyond = own.bands[-1].share if share_beyond is None else share_beyond
    return replace(
        own,
        guarantee=own.guarantee if guarantee is None else guarantee,
        bands=(*bands, Band(bands[-1].high if bands else 0.0, math.inf, beyond)),
    )


def _or(value: Quantity | None, otherwise: float | None = None) -> float | None:
    return otherwise if value is None else float(value)


def _attachment(value: Quantity | None) -> float:
    return math.inf if value is None else float(value)


def _quality(measured: Measured, assumed: Quantity) -> float:
    return float(assumed) if measured.quality is None else measured.quality


def _nothing(kind: str, measured: Measured, fees: float, why: str) -> Settlement:
    return Settlement(kind, measured.period, to_cent(measured.target), to_cent(measured.actual), fees, 0.0, 0.0, why, {})


def _fee_only(contract: written.FeeOnly, measured: Measured, fees: float) -> Settlement:
    return _nothing(contract.kind, measured, fees, "the fee is all that is paid")


def _cmhcb(contract: written.Cmhcb, measured: Measured, fees: float) -> Settlement:
    own = cmhcb_terms(contract, measured.period.cohort)
    by_base = cmhcb.both(own, target=to_cent(measured.target), expenditure=to_cent(measured.actual), fees=fees)
    settled = by_base[own.base]
    at = f"net saving of {settled.net_rate:.2%}"
    if settled.guarantee_met:
        reason, why = "guarantee met", f"{at}: the guarantee of {own.guarantee:.2%} is met"
    else:
        reason = "below the guarantee" + (", all fees paid back" if settled.payback_capped else "")
        why = f"{at}: below the guarantee of {own.guarantee:.2%}" + (
            ", and no more than the fees is paid back" if settled.payback_capped else ""
        )
    lines = {"gross": settled.gross, "net": settled.net, "net_rate": settled.net_rate, "guarantee_rate": own.guarantee}
    for base, one in by_base.items():
        lines |= {f"share_on_{base}_base": one.share, f"paid_on_{base}_base": one.paid}
    money = settled.target, settled.expenditure, fees, settled.share, settled.payback
    return Settlement(contract.kind, measured.period, *money, why, lines, reason=reason)


def _shared(kind: str, measured: Measured, fees: float, target: float, settled: EarnedOrOwed, minimum: float) -> Settlement:
    """A settlement that ends in an amount earned or owed, outside a minimum rate."""
    rate = settled.savings / target
    side = "saving" if rate >= 0 else "loss"
    if settled.earned or settled.owed:
        why = f"{side} of {abs(rate):.2%}, minimum {minimum:.2%}: shared"
    else:
        why = f"{side} of {abs(rate):.2%}: nothing is shared (minimum {minimum:.2%})"
    lines = {
        "number_of_beneficiaries": measured.beneficiaries,
        "savings": settled.savings,
        "savings_rate": rate,
        "minimum_rate": minimum,
    }
    money = target, to_cent(measured.actual), fees, settled.earned, settled.owed
    return Settlement(kind, measured.period, *money, why, lines, reason=_reason(side, abs(rate) >= minimum, settled))


def _reason(side: str, reached: bool, settled: EarnedOrOwed) -> str:
    """Why a saving or a loss comes to what it does."""
    which = "savings" if side == "saving" else "losses"
    if settled.earned or settled.owed:
        return f"{which} shared" if reached else f"{which} below the minimum, shared at half rate"
    return f"{which} below the minimum" if not reached else f"{which} not shared"


def _pioneer(contract: written.Pioneer, measured: Measured, fees: float) -> Settlement:
    own = pioneer.terms(measured.period.year, loss_rate=contract.loss_rate)
    if contract.minimum_rate is not None:
        own = replace(own, minimum_rate=float(contract.minimum_rate))
    target = risk_adjusted_target(contract.kind, measured)
    settled = pioneer.settle(own, benchmark=target, expenditure=measured.actual, quality_score=_quality(measured, contract.quality_score))
    shared = _shared(contract.kind, measured, fees, target, settled, own.minimum_rate)
    return replace(shared, lines={**shared.lines, "sharing_rate": own.sharing_rate, "most_shared": to_cent(own.cap * target)})


def _mssp(contract: written.Mssp, measured: Measured, fees: float) -> Settlement:
    own = mssp.terms(contract.track, measured.period.year)
    year = contract.first_year + measured.period.year - 1
    minimum = mssp.size_rate(measured.beneficiaries) if contract.minimum_rate is None else float(contract.minimum_rate)
    target = risk_adjusted_target(contract.kind, measured)
    revenue = _or(contract.participant_revenue)
    settled = mssp.settle(
        own,
        benchmark=target,
        expenditure=measured.actual,
        minimum_rate=minimum,
        quality_score=_quality(measured, contract.quality_score),
        quality=mssp.Quality(contract.quality_standard),
        rules=mssp.year_rules(year),
        revenue=None if revenue is None else revenue * measured.period.months / 12,
        half_rate_below_minimum=mssp.half_rate_applies(own, measured.beneficiaries, contract.first_year, contract.low_revenue),
    )
    shared = _shared(contract.kind, measured, fees, target, settled, minimum)
    lines = {
        **shared.lines,
        "sharing_rate": settled.sharing_rate,
        **({"loss_rate": settled.loss_rate} if own.two_sided else {}),
        "most_shared": to_cent(own.savings_cap * target),
        "sequestered": settled.sequestered,
        "forgiven": settled.forgiven,
        "unadjusted_target": to_cent(measured.target),
    }
    return replace(shared, lines=lines)


def _reach(contract: written.AcoReach, measured: Measured, fees: float) -> Settlement:
    own = reach.terms(contract.option, contract.first_year + measured.period.year - 1)
    settled = reach.settle(
        own,
        benchmark=risk_adjusted_target(contract.kind, measured),
        expenditure=measured.actual,
        quality_earned=_quality(measured, contract.quality_earned),
        equity_adjustment=_or(contract.equity_adjustment) or 0.0,
        member_months=measured.member_months,
    )
    why = f"{'saving' if settled.savings >= 0 else 'loss'} of {abs(settled.savings_rate):.2%} of the adjusted benchmark: shared by bands"
    lines = {
        "number_of_beneficiaries": measured.beneficiaries,
        "savings": settled.savings,
        "savings_rate": settled.savings_rate,
        "unadjusted_target": to_cent(measured.target),
    }
    earned, owed = max(settled.paid, 0.0), max(-settled.paid, 0.0)
    reason = "savings shared" if settled.savings >= 0 else "losses shared"
    money = settled.benchmark, settled.expenditure, fees, earned, owed
    return Settlement(contract.kind, measured.period, *money, why, lines, reason=reason)


def _member_costs(measured: Measured, carve_out: float = 0.0) -> tuple[float, ...]:
    """Costs by member in scope; all in one where no stop-loss needs to know whose they are."""
    if measured.member_costs is None:
        return ((1.0 - carve_out) * measured.actual,)
    return tuple((1.0 - carve_out) * cost for cost in measured.member_costs)


def _medicaid_aco(contract: written.MedicaidAco, measured: Measured, fees: float) -> Settlement:
    attachment = _attachment(contract.attachment)
    own = medicaid_aco.terms(
        corridor=float(contract.corridor), attachment=attachment, sharing_rate=_or(contract.sharing_rate), cap=_or(contract.cap)
    )
    target = risk_adjusted_target(contract.kind, measured)
    counted = medicaid_aco.expenditure(own, _member_costs(measured))
    settled = medicaid_aco.settle(own, target=target, expenditure=counted, quality_modifier=float(contract.quality_modifier), add_on=fees)
    lines = {
        "number_of_beneficiaries": measured.beneficiaries,
        "savings": settled.savings,
        "savings_rate": settled.savings_rate,
        "corridor_rate": own.corridor,
    }
    reason = f"{'outside' if settled.earned or settled.owed else 'within'} the corridor"
    why = f"{settled.savings_rate:+.2%} of the target: {reason} of {own.corridor:.2%}"
    return Settlement(contract.kind, measured.period, target, counted, fees, settled.earned, settled.owed, why, lines, reason=reason)


def _capitation(contract: written.Capitation, measured: Measured, fees: float) -> Settlement:
    attachment = _attachment(contract.attachment)
    own = capitation.terms(
        carve_out=float(contract.carve_out),
        attachment=attachment,
        stop_loss_share=float(contract.stop_loss_share),
        revenue_share=_or(contract.revenue_share),
    )
    revenue = capitation.revenue(
        bid=float(contract.bid),
        benchmark=float(contract.benchmark),
        rebate=capitation.rebate_share(float(contract.stars)),
        risk=capitation.payment_risk(measured.period_risk, float(contract.normalisation)),
        member_months=measured.eligible_months,
    )
    settled = capitation.settle(
        own,
        revenue=revenue,
        costs=_member_costs(measured, own.carve_out),
        subcontracts=[_subcontract(service, measured.eligible_months / 12) for service in (contract.subcontracts or {}).values()],
        admin=float(contract.admin) * measured.eligible_months,
        premium=float(contract.stop_loss_premium) * measured.eligible_months,
    )
    lines = {
        "capitation": settled.capitation,
        "cost_in_scope": settled.cost,
        "subcontracts": settled.subcontracts,
        "admin": settled.admin,
        "premium": settled.premium,
        "recovery": settled.recovery,
        "plan_revenue": settled.revenue,
    }
    earned, owed = max(settled.margin, 0.0), max(-settled.margin, 0.0)
    why = f"capitation {'above' if settled.margin >= 0 else 'below'} the cost of care, subcontracts and administration, after stop-loss"
    outlay = to_cent(settled.subcontracts + settled.admin)
    return Settlement(contract.kind, measured.period, settled.capitation, settled.cost, fees, earned, owed, why, lines, outlay=outlay)


def _subcontract(service: written.SubcontractedService, member_years: float) -> capitation.Subcontract:
    return capitation.Subcontract(
        float(service.units) * member_years, float(service.price), float(service.leakage), float(service.leaked_price)
    )


def _ffs_codes(contract: written.FfsCodes, measured: Measured, fees: float) -> Settlement:
    assert measured.work is not None
    timed = ffs_codes.terms(contract.service)
    bills = [ffs_codes.settle_alike(timed, ((row.minutes, row.conditions, row.number) for row in measured.work.patient_months))]
    if contract.transitions:
        transitions = ffs_codes.transition_terms()
        bills += [ffs_codes.settle_transitions(transitions, discharges) for discharges in measured.work.discharges]
    codes: dict[str, float] = {}
    for bill in bills:
        for code, number in bill.codes.items():
            codes[f"number_of_{code}"] = codes.get(f"number_of_{code}", 0.0) + number
    paid, patient = to_cent(math.fsum(bill.paid for bill in bills)), to_cent(math.fsum(bill.patient for bill in bills))
    why = f"{sum(codes.values()):,.0f} codes for work that was done"
    lines = {**codes, "billed": to_cent(paid + patient)}
    return replace(_nothing(contract.kind, measured, fees, why), earned=paid, patient=patient, lines=lines)


def _bundle(contract: written.Bundle, measured: Measured, fees: float) -> Settlement:
    assert measured.episodes is not None
    benchmark, actual = measured.episodes
    # the settlement depends on sums alone, so that all episodes of a kind are one
    all_of_them = bundle.Episode(benchmark, actual, bundle.discount(contract.model, contract.episode))
    settled = bundle.settle(bundle.terms(contract.model), [all_of_them], quality_score=_quality(measured, contract.quality_score))
    lines = {"savings": settled.savings, "savings_rate": settled.savings_rate, "reconciled": settled.reconciled}
    why = f"{settled.savings_rate:+.2%} of the target prices" + (", cut at the stop" if settled.capped else "")
    return Settlement(contract.kind, measured.period, settled.target, settled.expenditure, fees, settled.earned, settled.owed, why, lines)


_NEEDED: Final = {
    "work": "codes are billed only for work that was done",
    "episodes": "benchmark and actual cost of the episodes",
    "member_costs": "stop-loss is laid on the cost of each member and year",
}

_COMPARED: Final = ("cmhcb", "pioneer", "mssp", "reach", "medicaid_aco")
"""Kinds that settle spending against a target."""

_SETTLE: Final[Mapping[str, Callable[[Any, Measured, float], Settlement]]] = {
    "fee_only": _fee_only,
    "cmhcb": _cmhcb,
    "pioneer": _pioneer,
    "mssp": _mssp,
    "reach": _reach,
    "medicaid_aco": _medicaid_aco,
    "capitation": _capitation,
    "ffs_codes": _ffs_codes,
    "bundle": _bundle,
}
