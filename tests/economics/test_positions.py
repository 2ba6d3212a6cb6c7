"""Every party's position in a world small enough to be reckoned by hand."""

from __future__ import annotations

import math

import pytest

from sim.economics.accounts import Account, account
from sim.economics.lines import LINES, Positions
from sim.economics.measured import Period
from sim.economics.parties import Party
from sim.outcomes.results import MICROSECONDS_PER_YEAR, ArmResult
from tests.economics.cases import nothing, replication, terms
from tests.outcomes.synthetic import arm, book

PARTS = (
    "contract.kind=fee_only",
    "population.loyalty.mean=0.8",
    "economics.hospital.variable_share=0.9",
    "economics.practice.visit_margin=0.1",
    "programme.staff.case_manager.cost_parts={fringe: 0.25, recruitment: 40000 USD}",
)
STAFF = ({"name": "case_manager", "cost_cents": 24_000_000, "employed_us": 2 * MICROSECONDS_PER_YEAR, "members": 3, "hires": 4},)
RUN = Period("all", 1, 24)


def admitted() -> ArmResult:
    """One stay, ED visit, SNF stay, visit and specialist visit in month 1: 13,000 USD and 1,300 USD of cost sharing."""
    made = nothing()
    for counter, dollars in {
        "pay_inpatient": 10_000,
        "pay_ed": 500,
        "pay_snf": 2_000,
        "pay_primary": 100,
        "pay_specialist": 400,
        "patient_share": 1_300,
        "hospital_cost": 10_500,
    }.items():
        book(made, counter, 1, dollars * 100)
    return made


def averted() -> ArmResult:
    """A visit in month 1 is all that is left; 50 of 100 participate."""
    made = arm(24, participants=50, staff=STAFF)
    book(made, "pay_primary", 1, 10_000)
    book(made, "patient_share", 1, 1_000)
    return made


def played(*overrides: str) -> Account:
    return account(replication(admitted(), averted()), terms(*PARTS, *overrides))


def column(name: str, *overrides: str) -> Positions:
    return played(*overrides).positions(RUN)[name]


def test_usual_care_by_hand() -> None:
    usual = column("usual_care")
    # cost sharing of 1,300: 20% of ED visit, visit and specialist visit, and the other 1,100 as stays and SNF days, 10,000 to 2,000
    # hospital: 100 + 916.67; cost 10,500 + 1.05 x (500 + 1,016.67) = 12,092.50, nine tenths of it variable
    assert usual[Party.hospital] == pytest.approx(
        {
            "payments": 10_500,
            "cost_sharing": 1_016.67,
            "variable_cost": -10_883.25,
            "fixed_cost": -1_209.25,
            "margin_full_cost": -575.83,  # 5% of all that it receives: what the evidence calls a margin of -4.9%
            "margin_variable_cost": 633.42,
            "backfill": 0,
            "readmission_penalty": 0,
            "net": -575.83,
        }
    )
    assert usual[Party.snf] == pytest.approx({"payments": 2_000, "cost_sharing": 183.33, "cost": -2_183.33, "net": 0})
    practice = {"visits": 100, "cost_sharing": 20, "visit_cost": -108, "physician_payments": 0, "physician_time": 0, "net": 12}
    assert usual[Party.practice] == pytest.approx(practice)
    assert usual[Party.other] == pytest.approx({"payments": 400, "cost_sharing": 80, "net": 480})
    assert usual[Party.patient] == pytest.approx({"cost_sharing": -1_300, "code_coinsurance": 0, "net": -1_300})
    assert usual[Party.payer]["net"] == usual[Party.payer]["payments"] == -13_000
    assert set(usual[Party.owner].values()) == {0.0}


def test_the_programme_by_hand() -> None:
    own = column("programme")
    assert own[Party.owner] == pytest.approx(
        {
            "fees": 24 * 50 * 120,
            "earned": 0,
            "code_coinsurance": 0,
            "owed": 0,
            "wages": -192_000,  # 240,000 / 1.25
            "fringe": -48_000,
            "recruitment": -40_000,  # one of three posts was filled again
            "overhead": -60_000,
            "management": -900_000,
            "physician_payments": -50 * 2 * 150,
            "programme_cost": -(240_000 + 40_000 + 60_000 + 900_000 + 15_000),
            "net": 144_000 - 1_255_000,
            # variable margin of 633.42 lost; half of the freed 10,000 filled again at 15%; four fifths of it in the owner's own hospital
            "foregone_margin": 0.8 * (-633.42 + 750),
            "net_with_margin": 144_000 - 1_255_000 + 0.8 * 116.58,
        }
    )
    assert own[Party.hospital]["net"] == own[Party.hospital]["backfill"] == 750
    # 100 + 10 less 99; 150 USD a year less 5 minutes a month at 150 USD an hour
    assert own[Party.practice] == pytest.approx(
        {"visits": 100, "cost_sharing": 10, "visit_cost": -99, "physician_payments": 15_000, "physician_time": -15_000, "net": 11}
    )
    assert own[Party.payer]["net"] == -100 - 144_000


def test_the_difference_is_programme_less_usual_care() -> None:
    assert column("difference")[Party.payer]["net"] == 13_000 - 100 - 144_000
    assert column("difference")[Party.hospital]["margin_full_cost"] == pytest.approx(575.83)


@pytest.mark.parametrize(("owner", "change"), [("independent", 0.0), ("hospital", 0.8 * 116.58), ("practice", 11 - 12)])
def test_whose_margin_is_foregone_depends_on_the_owner(owner: str, change: float) -> None:
    assert column("programme", f"economics.owner={owner}")[Party.owner]["foregone_margin"] == pytest.approx(change)


def test_without_another_hospital_all_of_the_margin_is_the_owners() -> None:
    own = column("programme", "sites.hospitals.elsewhere=null")
    assert own[Party.owner]["foregone_margin"] == pytest.approx(116.58)


def test_lines_of_a_party_add_up_to_its_net() -> None:
    parts = {
        Party.payer: ("payments", "fees", "earned", "outlay", "owed", "readmission_penalty"),
        Party.hospital: ("payments", "cost_sharing", "variable_cost", "fixed_cost", "backfill", "readmission_penalty"),
        Party.owner: ("fees", "earned", "owed", "code_coinsurance", "programme_cost"),
    }
    for name in ("programme", "usual_care"):
        own = column(name, "contract.kind=cmhcb")
        for party, lines in parts.items():
            assert math.fsum(own[party][line] for line in lines) == pytest.approx(own[party]["net"])


def test_cohorts_and_years_add_up_to_the_run() -> None:
    one = account(replication(arm(24, refresh_people=30), arm(24, participants=50, refresh_people=30, staff=STAFF)), terms(*PARTS))

    def net(cohort: str, first: int, last: int) -> float:
        return one.positions(Period(cohort, first, last))["programme"][Party.owner]["net"]  # type: ignore[arg-type]

    assert net("original", 1, 24) + net("refresh", 1, 24) == pytest.approx(net("all", 1, 24))
    assert net("all", 1, 12) + net("all", 13, 24) == pytest.approx(net("all", 1, 24))
    assert net("refresh", 1, 12) == 0.0  # who does not participate yet bears no cost


def test_discounting_follows_the_convention_of_the_run() -> None:
    one = account(replication(nothing(), arm(24, participants=50)), terms(*PARTS, "run.discount_rate=0.1", "run.discounting=yearly"))
    fees = one.positions(RUN, discounted=True)["programme"][Party.owner]["fees"]
    assert fees == pytest.approx(72_000 + 72_000 / 1.1)
    assert one.positions(RUN)["programme"][Party.owner]["fees"] == 144_000


@pytest.mark.parametrize(
    ("launch", "readmitted", "penalty"),
    [
        # payments of 10,000 in each of 24 months; of 100 discharges 25 in 100 are expected back within 30 days, a fifth of payments exposed
        ("2006-08-01", 40, 0),
        ("2012-10-01", 25, 0),
        ("2012-10-01", 26, 12 * 100 * 0.8 + 12 * 100 * 0.8),  # 0.2 x 4% = 0.8%, below both caps
        ("2012-10-01", 40, 12 * 100 * 1 + 12 * 100 * 2),  # 0.2 x 60% = 12%: capped at 1%, then 2%
        ("2014-10-01", 40, 24 * 100 * 3),
        ("2012-04-01", 40, 12 * 100 * 1 + 6 * 100 * 2),  # the rule begins in month 7
    ],
)
def test_readmission_penalties_only_from_october_2012_and_up_to_the_cap(launch: str, readmitted: int, penalty: float) -> None:
    made = arm(24, monthly={"pay_inpatient": 1_000_000})
    book(made, "index_discharges", 5, 100)
    book(made, "readmitted_30", 5, readmitted)
    one = account(replication(made, nothing()), terms(*PARTS, f"run.launch={launch}", "run.price_year=2006"))
    usual = one.positions(RUN)["usual_care"]
    assert usual[Party.hospital]["readmission_penalty"] == pytest.approx(-penalty)
    assert usual[Party.payer]["readmission_penalty"] == pytest.approx(penalty)


def test_every_line_is_defined_once_and_says_what_it_is() -> None:
    assert len({(line.party, line.name) for line in LINES}) == len(LINES)
    assert all(line.title and line.definition.endswith(".") and line.unit == "USD" for line in LINES)
    assert {line.party for line in LINES} == set(Party) - {Party.outside}


def test_a_capitating_payer_pays_the_whole_capitation_and_the_owner_keeps_its_margin() -> None:
    """100 members at a risk score of 1 for 24 months; 85% of 850 USD of revenue a month are capitation; care costs 13,000 USD."""
    own = terms(
        "contract={kind: capitation, fee: 0 USD, bid: 850 USD, benchmark: 850 USD, stars: 4, normalisation: 0.941, carve_out: 0, "
        "stop_loss_share: 0, stop_loss_premium: 2 USD, admin: 9 USD}"
    )
    made = admitted()
    one = account(replication(made, made), own)
    payer, owner = (one.positions(RUN)["programme"][party] for party in (Party.payer, Party.owner))
    assert payer["net"] == pytest.approx(-(850 * 0.85 - 2) * 2_400, abs=0.02)
    assert payer["outlay"] == -9 * 2_400
    assert owner["earned"] + owner["owed"] == pytest.approx((850 * 0.85 - 2 - 9) * 2_400 - 13_000, abs=0.02)
