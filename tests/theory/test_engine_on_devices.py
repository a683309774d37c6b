"""The torch engine against the compiled one, on the CPU and on a GPU where there is one."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.theory.engines import torch as engine
from gedig_edu.theory.engines.batch import collect
from gedig_edu.theory.engines.dispatch import read_terms
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.paths import path_statistics

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
DTYPES = {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "float64": torch.float64,
}
EXACT = ("tokens", "edges", "nodes", "path_sum", "support", "threshold", "suspect")
RULES = [{"quantile": q} for q in (1e-6, 0.03, 0.5, 0.9, 0.97, 1 - 1e-12)]
RULES += [{"threshold": t} for t in (0.0, 1e-300, 1e-41, 4e-3, 0.1, 1.0, 1e300)]

on_each_device = pytest.mark.parametrize("device", DEVICES)


@pytest.fixture(params=[torch.float32, torch.float16], ids=str, scope="module")
def products(request):
    """Multiply zeros and ones on the CPU as there, or as on a GPU."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(engine._FASTEST, "cpu", request.param)
        yield request.param


def both(gauge, weights, *, causal, valid=None, normalized=True):
    """The terms by the compiled engine, on the host, and by torch, where the weights are."""
    found = []
    for name, maps in (("numba", weights.cpu()), ("torch", weights)):
        batch = collect(maps, valid)
        rule = gauge._rule(batch, causal=causal, normalized=normalized)
        found.append(read_terms(batch, rule, engine=name)[0])
    return found


def assert_terms_agree(gauge, weights, **how):
    expected, found = both(gauge, weights, **how)
    for name in EXACT:
        np.testing.assert_array_equal(found[name], expected[name], name)
    for name in ("mass", "log_mass"):
        np.testing.assert_allclose(
            found[name], expected[name], rtol=1e-12, atol=1e-300, err_msg=name
        )


def masks(rng, shape, padding):
    """Valid tokens on the left, on the right, anywhere, or as the same few in every map."""
    *leading, n = shape
    if padding == "anywhere":
        valid = rng.random(shape) < 0.7
        valid[..., rng.integers(n)] = True
        return valid
    start = rng.integers(n, size=leading)[..., None]
    if padding == "the same":
        start[...] = rng.integers(n)
    return np.arange(n) >= start if padding == "left" else np.arange(n) <= start


def attention(rng, valid, *, causal, levels, sink, faint):
    """Maps whose valid tokens look at valid ones, and padding at anything."""
    n = valid.shape[-1]
    scores = rng.normal(size=(*valid.shape, n)) * 3
    scores = np.round(scores * levels) / levels if levels else scores
    seen = valid[..., None] & valid[..., None, :]
    seen = np.tril(seen) if causal else seen
    weights = np.where(seen, np.exp(scores - np.abs(scores).max(initial=0)), 0)
    weights = weights / np.maximum(weights.sum(-1, keepdims=True), 1e-300)
    if sink:
        weights = weights * rng.random((*valid.shape, 1))
    if faint:
        weights = np.where(rng.random(weights.shape) < 0.3, weights * 1e-40, weights)
    return np.where(valid[..., None], weights, rng.choice([0.5, -1.0, np.nan], size=weights.shape))


@on_each_device
@pytest.mark.usefixtures("products")
@settings(max_examples=60, deadline=None)
@given(
    leading=st.sampled_from([(), (1,), (3,), (2, 3), (2, 0)]),
    n=st.one_of(st.integers(1, 12), st.integers(1, 150)),
    dtype=st.sampled_from(list(DTYPES)),
    padding=st.sampled_from([None, "left", "right", "anywhere", "the same"]),
    causal=st.booleans(),
    levels=st.sampled_from([None, 1, 3]),
    sink=st.booleans(),
    faint=st.booleans(),
    rule=st.sampled_from(RULES),
    seed=st.integers(0, 2**32 - 1),
)
def test_terms_equal_the_compiled_engines(
    device, leading, n, dtype, padding, causal, levels, sink, faint, rule, seed
):
    rng = np.random.default_rng(seed)
    shape = (*leading, n)
    valid = masks(rng, shape, padding) if padding else np.ones(shape, dtype=bool)
    made = attention(rng, valid, causal=causal, levels=levels, sink=sink, faint=faint)
    weights = torch.from_numpy(made).to(DTYPES[dtype]).to(device)
    how = {"causal": causal, "valid": valid if padding else None}
    for gauge in (Gauge.paper(**rule), Gauge.released(**rule)):
        assert_terms_agree(gauge, weights, **how, normalized=not (sink or faint))


@on_each_device
@settings(max_examples=60, deadline=None)
@given(
    dtype=st.sampled_from(list(DTYPES)),
    scale=st.sampled_from([1.0, 1e-30, 1e-42, 1e-310]),
    nudge=st.sampled_from([-1, 0, 1]),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_threshold_beside_a_weight_parts_the_same_edges(device, dtype, scale, nudge, seed):
    rng = np.random.default_rng(seed)
    weights = torch.from_numpy(rng.random((2, 7, 7)) * scale).to(DTYPES[dtype])
    beside = float(weights[0, 3, 4])
    threshold = max(0.0, float(np.nextafter(beside, beside + nudge)))
    gauge = Gauge(threshold=threshold)
    assert_terms_agree(gauge, weights.to(device), causal=False, normalized=False)
    edges = (weights.double().numpy() > threshold).sum(axis=(1, 2))
    found = gauge.read(weights.to(device), causal=False, normalized=False, engine="torch")
    np.testing.assert_array_equal(found.edges, edges)


def spoiled(place, value):
    weights = np.tril(np.ones((4, 9, 9)))
    weights /= weights.sum(axis=-1, keepdims=True)
    weights[place] = value
    return torch.from_numpy(weights)


@on_each_device
@pytest.mark.parametrize("dtype", list(DTYPES))
@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((1, 3, 2), -0.25),
        ((1, 3, 2), np.nan),
        ((1, 3, 2), np.inf),
        ((1, 3, 2), -np.inf),
        ((1, 3, 2), 0.5),
        ((1, 3, 5), 1e-30),
        ((1, 3, 5), -1e-30),
        ((1, 8, 8), np.nan),
    ],
)
def test_what_breaks_a_rule_is_suspected_in_its_map_alone(device, dtype, place, value):
    weights = spoiled(place, value).to(DTYPES[dtype]).to(device)
    expected, found = both(Gauge.released(), weights, causal=True)
    held = bool((weights[place] == 0).cpu())  # 1e-30 is nothing in float16
    assert found["suspect"].tolist() == expected["suspect"].tolist() == [0, int(not held), 0, 0]


@on_each_device
@pytest.mark.parametrize("padded", [slice(6, None), slice(None, 2), slice(3, 5)], ids=str)
def test_weight_on_padding_is_suspected_and_weight_from_it_is_not(device, padded):
    valid = np.ones((4, 9), dtype=bool)
    valid[:, padded] = False
    inside = valid[:, :, None] & valid[:, None, :]
    weights = np.where(inside, 1.0 / valid.sum(axis=-1)[:, None, None], 0.0)
    weights[:, padded] = np.nan
    weights[2, valid[2].argmax(), padded] = 1e-9
    maps = torch.from_numpy(weights).to(device)
    expected, found = both(Gauge.paper(), maps, causal=False, valid=valid)
    assert found["suspect"].tolist() == expected["suspect"].tolist() == [0, 0, 1, 0]


@on_each_device
def test_layouts_and_blocks_change_no_bit(device, monkeypatch):
    rng = np.random.default_rng(2)
    scores = torch.from_numpy(rng.normal(size=(3, 4, 40, 40)) * 2)
    whole = scores.softmax(-1).float().to(device)
    valid = np.arange(40) < np.array([40, 31, 7])[:, None]
    padded = torch.where(torch.from_numpy(valid)[:, None, None].to(device), whole, 0)
    padded = padded / padded.sum(dim=-1, keepdim=True)
    gauge = Gauge.released()

    def read():
        return [
            gauge.read(maps, causal=False, mask=mask, engine="torch").F
            for maps, mask in (
                (whole, None),
                (whole.transpose(0, 1).contiguous().transpose(0, 1), None),
                (torch.nn.functional.pad(whole, (3, 2, 1, 4))[..., 1:-4, 3:-2], None),
                (whole.mT.contiguous().mT, None),
                (padded, valid),
            )
        ]

    first = read()
    for other in first[1:4]:
        np.testing.assert_array_equal(other, first[0])
    monkeypatch.setattr(engine, "_CELLS_ON_A_CPU", 2 * 40 * 40)
    monkeypatch.setattr(engine, "_MOST_CELLS", 2 * 40 * 40)
    for other, one in zip(read(), first, strict=True):
        np.testing.assert_array_equal(other, one)


@on_each_device
def test_a_few_long_chains_among_many_small_worlds_are_walked_to_their_ends(device):
    n = 60
    links = torch.zeros(9, n, n, dtype=torch.bool)
    links[:, 0] = True
    links[2] = torch.eye(n, dtype=torch.bool).roll(1, dims=1).triu()
    links[5] = links[2] & (torch.arange(n) != 30)[:, None]
    links[7] = False
    expected = path_statistics(links.numpy(), engine="numba")
    found = path_statistics(links.to(device), engine="torch")
    np.testing.assert_array_equal(found.nodes, expected.nodes)
    np.testing.assert_array_equal(found.distance_sum, expected.distance_sum)


@on_each_device
def test_weights_with_a_gradient_are_read_and_left_alone(device):
    scores = torch.randn(2, 5, 5, device=device, requires_grad=True)
    weights = scores.softmax(-1)
    before = weights.detach().clone()
    reading = Gauge.paper().read(weights, causal=False, engine="torch")
    assert reading.engine == "torch"
    assert torch.equal(weights.detach(), before)


def test_a_block_takes_no_more_than_its_part_of_the_memory_that_is_free(monkeypatch):
    cuda = torch.device("cuda", 0)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 3 << 29)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 1 << 30)
    sizes = []
    for free in (100 << 30, 1 << 30, 0):
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device, free=free: (free, 1 << 40))
        sizes.append(engine._maps_at_once(1024, cuda))
        assert sizes[-1] * 1024**2 * engine._BYTES_PER_CELL <= (free + (1 << 29)) / 2
    assert sizes[0] > sizes[1] > sizes[2] > 1
    assert engine._maps_at_once(1 << 20, cuda) == 1
