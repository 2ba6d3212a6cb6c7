import math

import pytest

from sim.outcomes.measures import BY_NAME, MEASURES, check_shapes, measure_replication
from sim.outcomes.results import COUNTERS, PAYMENTS
from sim.outcomes.staffing import component_values, staff_values
from tests.outcomes.synthetic import CALLS, CASE_MANAGER, DAY, HOUR, MONTH, arm, book, replication, terms

PER_MONTH = {
    "admissions": 12,
    "acsc_admissions": 4,
    "planned_admissions": 2,
    "ed_visits": 20,
    "observation_stays": 3,
    "discharges": 10,
    "stay_us": 55 * DAY,
    "hospital_us": 60 * DAY,
    "index_discharges": 8,
    "readmitted_30": 2,
    "readmitted_90": 4,
    "snf_admissions": 3,
    "snf_direct_admissions": 1,
    "snf_discharges": 2,
    "snf_us": 50 * DAY,
    "snf_bound_stays": 4,
    "snf_bound_us": 30 * DAY,
    "deaths": 1,
    "visits": 30,
    "urgent_visits": 5,
    "crises": 25,
    "averted": 6,
    **{name: 100_000 * (position + 1) for position, name in enumerate(PAYMENTS)},
    "patient_share": 250_000,
    "hospital_cost": 500_000,
}

# 100 persons for 36 months are 300 person-years and 3,600 eligible months.
BY_HAND = {
    "admissions_per_1000_py": 12 * 36 / 300 * 1000,
    "acsc_admissions_per_1000_py": 480.0,
    "planned_admissions_per_1000_py": 240.0,
    "ed_visits_per_1000_py": 2400.0,
    "observation_stays_per_1000_py": 360.0,
    "readmission_30_day": 0.25,
    "readmission_90_day": 0.5,
    "readmissions_90_day_per_1000_py": 480.0,
    "inpatient_los": 5.5,
    "hospital_days_per_1000_py": 7200.0,
    "snf_admissions_per_1000_py": 360.0,
    "snf_direct_admissions_per_1000_py": 120.0,
    "snf_los": 25.0,
    "snf_admissions_per_admission": 0.25,
    "hospital_days_per_snf_bound_stay": 7.5,
    "annual_mortality": 1 - math.exp(-36 / 300),
    "deaths": 36.0,
    "hospice_share_of_deaths": 0.0,
    "hospital_share_of_deaths": 0.0,
    "office_visits_per_1000_py": 3600.0,
    "urgent_visits_per_1000_py": 600.0,
    "crises_per_1000_py": 3000.0,
    "averted_crises_per_1000_py": 720.0,
    "pbpm": 55 * 1000 / 100,
    **{f"pbpm_{name.removeprefix('pay_')}": 10.0 * (position + 1) for position, name in enumerate(PAYMENTS)},
    "patient_share_per_month": 25.0,
    "hospital_cost_per_month": 50.0,
    "eligible_months": 3600.0,
}
PROGRAMME_BY_HAND = {
    # Half the payments: saves 275 a month over 3,600 months; 80 participants for 36 months pay 120 a month.
    "participant_months": 2880.0,
    "gross_savings": 990_000.0,
    "fees": 345_600.0,
    "net_savings": 644_400.0,
    "gross_saving_rate": 0.5,
    "net_saving_rate": 0.5 - 345_600 / 1_980_000,
    "roi_fees": 990_000 / 345_600,
    # Staff 1,380,000 and a quarter of overhead, three years of management, and 240 participant-years at 150.
}
MONEY = {"fee": 120.0, "physician_payment": 150.0, "overhead_share": 0.25, "management": 100_000.0}


def two_arms(horizon=36, **money):
    usual = arm(horizon, monthly=PER_MONTH)
    half = {name: count // 2 if name.startswith("pay_") else count for name, count in PER_MONTH.items()}
    programme = arm(horizon, participants=80, monthly=half, staff=(CASE_MANAGER,), tasks=(CALLS,))
    return measure_replication(replication(usual, programme), terms(horizon, **(money or MONEY)))


def test_by_hand_covers_every_measure():
    assert set(BY_HAND) | set(PROGRAMME_BY_HAND) == set(BY_NAME)
    assert len(BY_NAME) == len(MEASURES)


@pytest.mark.parametrize("name", BY_HAND)
def test_measure_equals_the_value_by_hand(name):
    assert two_arms()["usual_care", "original", "programme"][name] == pytest.approx(BY_HAND[name], rel=1e-12)


@pytest.mark.parametrize("name", PROGRAMME_BY_HAND)
def test_programme_measure_equals_the_value_by_hand(name):
    values = two_arms()
    assert values["programme", "original", "programme"][name] == pytest.approx(PROGRAMME_BY_HAND[name], rel=1e-12)
    assert math.isnan(values["usual_care", "original", "programme"][name])
    assert values["difference", "original", "programme"][name] == values["programme", "original", "programme"][name]


def test_programme_measures_are_undefined_in_the_baseline_year():
    values = two_arms()["programme", "original", "baseline"]
    assert all(math.isnan(values[name]) for name in PROGRAMME_BY_HAND)


def test_difference_is_programme_minus_usual_care():
    usual, programme = arm(monthly={"admissions": 12}), arm(monthly={"admissions": 9})
    difference = measure_replication(replication(usual, programme), terms())["difference", "original", "programme"]
    assert difference["admissions_per_1000_py"] == pytest.approx(-360.0)


def test_zero_denominator_is_undefined_not_zero():
    values = measure_replication(replication(arm(people=0), arm(people=0)), terms(fee=0.0))["programme", "original", "programme"]
    for name in ("pbpm", "readmission_30_day", "inpatient_los", "annual_mortality", "gross_saving_rate", "roi_fees"):
        assert math.isnan(values[name]), name


def test_windows_take_their_own_months_only():
    usual = arm()
    for month in (-12, -1, 1, 6, 7, 18, 19, 24, 25, 36):
        book(usual, "ed_visits", month, 10)
    values = measure_replication(replication(usual, arm()), terms())
    # 100 person-years in each window of 12 months.
    assert values["usual_care", "original", "baseline"]["ed_visits_per_1000_py"] == pytest.approx(200.0)
    assert values["usual_care", "original", "m7_18"]["ed_visits_per_1000_py"] == pytest.approx(200.0)
    assert values["usual_care", "original", "last_12"]["ed_visits_per_1000_py"] == pytest.approx(200.0)
    assert values["usual_care", "original", "programme"]["ed_visits_per_1000_py"] == pytest.approx(80 / 300 * 1000)


@pytest.mark.parametrize(("horizon", "present"), [(36, {"m7_18", "last_12"}), (18, {"m7_18", "last_12"}), (17, {"last_12"}), (11, set())])
def test_a_window_that_does_not_fit_is_left_out(horizon, present):
    values = measure_replication(replication(arm(horizon), arm(horizon)), terms(horizon))
    assert {window for _, _, window in values} == present | {"programme", "baseline"}


def readmission_months(days, measure):
    """The month labels whose readmissions count, found by booking each alone."""
    counted = []
    for month in [*range(-12, 0), *range(1, 19)]:
        usual = arm(18, monthly={"index_discharges": 1})
        book(usual, f"readmitted_{days}", month, 1)
        values = measure_replication(replication(usual, arm(18)), terms(18))
        counted += [month] if any(values["usual_care", "original", window][measure] > 0 for window in ("baseline", "programme")) else []
    return counted


def test_30_day_readmissions_leave_out_the_month_that_cannot_be_followed():
    assert readmission_months(30, "readmission_30_day") == [*range(-12, -1), *range(1, 18)]


@pytest.mark.parametrize("measure", ["readmission_90_day", "readmissions_90_day_per_1000_py"])
def test_90_day_readmissions_leave_out_three_months(measure):
    assert readmission_months(90, measure) == [*range(-12, -3), *range(1, 16)]


def test_a_window_without_complete_follow_up_has_no_readmission():
    usual = arm(3, monthly={"index_discharges": 5, "readmitted_30": 1, "readmitted_90": 1})
    values = measure_replication(replication(usual, arm(3)), terms(3))["usual_care", "original", "programme"]
    assert math.isnan(values["readmission_90_day"])
    assert values["readmission_30_day"] == pytest.approx(0.2)


def test_cohorts_add_up():
    programme = arm(participants=60, refresh_people=50)
    book(programme, "deaths", 20, 3, cohort=0)
    book(programme, "deaths", 20, 2, cohort=1)
    values = measure_replication(replication(arm(), programme), terms())
    deaths = {cohort: values["programme", cohort, "programme"]["deaths"] for cohort in ("original", "refresh", "all")}
    assert deaths == {"original": 3, "refresh": 2, "all": 5}


@pytest.mark.parametrize(
    ("discounting", "expected"),
    [
        ("none", 24.0),
        ("yearly", 12 + 12 / 1.1),
        ("monthly", sum(1.1 ** (-k / 12) for k in range(24))),
        ("continuous", sum(math.exp(-0.1 * (k + 0.5) / 12) for k in range(24))),
    ],
)
def test_money_totals_are_discounted_by_the_named_convention(discounting, expected):
    money = {"fee": 1.0, "discount_rate": 0.1, "discounting": discounting}
    values = measure_replication(replication(arm(24), arm(24, participants=1)), terms(24, **money))["programme", "original", "programme"]
    assert values["fees"] == pytest.approx(expected, rel=1e-12)


def test_pbpm_is_not_discounted():
    plain, discounted = two_arms(), two_arms(**MONEY, discount_rate=0.05, discounting="yearly")
    assert plain["usual_care", "original", "programme"]["pbpm"] == discounted["usual_care", "original", "programme"]["pbpm"]
    assert plain["programme", "original", "programme"]["gross_savings"] > discounted["programme", "original", "programme"]["gross_savings"]


def test_the_payers_returns_break_even_where_their_names_say():
    # Savings equal fees.
    usual, programme = arm(monthly={"pay_inpatient": 1_000_000}), arm(participants=100, monthly={"pay_inpatient": 500_000})
    values = measure_replication(replication(usual, programme), terms(fee=50.0))["programme", "original", "programme"]
    assert values["roi_fees"] == pytest.approx(1.0)
    assert values["net_saving_rate"] == pytest.approx(0.0, abs=1e-12)


def test_an_array_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"usual_care\.tally: expected int64 \(2, 53, 30\)"):
        check_shapes(replication(arm(17), arm(18)), terms(18))


def test_counters_are_named_once():
    assert len(set(COUNTERS)) == len(COUNTERS)


STAFF_BY_HAND = {
    "fte": 12.0,
    "fte_employed": 11.0,
    "utilisation": 0.8,
    "caseload": 190.0,
    "practices": 2.5,
    "most_practices": 4.0,
    "hours_per_participant_month": 800 / 2880,
    "tasks_requested": 100.0,
    "tasks_done": 60.0,
    "tasks_not_reached": 12.0,
    "tasks_refused": 3.0,
    "tasks_lapsed": 5.0,
    "tasks_cancelled": 15.0,
    "tasks_open": 5.0,
    "on_time": 72 / 90,
    "lapsed_share": 5 / 80,
    "not_reached_share": 12 / 80,
    "unmet_share": 17 / 80,
    "wait_days": 2.0,
    "queue_length": 5.0,
    "cost": 1_380_000.0,
}


def test_staff_measures_equal_the_values_by_hand():
    other = CALLS | {"name": "medication_review", "role": "pharmacist", "done": 999}
    programme = arm(participants=80, staff=(CASE_MANAGER,), tasks=(CALLS, other))
    assert staff_values(programme, 36 * MONTH)["case_manager"] == pytest.approx(STAFF_BY_HAND)
    assert staff_values(programme, 36 * MONTH) is staff_values(programme, 36 * MONTH)  # made once for all who ask
    assert staff_values(programme, 18 * MONTH)["case_manager"]["queue_length"] == pytest.approx(2 * STAFF_BY_HAND["queue_length"])


def test_a_role_adds_up_its_components():
    programme = arm(staff=(CASE_MANAGER,), tasks=(CALLS, CALLS | {"name": "visit", "done": 1, "requested": 41}))
    values = staff_values(programme, 36 * MONTH)["case_manager"]
    assert values["tasks_done"] == 61
    assert values["tasks_requested"] == 141


def test_component_measures_equal_the_values_by_hand():
    values = component_values(arm(tasks=(CALLS,)))["surveillance_call"]
    assert values["hours"] == pytest.approx(50.0)
    assert values["on_time"] == pytest.approx(0.8)
    assert values["wait_days"] == pytest.approx(2.0)
    assert values["attempts"] == 120
    assert CALLS["work_us"] == 50 * HOUR
