"""What every settlement must keep: order, continuity, caps, and cents that add up."""

from hypothesis import assume, given
from hypothesis import strategies as st

from sim.economics.contracts import cmhcb, mssp, pioneer, reach
from sim.economics.money import to_cent

CENT = 0.01
BENCHMARKS = st.integers(1_000_000, 10**11).map(lambda cents: cents / 100)
RATES = st.floats(-0.9, 0.9)
SCORES = st.floats(0.0, 1.0)
MINIMUM_RATES = st.sampled_from([0.0, 0.005, 0.02, 0.039])
NO_MINIMUM = st.just(0.0)
TRACKS = st.sampled_from(mssp.tracks())
RULES = st.builds(mssp.YearRules, st.sampled_from([0.0, 0.02]), st.sampled_from([0.0, 0.3, 1.0]), st.booleans())


def cents(dollars):
    assert abs(dollars * 100 - round(dollars * 100)) < 1e-3
    return round(dollars * 100)


@st.composite
def mssp_settlements(draw, how_many=1, minimum_rates=MINIMUM_RATES):
    """The same ACO at one or more rates of saving, in rising order."""
    benchmark = draw(BENCHMARKS)
    fixed = {
        "benchmark": benchmark,
        "minimum_rate": draw(minimum_rates),
        "quality_score": draw(SCORES),
        "quality": draw(st.sampled_from(mssp.Quality)),
        "rules": draw(RULES),
        "revenue": draw(st.none() | BENCHMARKS),
        "half_rate_below_minimum": draw(st.booleans()),
    }
    own = mssp.terms(draw(TRACKS))
    rates = sorted(draw(RATES) for _ in range(how_many))
    return own, [mssp.settle(own, expenditure=to_cent(benchmark * (1 - rate)), **fixed) for rate in rates]


@given(mssp_settlements(how_many=2))
def test_mssp_is_monotone_in_savings(drawn):
    _, (worse, better) = drawn
    assert worse.earned <= better.earned
    assert worse.owed >= better.owed
    assert worse.paid <= better.paid


@given(mssp_settlements())
def test_mssp_sums_to_the_cent_and_keeps_its_caps(drawn):
    own, (settled,) = drawn
    assert cents(settled.earned) + cents(settled.sequestered) == cents(settled.shared)
    assert cents(settled.owed) + cents(settled.forgiven) == cents(settled.loss_before_relief)
    assert cents(settled.paid) + cents(settled.medicare_keeps) == cents(settled.savings)
    assert min(settled.earned, settled.owed, settled.sequestered, settled.forgiven) >= 0
    assert settled.earned == 0 or settled.owed == 0
    assert settled.shared <= min(own.savings_cap * settled.benchmark, max(settled.savings, 0)) + CENT
    assert settled.loss_before_relief <= min((own.loss_cap or 0.0) * settled.benchmark, max(-settled.savings, 0)) + CENT


@given(mssp_settlements(how_many=2, minimum_rates=NO_MINIMUM))
def test_mssp_without_a_minimum_never_moves_faster_than_savings(drawn):
    _, (worse, better) = drawn
    assert better.paid - worse.paid <= better.savings - worse.savings + 4 * CENT


@given(mssp_settlements(how_many=2))
def test_mssp_is_continuous_beside_the_minimum(drawn):
    _, (worse, better) = drawn
    minimum = worse.minimum_rate
    sides = [(settled.savings_rate >= minimum) - (settled.savings_rate <= -minimum) for settled in (worse, better)]
    assume(sides[0] == sides[1])
    assert better.paid - worse.paid <= better.savings - worse.savings + 4 * CENT


@given(st.floats(500, 200_000), st.floats(0, 5_000))
def test_size_table_falls_and_has_no_steps(beneficiaries, more):
    low, high = mssp.size_rate(beneficiaries + more), mssp.size_rate(beneficiaries)
    assert 0.02 <= low <= high <= 0.122
    assert high - low <= 0.035 / 499 * more + 1e-12  # the steepest row


@st.composite
def cmhcb_settlements(draw, bases=("net", "gross"), caps=("fees", "none")):
    target = draw(BENCHMARKS)
    fees = to_cent(target * draw(st.floats(0.0, 0.3)))
    own = cmhcb.terms(
        draw(st.sampled_from(["original", "refresh"])), base=draw(st.sampled_from(bases)), payback_cap=draw(st.sampled_from(caps))
    )
    rates = sorted((draw(RATES), draw(RATES)))
    return own, [cmhcb.settle(own, target=target, expenditure=to_cent(target * (1 - rate)), fees=fees) for rate in rates]


@given(cmhcb_settlements())
def test_cmhcb_is_monotone_capped_and_sums_to_the_cent(drawn):
    own, (worse, better) = drawn
    assert worse.payback >= better.payback
    assert worse.share <= better.share
    for settled in (worse, better):
        assert cents(settled.paid) + cents(settled.medicare_keeps) == cents(settled.gross)
        assert settled.payback == 0 or settled.share == 0
        assert 0 <= settled.share <= 0.10 * settled.target + CENT
        assert own.payback_cap == "none" or 0 <= settled.payback <= settled.fees


@given(cmhcb_settlements(bases=("net",)))
def test_cmhcb_is_continuous_on_the_net_base(drawn):
    _, (worse, better) = drawn
    assert better.paid - worse.paid <= better.gross - worse.gross + 4 * CENT


@given(BENCHMARKS, st.tuples(RATES, RATES), SCORES, st.integers(1, 5), st.sampled_from(["symmetric", "quality"]))
def test_pioneer_is_monotone_and_capped(benchmark, rates, score, year, loss_rate):
    own = pioneer.terms(year, loss_rate=loss_rate)
    worse, better = (
        pioneer.settle(own, benchmark=benchmark, expenditure=to_cent(benchmark * (1 - rate)), quality_score=score) for rate in sorted(rates)
    )
    assert worse.paid <= better.paid
    assert max(abs(worse.paid), abs(better.paid)) <= own.cap * benchmark + CENT


@given(BENCHMARKS, st.tuples(RATES, RATES), SCORES, st.sampled_from(["global", "professional"]), st.integers(2021, 2026))
def test_reach_is_monotone_continuous_and_sums_to_the_cent(benchmark, rates, earned, option, year):
    own = reach.terms(option, year)
    worse, better = (
        reach.settle(own, benchmark=benchmark, expenditure=to_cent(benchmark * (1 - rate)), quality_earned=earned) for rate in sorted(rates)
    )
    assert -CENT <= better.paid - worse.paid <= better.savings - worse.savings + 4 * CENT
    assert abs(worse.paid) <= abs(worse.savings) + CENT
    assert cents(worse.paid) + cents(worse.medicare_keeps) == cents(worse.savings)
