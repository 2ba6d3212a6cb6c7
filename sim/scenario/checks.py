"""Faults between fields: names that do not exist, shares that do not add up, times in the wrong order.

The checks read the tree rather than the model, so that they report beside faults in single fields; a value that cannot
be read is skipped here because it is reported already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.scenario.check_contract import contract_faults
from sim.scenario.check_prices import price_faults
from sim.scenario.check_work import work_faults
from sim.scenario.circles import way_back
from sim.scenario.errors import Problem, listed, nearest, shown
from sim.scenario.looking import Fault, Look
from sim.scenario.nodes import Node, dotted
from sim.scenario.shape import Shape
from sim.scenario.units import DAYS_PER_MONTH

ROUNDING = 1e-6
MOST_CONDITIONS = 32  # bits of a patient's record


def cross_field_faults(tree: Node, root: Shape) -> list[Problem]:
    """Every fault between fields, at the line of the field that is named first."""
    look = Look(tree, root)
    problems = []
    for check in CHECKS:
        for fault in check(look):
            node = tree.nearest_to(fault.path)
            problems.append(Problem(node.origin.file, *node.position, dotted(fault.path), fault.message))
    return problems


def run_faults(look: Look) -> Iterator[Fault]:
    """Discounting without a convention, a horizon without a month."""
    rate = look.number("run.discount_rate")
    if look.text("run.discounting") == "none" and rate is not None and rate > 0:
        yield Fault.at("run.discounting", f"must be 'continuous', 'yearly' or 'monthly' with a discount rate of {rate:g} (got 'none')")
    horizon = look.number("run.horizon")
    if horizon is not None and 0 < horizon < DAYS_PER_MONTH - ROUNDING:
        yield Fault.at("run.horizon", f"must be at least 1 month (got {look.written('run.horizon')})")


def population_faults(look: Look) -> Iterator[Fault]:
    """Panel, conditions."""
    size = look.tree.find("population", "size")
    panel = look.tree.find("population", "panel")
    if panel is not None and panel.mapping is not None and size is not None and size.origin.layer != "default":
        yield Fault.at("population.size", "has no effect with a panel from a CSV file; remove it")
    yield from _condition_faults(look)


def _condition_faults(look: Look) -> Iterator[Fault]:
    """Hierarchy and interactions of the conditions."""
    names = look.names("population.conditions")
    if len(names) > MOST_CONDITIONS:
        yield Fault.at("population.conditions", f"must be at most {MOST_CONDITIONS} conditions (got {len(names)})")
    below = {name: look.texts(f"population.conditions.{name}.supersedes") for name in names}
    for name in names:
        here = f"population.conditions.{name}"
        mine = look.number(f"{here}.coefficient")
        for other in below[name]:
            if other not in names:
                yield Fault.at(f"{here}.supersedes", f"there is no condition {shown(other)}{nearest(other, names)}")
                continue
            theirs = look.number(f"population.conditions.{other}.coefficient")
            if mine is not None and theirs is not None and mine < theirs:
                message = f"must have a coefficient of at least that of {shown(other)}, which it supersedes: {theirs:g} (got {mine:g})"
                yield Fault.at(f"{here}.coefficient", message)
        if way_back(name, below):
            yield Fault.at(f"{here}.supersedes", "supersedes itself, directly or through others")
    for name in look.names("population.interactions"):
        here = f"population.interactions.{name}.conditions"
        together = look.texts(here)
        for other in together:
            if other not in names:
                yield Fault.at(here, f"there is no condition {shown(other)}{nearest(other, names)}")
        if len(together) < 2 and look.has(here):
            yield Fault.at(here, "must name at least two conditions")


def site_faults(look: Look) -> Iterator[Fault]:
    """Names and shares of hospitals, SNFs and practices."""
    hospitals = look.names("sites.hospitals")
    if look.tree.find("sites", "hospitals") is not None:
        yield from _hospital_faults(look, hospitals)
    if look.names("sites.snfs"):
        yield from _sum_is_one(look, "sites.snfs", [f"sites.snfs.{name}.share" for name in look.names("sites.snfs")], "shares of the SNFs")
    if look.tree.find("sites", "practices") is None:
        return
    practices = look.names("sites.practices")
    if not practices:
        yield Fault.at("sites.practices", "must name at least one practice")
    total = 0.0
    for name in practices:
        here = f"sites.practices.{name}"
        count, size = look.number(f"{here}.count"), look.number(f"{here}.size")
        total += float("nan") if count is None or size is None else count * size
        hospital = look.text(f"{here}.hospital")
        if hospital is not None and hospital not in hospitals:
            yield Fault.at(f"{here}.hospital", f"there is no hospital {shown(hospital)}{nearest(hospital, hospitals) or _there(hospitals)}")
        elif hospital is not None and look.plain(f"sites.hospitals.{hospital}.outside") is True:
            yield Fault.at(f"{here}.hospital", f"{shown(hospital)} is outside; a practice needs a hospital of its own")
    if practices and abs(total - 1) > ROUNDING:
        yield Fault.at("sites.practices", f"count times size must add up to 1 over all practices (got {total:.6g})")


def _hospital_faults(look: Look, hospitals: list[str]) -> Iterator[Fault]:
    own = [name for name in hospitals if look.plain(f"sites.hospitals.{name}.outside") is not True]
    if not own:
        yield Fault.at("sites.hospitals", "must name at least one hospital that is not outside")
        return
    outside = [name for name in hospitals if name not in own]
    if len(outside) > 1:
        yield Fault.at(f"sites.hospitals.{outside[1]}.outside", f"only one hospital can be outside; {shown(outside[0])} is")


def _sum_is_one(look: Look, where: str, keys: list[str], what: str) -> Iterator[Fault]:
    values = [look.number(key) for key in keys]
    known = [value for value in values if value is not None]
    if len(known) == len(values) and abs(sum(known) - 1) > ROUNDING:
        yield Fault.at(where, f"{what} must add up to 1 (got {sum(known):.6g})")


def _there(names: list[str]) -> str:
    return f"; there are {listed(sorted(names))}" if names else "; there are none"


def care_path_faults(look: Look) -> Iterator[Fault]:
    """Shares of one occasion that exceed 1."""
    for block, keys in (
        ("usual_care.ed", ("admitted_share", "observed_share")),
        ("usual_care.hospital", ("to_snf", "to_home_health", "to_hospice_in_decline", "to_long_stay")),
        ("usual_care.hospital", ("kept_for_rule", "pays_privately")),
    ):
        values = [look.number(f"{block}.{key}") for key in keys]
        known = [value for value in values if value is not None]
        if len(known) == len(values) and sum(known) > 1 + ROUNDING:
            where = look.latest([f"{block}.{key}" for key in keys])
            yield Fault.at(where, f"{' + '.join(keys)} must be at most 1 (got {sum(known):.6g})")
    fatality, factor = look.number("usual_care.hospital.fatality"), look.number("usual_care.hospital.fatality_in_decline")
    if fatality is not None and factor is not None and fatality * factor > 1:
        where = look.latest(["usual_care.hospital.fatality", "usual_care.hospital.fatality_in_decline"])
        yield Fault.at(where, f"fatality times fatality_in_decline must be at most 1 (got {fatality * factor:.6g})")
    benefit, copayment = look.number("usual_care.snf.benefit_days"), look.number("usual_care.snf.copayment_from_day")
    if benefit is not None and copayment is not None and copayment > benefit + 1:
        where = look.latest(["usual_care.snf.benefit_days", "usual_care.snf.copayment_from_day"])
        yield Fault.at(where, f"the co-payment must start within the benefit of {benefit:g} days (got day {copayment:g})")


def waiver_faults(look: Look) -> Iterator[Fault]:
    """A waiver that nobody could use."""
    if look.has("waivers.snf_three_day_rule.minimum_stars"):
        snfs = look.names("sites.snfs")
        if not any(look.plain(f"sites.snfs.{name}.network") is True for name in snfs):
            yield Fault.at("waivers.snf_three_day_rule", "needs at least one SNF with network: true")


def enrolment_faults(look: Look) -> Iterator[Fault]:
    """Refresh, criteria and tiers."""
    here = "programme.enrolment"
    horizon = look.number("run.horizon")
    at = look.number(f"{here}.refresh.at")
    if at is not None and horizon is not None and at >= horizon:
        written = f"{look.written(f'{here}.refresh.at')} and {look.written('run.horizon')}"
        yield Fault.at(f"{here}.refresh.at", f"must be before the horizon (got {written})")
    if look.number(f"{here}.refresh.newcomers") and look.mapping("population.panel") is not None:
        yield Fault.at(f"{here}.refresh.newcomers", "must be 0 with a panel from a CSV file, which lists everybody")
    criteria = look.tree.find("programme", "enrolment", "criteria", "any_of")
    for at_item, item in enumerate(criteria.items or () if criteria is not None else ()):
        if item.mapping is not None and not item.mapping:
            yield Fault(("programme", "enrolment", "criteria", "any_of", at_item), "must state at least one threshold")
    tier_1, tier_2 = look.number("programme.work.tiers.tier_1"), look.number("programme.work.tiers.tier_2")
    if tier_1 is not None and tier_2 is not None and tier_1 < tier_2:
        where = look.latest(["programme.work.tiers.tier_1", "programme.work.tiers.tier_2"])
        yield Fault.at(where, f"tier_1 must be at least tier_2 (got {tier_1:g} and {tier_2:g})")


def staff_faults(look: Look) -> Iterator[Fault]:
    """Hours, hiring, and panels without a manager."""
    used = {look.text(f"programme.components.{name}.staff"): name for name in look.names("programme.components")}
    for role in look.names("programme.staff"):
        here = f"programme.staff.{role}"
        if role in used and look.number(f"{here}.fte") == 0 and look.text(f"{here}.assignment") == "panel":
            yield Fault.at(f"{here}.fte", f"must be more than 0: nobody has the panels, and component {shown(used[role])} needs this role")
        start, end = look.number(f"{here}.hours.from"), look.number(f"{here}.hours.to")
        if start is not None and end is not None:
            if start >= end:
                yield Fault.at(f"{here}.hours.to", f"must be later than from (got {look.written(f'{here}.hours.to')})")
            else:
                productive = look.number(f"{here}.productive_hours")
                if productive is not None and productive > end - start + ROUNDING:
                    message = f"must fit between from and to, {(end - start) * 24:g} hours (got {productive * 24:g} hours)"
                    yield Fault.at(f"{here}.productive_hours", message)
        yield from _meeting_faults(look, here)
        first, last = look.number(f"{here}.hiring.first_on"), look.number(f"{here}.hiring.last_on")
        if first is not None and last is not None and last < first:
            yield Fault.at(f"{here}.hiring.last_on", f"must be at least first_on (got {look.written(f'{here}.hiring.last_on')})")
        leaves = look.number(f"{here}.leaves_on")
        if leaves is not None and first is not None and leaves <= first:
            yield Fault.at(f"{here}.leaves_on", f"must be later than hiring.first_on (got {look.written(f'{here}.leaves_on')})")


def _meeting_faults(look: Look, here: str) -> Iterator[Fault]:
    """Meetings that leave no time for patients."""
    productive, meetings = look.number(f"{here}.productive_hours"), look.number(f"{here}.meetings")
    days = 5 / 7 if look.text(f"{here}.hours.days") == "weekdays" else 1.0
    if productive is None or meetings is None or productive * days * DAYS_PER_MONTH > meetings:
        return
    time = productive * 24 * days * DAYS_PER_MONTH
    yield Fault.at(f"{here}.meetings", f"leave no time for patients: productive_hours add up to {time:.4g} hours a month")


def evaluation_faults(look: Look) -> Iterator[Fault]:
    """Groups without the design that looks at them, and the other way round."""
    here = "evaluation"
    if not look.has(f"{here}.designs"):
        return
    designs = look.texts(f"{here}.designs")
    control = look.mapping(f"{here}.control") is not None
    if "randomised" in designs and not control:
        yield Fault.at(f"{here}.designs", "'randomised' needs evaluation.control, e.g. {panel: 15230}")
    elif control and "randomised" not in designs:
        yield Fault.at(f"{here}.control", "has no effect without 'randomised' in evaluation.designs")
    if not {"matched_did", "as_treated"} & set(designs):
        for name in ("panel", "differs"):
            if look.plain(f"{here}.comparison.{name}"):
                yield Fault.at(f"{here}.comparison.{name}", "has no effect without 'matched_did' or 'as_treated' in evaluation.designs")


CHECKS: tuple[Callable[[Look], Iterator[Fault]], ...] = (
    run_faults,
    price_faults,
    population_faults,
    site_faults,
    care_path_faults,
    waiver_faults,
    enrolment_faults,
    staff_faults,
    work_faults,
    evaluation_faults,
    contract_faults,
)
