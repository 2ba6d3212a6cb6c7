"""Random numbers by address: uniform, fine-grained, and independent across who, which decision and which occasion."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy import stats

from sim.rules.streams import Decision, key_of, mix, uniform, uniform_at, uniforms

N = 60_000
CELLS = 20
SMALLEST_P = 1e-4  # of one test among about twenty whose seeds are fixed
CRISIS_GAP = int(Decision.CRISIS_GAP)
CRISIS_HAPPENS = int(Decision.CRISIS_HAPPENS)
TASK_DELAY = int(Decision.TASK_DELAY)
TASK_HOURS = int(Decision.TASK_HOURS)
TASK_REACH = int(Decision.TASK_REACH)
KEY = key_of("patient", 17) >> 1  # fits a signed integer too, so that one compiled version serves all tests
HASHED = np.array([key_of("patient", number) for number in range(N)], np.uint64)
NUMBERED = np.arange(N, dtype=np.uint64)


def at(f: Callable[[int], float]) -> np.ndarray:
    return np.fromiter((f(k) for k in range(N)), np.float64, N)


def component(number: int) -> np.uint64:
    """A component's key as its record has it."""
    return np.uint64(mix(number))


def sequences() -> Iterator[tuple[str, np.ndarray]]:
    yield "patients", uniforms(HASHED, CRISIS_GAP, 1)
    yield "numbered", uniforms(NUMBERED, CRISIS_GAP, 1)  # neighbours differ in one bit or a few
    yield "occasions", at(lambda k: uniform(KEY, CRISIS_HAPPENS, k))
    yield "days before launch", at(lambda k: uniform(KEY, TASK_HOURS, -k))
    yield "decisions", at(lambda k: uniform(KEY, k, N + 1))
    yield "every 32nd occasion", at(lambda k: uniform(KEY, TASK_DELAY, 32 * k + 5))
    yield "components", at(lambda k: uniform_at(KEY, component(k), TASK_REACH, 3))
    yield "tasks", at(lambda k: uniform_at(KEY, component(12345), TASK_REACH, 16 * k))


SEQUENCES = dict(sequences())


def even(counts: np.ndarray) -> float:
    return float(stats.chisquare(counts.ravel()).pvalue)


@pytest.mark.parametrize("name", SEQUENCES)
def test_uniform(name: str) -> None:
    u = SEQUENCES[name]
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert even(np.histogram(u, 500, (0, 1))[0]) > SMALLEST_P
    assert stats.kstest(u, "uniform").pvalue > SMALLEST_P
    # tails, where rare events are decided
    for p in (1e-2, 1e-3):
        assert stats.binomtest(int((u < p).sum()), N, p).pvalue > SMALLEST_P
        assert stats.binomtest(int((u > 1 - p).sum()), N, p).pvalue > SMALLEST_P


def assert_independent(u: np.ndarray, v: np.ndarray) -> None:
    assert even(np.histogram2d(u, v, CELLS, [[0, 1], [0, 1]])[0]) > SMALLEST_P
    assert abs(np.corrcoef(u, v)[0, 1]) < 4 / np.sqrt(len(u))


@pytest.mark.parametrize("name", SEQUENCES)
def test_neighbours_are_independent(name: str) -> None:
    """Of patients, occasions, decisions and components that follow each other, at several distances; and in threes."""
    u = SEQUENCES[name]
    for distance in (1, 2, 8, 64):
        assert_independent(u[:-distance], u[distance:])
    threes = u[: N // 3 * 3].reshape(-1, 3)
    assert even(np.histogramdd(threes, 10, [(0, 1)] * 3)[0]) > SMALLEST_P


def test_the_parts_of_an_address_are_independent_of_each_other() -> None:
    """The same patients at another occasion, another decision, and with occasion and decision exchanged."""
    for keys in (HASHED, NUMBERED):
        here = uniforms(keys, 30, 31)
        for decision, occasion in ((30, 32), (31, 31), (31, 30), (0, 31), (30, 0)):
            assert_independent(here, uniforms(keys, decision, occasion))
    for patient, other in ((1, 2), (2, 1), (1, 1)):
        assert_independent(of_tasks(patient, other), at(lambda k, p=patient: uniform(p, TASK_HOURS, k)))  # type: ignore[misc]
    assert_independent(of_tasks(1, 2), of_tasks(2, 1))


def of_tasks(patient: int, number: int) -> np.ndarray:
    """Draws for a patient's tasks of a component."""
    key = component(number)
    return at(lambda k: uniform_at(patient, key, TASK_HOURS, k))


def test_53_bits() -> None:
    """Every draw is half a step of 2**-53 off the grid where that can be held, all steps are fine, and no two draws are equal."""
    u = np.concatenate(list(SEQUENCES.values()))
    steps = u * 2.0**53
    low = u < 0.5
    assert (steps[low] % 1.0 == 0.5).all()  # below one half a double has the bit for the half step
    assert (steps % 0.5 == 0.0).all()
    bits = np.floor(steps[low]).astype(np.int64)
    for bit in range(52):
        assert stats.binomtest(int((bits >> bit & 1).sum()), len(bits), 0.5).pvalue > 1e-6, bit
    assert len(np.unique(u)) == len(u)  # 24-bit uniforms would have some 7,000 repeats here


def undo_shift(x: int, by: int) -> int:
    """The y of x = y ^ (y >> by), 64 bits."""
    y = x
    for _ in range(64 // by + 1):
        y = x ^ (y >> by)
    return y


def unmixed(z: int) -> int:
    """The x of z = mix(x)."""
    z = undo_shift(z, 31)
    z = z * pow(0x94D049BB133111EB, -1, 2**64) % 2**64
    z = undo_shift(z, 27)
    z = z * pow(0xBF58476D1CE4E5B9, -1, 2**64) % 2**64
    return (undo_shift(z, 30) - 0x9E3779B97F4A7C15) % 2**64


def test_the_extreme_draws_are_inside_0_and_1() -> None:
    """Keys are made whose hash is the smallest and the largest there is: 0 and 1 would make infinite waits and stays."""
    for wanted in (0, 2**64 - 1):
        key = np.uint64(unmixed(unmixed(wanted)))
        assert mix(np.uint64(mix(key))) == wanted
        assert 0.0 < uniforms(np.array([key]), 0, 0)[0] < 1.0


def test_every_input_bit_moves_every_output_bit() -> None:
    rng = np.random.default_rng(1)
    inputs = rng.integers(0, 2**64, 1000, dtype=np.uint64)
    outputs = np.array([mix(x) for x in inputs], np.uint64)
    for bit in range(64):
        flipped = np.array([mix(x ^ np.uint64(1 << bit)) for x in inputs], np.uint64) ^ outputs
        share = np.unpackbits(flipped.view(np.uint8).reshape(-1, 8), axis=1).mean(axis=0)
        assert np.abs(share - 0.5).max() < 5.5 * 0.5 / np.sqrt(len(inputs))


def test_an_address_always_gives_the_same_number() -> None:
    """Frozen, because published results depend on them."""
    assert uniform(1, 2, 3) == uniform(1, 2, 3)
    assert uniforms(np.array([1], np.uint64), 2, 3)[0] == uniform(1, 2, 3)
    assert mix(np.uint64(0)) == 0xE220A8397B1DCDAF  # SplitMix64's first output from seed 0 (Steele, Lea and Flood 2014; Vigna)
    assert key_of("patient", 17) == key_of("patient", "17") != key_of("patient", 18)
    assert key_of("ab", "c") != key_of("a", "bc")
