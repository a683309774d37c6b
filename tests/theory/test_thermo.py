import mpmath
import numpy as np
import pytest
import torch
from beartype import beartype
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import jaxtyped
from kinds import assert_like, both_kinds, give, one_sentence, plain
from scipy.special import entr, log_softmax, logsumexp, softmax

from gedig_edu.errors import GedigError
from gedig_edu.theory.thermo import Ensemble, boltzmann, entropy_floor

QUANTITIES = (
    "probabilities",
    "log_partition",
    "free_energy",
    "energy",
    "entropy",
    "heat_capacity",
    "fisher_information",
    "effective_states",
)
H, L, D = 3, 7, 11
SETTINGS = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
temperatures = st.floats(-3, 3).map(lambda exponent: 10.0**exponent)
energies = st.lists(st.floats(-9, 9), min_size=1, max_size=13).map(np.array)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def close(value, expected, tolerance=1e-9):
    value, expected = (x.item() if hasattr(x, "item") else float(x) for x in (value, expected))
    return abs(value - expected) <= tolerance * max(1.0, abs(expected))


# Against SciPy and by hand


def test_two_states_by_hand():
    two = Ensemble(np.array([0.0, 2 * np.log(3.0)]), 2.0)  # p = 3/4, 1/4
    log3 = np.log(3.0)
    expected = {
        "probabilities": [0.75, 0.25],
        "log_partition": np.log(4 / 3),
        "free_energy": -2 * np.log(4 / 3),
        "energy": log3 / 2,
        "entropy": np.log(4) - 0.75 * log3,
        "heat_capacity": 3 / 16 * log3**2,
        "fisher_information": 3 / 4 * log3**2,
        "effective_states": 4 / 3**0.75,
    }
    assert set(expected) == set(QUANTITIES)
    for name, value in expected.items():
        np.testing.assert_allclose(getattr(two, name), value, rtol=1e-14, err_msg=name)


@SETTINGS
@given(energies, temperatures)
def test_probabilities_and_free_energy_are_scipys(E, T):
    for kind in ("numpy", "torch"):
        read = Ensemble(give(E, kind), T)
        np.testing.assert_allclose(
            plain(read.probabilities), softmax(-E / T), rtol=1e-9, atol=1e-300
        )
        assert close(read.free_energy, -T * logsumexp(-E / T))
        assert close(read.log_partition, logsumexp(-E / T))


# Identities


@SETTINGS
@given(energies, temperatures)
def test_free_energy_is_energy_less_heat(E, T):
    read = Ensemble(E, T)
    p = read.probabilities
    assert close(read.free_energy, read.energy - T * read.entropy)
    assert close(read.energy, p @ E)
    assert close(read.entropy, -sum(x * np.log(x) for x in p if x > 0))
    assert close(read.fisher_information, p @ (E - p @ E) ** 2)
    assert close(read.heat_capacity, read.fisher_information / T**2)
    assert close(read.effective_states, np.exp(read.entropy))


@SETTINGS
@given(energies, temperatures)
def test_entropy_and_capacity_are_derivatives_by_autograd(E, T):
    heat = torch.tensor(T, dtype=torch.float64, requires_grad=True)
    read = Ensemble(torch.tensor(E), heat)
    (slope_of_A,) = torch.autograd.grad(read.free_energy, heat)
    (slope_of_E,) = torch.autograd.grad(read.energy, heat)
    assert close(read.entropy, -slope_of_A)
    assert close(read.heat_capacity, slope_of_E)


@settings(deadline=None, max_examples=15)
@given(energies, temperatures)
def test_entropy_and_capacity_are_derivatives_in_fifty_digits(E, T):
    with mpmath.workdps(50):
        exact = [mpmath.mpf(float(e)) for e in E]

        def partition(t):
            return mpmath.fsum(mpmath.exp(-e / t) for e in exact)

        def free(t):
            return -t * mpmath.log(partition(t))

        def mean(t):
            return mpmath.fsum(e * mpmath.exp(-e / t) for e in exact) / partition(t)

        t, step = mpmath.mpf(T), mpmath.mpf(T) * mpmath.mpf("1e-15")
        entropy = -(free(t + step) - free(t - step)) / (2 * step)
        capacity = (mean(t + step) - mean(t - step)) / (2 * step)
        read = Ensemble(E, T)
        assert close(read.free_energy, free(t))
        assert close(read.entropy, entropy)
        assert close(read.heat_capacity, capacity)


@SETTINGS
@given(seeds, st.sampled_from([2, 3, 11]), temperatures, st.floats(0, 6))
def test_first_law_along_smooth_paths(seed, n, T, moment):
    start, swing, phase = torch.tensor(draw(3, n, seed=seed))
    t = torch.tensor(moment, dtype=torch.float64, requires_grad=True)

    def energies_at(time):
        return 3 * start + swing * torch.sin(1.7 * time + phase)

    read = Ensemble(energies_at(t), T * torch.exp(0.3 * torch.sin(t)))
    (dE,) = torch.autograd.grad(read.energy, t, retain_graph=True)
    (dS,) = torch.autograd.grad(read.entropy, t)
    heat = read.temperature * dS
    work = read.probabilities @ torch.autograd.functional.jvp(energies_at, t, torch.ones_like(t))[1]
    assert close(heat + work, dE)


@SETTINGS
@given(energies, temperatures, seeds)
def test_every_other_distribution_has_more_free_energy_by_t_times_kl(E, T, seed):
    read = Ensemble(E, T)
    for sharpness in (0.1, 1.0, 10.0):
        q = np.random.default_rng(seed).dirichlet(np.full(E.size, sharpness))
        gap = T * (-entr(q).sum() - q @ log_softmax(-E / T))
        entropy = entr(q).sum()
        A_q = q @ E - T * entropy
        assert A_q >= read.free_energy - 1e-9 * max(1.0, abs(A_q))
        assert abs(A_q - read.free_energy - gap) <= 1e-9 * max(1.0, abs(A_q))


@SETTINGS
@given(energies.filter(lambda E: E.size > 1), temperatures)
def test_heat_capacity_is_bounded(E, T):
    assert Ensemble(E, T).heat_capacity <= np.log(E.size - 1) ** 2 / 4 + 1


@pytest.mark.parametrize("n", [2, 3, 11, 101, 1009, 100_003])
def test_heat_capacity_peaks_below_its_bound_and_grows_like_it(n):
    E = np.ones(n)
    E[0] = 0.0
    heat = np.geomspace(0.02, 3, 301)
    peak = max(float(Ensemble(E, T).heat_capacity) for T in heat)
    bound = np.log(n - 1) ** 2 / 4 + 1
    assert 0.4 * bound < peak <= bound


# Edges


@both_kinds
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_kind_and_dtype_are_kept_and_input_is_not_changed(kind, dtype):
    E = give(draw(H, L), kind, dtype)
    before = plain(E).copy()
    for name in QUANTITIES:
        assert_like(getattr(Ensemble(E, 0.5), name), E)
    assert np.array_equal(plain(E), before)


@both_kinds
def test_an_ensemble_reads_along_any_axis_at_any_temperatures(kind):
    E, T = draw(2, L, H), np.array([0.3, 1.0, 5.0])
    read = Ensemble(give(E, kind), give(T[None, None], kind), axis=1)
    for name in QUANTITIES:
        together = plain(getattr(read, name))
        assert together.shape == ((2, L, H) if name == "probabilities" else (2, H))
        for b in range(2):
            for h in range(H):
                alone = getattr(Ensemble(E[b, :, h], T[h]), name)
                part = together[b, :, h] if name == "probabilities" else together[b, h]
                np.testing.assert_allclose(part, alone, rtol=1e-13, atol=1e-15)


@both_kinds
def test_a_state_of_infinite_energy_is_as_good_as_absent(kind):
    E = draw(L)
    walled = np.insert(E, 3, np.inf)
    for T in (1e-3, 1.0, 1e3):
        for name in QUANTITIES:
            value = plain(getattr(Ensemble(give(walled, kind), T), name))
            if name == "probabilities":
                assert value[3] == 0
                value = np.delete(value, 3)
            np.testing.assert_allclose(value, getattr(Ensemble(E, T), name), rtol=1e-13)


def test_gradients_pass_states_of_infinite_energy():
    E = torch.tensor([0.3, torch.inf, -1.2], dtype=torch.float64, requires_grad=True)
    heat = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    read = Ensemble(E, heat)
    dE, dT = torch.autograd.grad(read.free_energy, (E, heat))
    torch.testing.assert_close(dE, read.probabilities)
    torch.testing.assert_close(-dT, read.entropy)


@both_kinds
def test_one_state_is_certain(kind):
    one = Ensemble(give([7.0], kind), 2.0)
    values = {name: plain(getattr(one, name)).tolist() for name in QUANTITIES}
    assert values == {
        "probabilities": [1.0],
        "log_partition": -3.5,
        "free_energy": 7.0,
        "energy": 7.0,
        "entropy": 0.0,
        "heat_capacity": 0.0,
        "fisher_information": 0.0,
        "effective_states": 1.0,
    }


@pytest.mark.parametrize("temperature", [1e-300, 1e300])
def test_temperatures_of_any_size_give_the_limits(temperature):
    read = Ensemble(np.array([1e3, -1e3, -1e3]), temperature)
    cold = temperature < 1
    np.testing.assert_allclose(read.entropy, np.log(2 if cold else 3), rtol=1e-14)
    np.testing.assert_allclose(read.energy, -1e3 if cold else -1e3 / 3, rtol=1e-14)
    assert read.heat_capacity == 0
    assert read.free_energy == pytest.approx(-1e3 if cold else -1e300 * np.log(3))


def test_an_ensemble_is_frozen():
    with pytest.raises(AttributeError):
        Ensemble(np.zeros(3), 1.0).temperature = 2.0


# Refusals

REFUSED = {
    "energies as a list": lambda: Ensemble([1.0], 1.0),
    "no energies": lambda: Ensemble(np.zeros(0), 1.0),
    "one number": lambda: Ensemble(np.float64(1.0), 1.0),
    "axis": lambda: Ensemble(np.zeros(3), 1.0, axis=1),
    "energy NaN": lambda: Ensemble(np.array([0.0, np.nan]), 1.0),
    "energy -inf": lambda: Ensemble(np.array([0.0, -np.inf]), 1.0),
    "all +inf": lambda: Ensemble(np.array([[0.0], [np.inf]]), 1.0),
    "T zero": lambda: Ensemble(np.zeros(3), 0.0),
    "T infinite": lambda: Ensemble(np.zeros(3), np.inf),
    "T NaN in an array": lambda: Ensemble(np.zeros((2, 3)), np.array([[1.0], [np.nan]])),
    "T along the states": lambda: Ensemble(np.zeros((2, 3)), np.ones(3)),
    "T of another kind": lambda: Ensemble(np.zeros((2, 3)), torch.ones(1)),
    "complex": lambda: Ensemble(np.zeros(3) * 1j, 1.0),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as error:
        REFUSED[case]()
    assert one_sentence(error)


def test_shapes_stand_in_the_signatures():
    checked = jaxtyped(typechecker=beartype)
    ensemble = checked(Ensemble)(draw(H, L), 1.0)
    for name in QUANTITIES:
        value = checked(getattr(Ensemble, name).fget)(ensemble)
        assert value.shape == ((H, L) if name == "probabilities" else (H,))
    present = np.ones((H, L), dtype=bool)
    assert checked(boltzmann)(draw(H, L), np.ones(()), present=present).total.shape == (H, 1)


# The least entropy of logits of a given spread


def test_the_row_at_the_floor_is_one_logit_above_equal_ones():
    logits = np.array([2.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5])
    floor = entropy_floor(logits.std(), len(logits))
    assert floor == pytest.approx(float(Ensemble(-logits, 1.0).entropy), abs=1e-12)


def test_two_logits_have_no_choice_and_equal_ones_have_all_entropy():
    # one bit of freedom: logits ±s have p = 1/(1 + e^{-2s})
    p = 1 / (1 + np.exp(-2.6))
    expected = -p * np.log(p) - (1 - p) * np.log(1 - p)
    assert entropy_floor(1.3, 2) == pytest.approx(expected)
    np.testing.assert_allclose(entropy_floor(0.0, np.array([2, 31])), np.log([2, 31]))


@pytest.mark.parametrize(("spread", "keys"), [(-0.1, 5), (np.nan, 5), (1.0, 1)])
def test_no_spread_below_zero_and_no_row_of_one_key_has_a_floor(spread, keys):
    with pytest.raises(GedigError, match="standard deviation"):
        entropy_floor(spread, keys)
