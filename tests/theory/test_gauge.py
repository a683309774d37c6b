"""The gauge against its contract: known values, laws, layouts, precisions, degenerate maps."""

import dataclasses
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.theory import baselines, batches
from gedig_edu.theory.gauge import Gauge, Reading, warm_up

few = settings(max_examples=30, deadline=None)
FIELDS = [field.name for field in dataclasses.fields(Reading) if field.name != "engine"]


def probe(length, *, causal):
    i, j = np.indices((length, length))
    weights = np.exp(-((i - j) ** 2) / 4) + 0.3 * (j == 0) + 0.01 * ((7 * i + 3 * j) % 11)
    weights = np.tril(weights) if causal else weights
    return weights / weights.sum(axis=1, keepdims=True)


def softmax_maps(rng, shape, *, causal=False, spread=2.0):
    scores = rng.normal(size=shape) * spread
    if causal:
        scores[..., ~np.tri(shape[-1], dtype=bool)] = -np.inf
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def assert_same(reading, other, atol=0.0):
    for name in FIELDS:
        np.testing.assert_allclose(
            getattr(reading, name), getattr(other, name), rtol=0, atol=atol, err_msg=name
        )


KNOWN = [
    (np.eye(8), False, Gauge.paper, 0.000000, 0.500000, 0.000000, -0.500000),
    (np.eye(8), False, Gauge.released, 0.000000, 1.000000, 0.000000, -0.500000),
    (baselines.uniform(8), False, Gauge.paper, 0.000000, 1.000000, 0.000000, -1.000000),
    (baselines.uniform(8), False, Gauge.released, 0.000000, 1.000000, 0.000000, -0.500000),
    (baselines.local(8), False, Gauge.paper, 0.093750, 0.842867, 0.000000, -0.749117),
    (baselines.local(8), False, Gauge.released, 0.093750, 0.994052, 0.750000, -0.590776),
    (probe(8, causal=True), True, Gauge.paper, 0.062500, 0.776156, 0.000000, -0.713656),
    (probe(8, causal=True), True, Gauge.released, 0.109375, 0.900775, 1.000000, -0.591012),
    (np.eye(32), False, Gauge.paper, 0.031250, 0.500000, 0.000000, -0.468750),
    (baselines.local(32), False, Gauge.released, 0.013672, 0.998481, 0.750000, -0.673069),
    (probe(32, causal=False), False, Gauge.paper, 0.100586, 0.881648, 0.363087, -0.962605),
    (probe(32, causal=False), False, Gauge.released, 0.100586, 0.887270, 0.142734, -0.378732),
    (probe(32, causal=True), True, Gauge.paper, 0.051758, 0.776635, 0.016512, -0.733133),
    (probe(32, causal=True), True, Gauge.released, 0.100586, 0.864287, 0.262156, -0.397097),
]


@pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
@pytest.mark.parametrize("row", range(len(KNOWN)))
def test_known_values(row, engine):
    weights, causal, convention, *expected = KNOWN[row]
    reading = convention().read(weights, causal=causal, engine=engine)
    found = [reading.density, reading.entropy, reading.path_gain, reading.F]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    assert reading.engine == engine


def test_a_map_worked_by_hand():
    weights = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])
    reading = Gauge(threshold=0.3, lam=2.0, gamma=3.0).read(weights, causal=True)
    # edges 0→0, 1→0, 1→1, 2→2; largest component {0, 1}: ℓ = 1 = ℓ_chain
    entropy = np.log(3) + (3 * 0.5 * np.log(2) + 2 * 0.25 * np.log(4)) / 3
    assert reading.edges == 4
    assert reading.nodes == 2
    assert reading.path_length == 1
    assert reading.density == 4 / 9
    assert reading.path_gain == 0
    assert reading.entropy == pytest.approx(entropy / np.log(9), abs=1e-15)
    np.testing.assert_allclose(reading.F, 4 / 9 - 2 * entropy / np.log(9), rtol=0, atol=1e-15)


class TestLaws:
    @few
    @given(n=st.integers(1, 71), seed=st.integers(0, 2**32 - 1))
    def test_a_permutation_of_tokens_changes_nothing_in_paper(self, n, seed):
        rng = np.random.default_rng(seed)
        weights = softmax_maps(rng, (n, n))
        order = rng.permutation(n)
        gauge = Gauge.paper(quantile=0.97)
        assert_same(
            gauge.read(weights, causal=False),
            gauge.read(weights[np.ix_(order, order)], causal=False),
            atol=1e-12,
        )

    @few
    @given(
        n=st.integers(1, 71),
        causal=st.booleans(),
        spread=st.sampled_from([0.0, 1e-9, 1.0, 30.0, 700.0]),
        quantile=st.floats(0.01, 0.99),
        seed=st.integers(0, 2**32 - 1),
    )
    def test_terms_stay_in_their_ranges(self, n, causal, spread, quantile, seed):
        weights = softmax_maps(np.random.default_rng(seed), (n, n), causal=causal, spread=spread)
        for gauge in (Gauge.paper(quantile=quantile), Gauge.released(quantile=quantile)):
            reading = gauge.read(weights, causal=causal)
            assert 0 <= reading.density <= 1
            assert 0 <= reading.entropy <= 1
            assert 0 <= reading.path_gain <= 1
        assert Gauge(quantile=quantile).read(weights, causal=causal).path_gain < 1

    @few
    @given(lam=st.floats(-3, 3), gamma=st.floats(-3, 3), seed=st.integers(0, 2**32 - 1))
    def test_slope_in_lambda(self, lam, gamma, seed):
        weights = softmax_maps(np.random.default_rng(seed), (3, 17, 17))
        reading = Gauge.released().read(weights, causal=False)
        step = reading.combine(lam=lam + 1, gamma=gamma).F - reading.combine(lam=lam, gamma=gamma).F
        np.testing.assert_allclose(step, -(reading.entropy + gamma * reading.path_gain), atol=1e-12)

    def test_combining_equals_reading_with_other_weights(self):
        weights = softmax_maps(np.random.default_rng(2), (5, 13, 13))
        combined = Gauge.paper().read(weights, causal=False).combine(lam=0.3, gamma=0.7)
        assert_same(combined, Gauge.paper(lam=0.3, gamma=0.7).read(weights, causal=False))


class TestLayouts:
    @pytest.mark.parametrize("leading", [(), (1,), (5,), (2, 3), (2, 0), (2, 3, 5)])
    def test_any_leading_axes(self, leading):
        weights = softmax_maps(np.random.default_rng(0), (*leading, 11, 11))
        reading = Gauge.paper().read(weights, causal=False)
        for name in FIELDS:
            values = getattr(reading, name)
            assert isinstance(values, np.ndarray)
            assert values.shape == leading
            assert values.dtype == np.float64
        for index in np.ndindex(leading):
            single = Gauge.paper().read(weights[index], causal=False)
            assert [getattr(single, name) for name in FIELDS] == [
                getattr(reading, name)[index] for name in FIELDS
            ]

    def test_strides_of_any_kind(self):
        weights = softmax_maps(np.random.default_rng(1), (7, 5, 3, 13, 13), causal=True)
        view = weights[::2, 1:, ::-1].transpose(2, 0, 1, 3, 4)
        assert_same(
            Gauge.released().read(view, causal=True),
            Gauge.released().read(view.copy(), causal=True),
        )

    def test_columns_that_do_not_lie_side_by_side(self):
        weights = softmax_maps(np.random.default_rng(1), (5, 13, 13))
        spaced = np.zeros((5, 26, 26))
        spaced[:, ::2, ::2] = weights
        assert_same(
            Gauge().read(spaced[:, ::2, ::2], causal=False), Gauge().read(weights, causal=False)
        )

    def test_input_is_left_as_it_was(self):
        weights = softmax_maps(np.random.default_rng(1), (5, 13, 13))
        before = weights.copy()
        weights.flags.writeable = False
        for engine in ("numba", "numpy", "torch"):
            mask = np.arange(13) < 13
            Gauge().read(weights, causal=False, mask=mask, engine=engine)
        np.testing.assert_array_equal(weights, before)

    def test_arrays_that_start_between_two_words_or_come_from_elsewhere(self):
        weights = softmax_maps(np.random.default_rng(1), (5, 13, 13)).astype(np.float32)
        shifted = np.frombuffer(b"x" + weights.tobytes(), np.float32, offset=1).reshape(5, 13, 13)
        expected = Gauge().read(weights, causal=False)
        assert_same(Gauge().read(shifted, causal=False), expected)
        assert_same(Gauge().read(weights.astype(">f4"), causal=False), expected)
        assert_same(Gauge().read(np.asfortranarray(weights), causal=False), expected)

    def test_lists_are_welcome(self):
        assert Gauge().read([[1.0, 0.0], [0.5, 0.5]], causal=True).nodes == 1


class TestPrecisions:
    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    @pytest.mark.parametrize("causal", [True, False])
    def test_numpy_is_read_as_if_it_were_float64(self, dtype, causal):
        weights = softmax_maps(np.random.default_rng(4), (2, 3, 19, 19), causal=causal)
        weights = weights.astype(dtype)
        assert_same(
            Gauge().read(weights, causal=causal),
            Gauge().read(weights.astype(np.float64), causal=causal, normalized=False),
            atol=1e-13,
        )

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
    @pytest.mark.parametrize("engine", [None, "numpy", "torch"])
    def test_torch_is_read_as_if_it_were_float64(self, dtype, engine):
        weights = torch.tensor(softmax_maps(np.random.default_rng(4), (2, 3, 19, 19))).to(dtype)
        weights.requires_grad_()
        assert_same(
            Gauge().read(weights, causal=False, engine=engine),
            Gauge().read(weights.detach().double().numpy(), causal=False, normalized=False),
            atol=1e-13,
        )

    def test_torch_views_need_no_copy_to_be_right(self):
        weights = torch.tensor(softmax_maps(np.random.default_rng(4), (5, 3, 19, 19)))
        view = weights.transpose(0, 1)[:, 1:].bfloat16()
        reading = Gauge().read(view, causal=False)
        assert_same(reading, Gauge().read(view.contiguous(), causal=False))

    def test_the_quantile_is_interpolated_in_float64(self):
        weights = softmax_maps(np.random.default_rng(5), (17, 17)).astype(np.float32)
        reading = Gauge(quantile=0.613).read(weights, causal=False)
        assert reading.threshold == np.quantile(weights.astype(np.float64), 0.613)
        assert reading.threshold != np.quantile(weights, np.float32(0.613))


class TestMasks:
    @staticmethod
    def padded(rng, lengths, total, *, left, heads=3, causal=True):
        weights = np.zeros((len(lengths), heads, total, total), np.float32)
        mask = np.zeros((len(lengths), total), bool)
        singles = []
        for text, length in enumerate(lengths):
            maps = softmax_maps(rng, (heads, length, length), causal=causal).astype(np.float32)
            place = slice(total - length, total) if left else slice(0, length)
            weights[text, :, place, place] = maps
            mask[text, place] = True
            singles.append(maps)
        return weights, mask, singles

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize("left", [True, False])
    @pytest.mark.parametrize("causal", [True, False])
    @pytest.mark.parametrize("convention", [Gauge.paper, Gauge.released])
    def test_padding_on_either_side_and_of_any_length(self, left, causal, convention, engine):
        rng = np.random.default_rng(6)
        weights, mask, singles = self.padded(rng, [1, 7, 19, 12], 19, left=left, causal=causal)
        garbage = ~mask[:, None, :, None] & np.ones(weights.shape, bool)
        weights[garbage] = np.nan
        reading = convention().read(weights, causal=causal, mask=mask, engine=engine)
        for text, maps in enumerate(singles):
            single = convention().read(maps, causal=causal, engine=engine)
            for name in FIELDS:
                np.testing.assert_allclose(
                    getattr(reading, name)[text],
                    getattr(single, name),
                    rtol=0,
                    atol=1e-14,
                    err_msg=name,
                )

    def test_holes_in_the_mask(self):
        rng = np.random.default_rng(7)
        mask = np.array([1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1], dtype=bool)
        inside = softmax_maps(rng, (5, 7, 7), causal=True)
        weights = np.zeros((5, 11, 11))
        weights[(slice(None), *np.ix_(mask, mask))] = inside
        assert_same(
            Gauge.released().read(weights, causal=True, mask=mask),
            Gauge.released().read(inside, causal=True),
        )

    def test_the_three_forms_of_a_mask(self):
        rng = np.random.default_rng(8)
        weights, mask, _ = self.padded(rng, [13, 13], 17, left=False)
        gauge = Gauge.paper()
        one = gauge.read(weights, causal=True, mask=mask[0])
        assert_same(one, gauge.read(weights, causal=True, mask=mask))
        whole = np.broadcast_to(mask[:, None], weights.shape[:-1])
        assert_same(one, gauge.read(weights, causal=True, mask=whole))
        assert_same(one, gauge.read(torch.tensor(weights), causal=True, mask=torch.tensor(mask)))


class TestDegenerateMaps:
    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize("convention", [Gauge.paper, Gauge.released])
    @pytest.mark.parametrize("causal", [True, False])
    def test_one_token(self, convention, causal, engine):
        reading = convention().read(np.ones((1, 1)), causal=causal, engine=engine)
        assert [reading.F, reading.density, reading.entropy, reading.path_gain] == [0, 0, 0, 0]
        assert reading.nodes == 1
        assert np.isnan(reading.path_length)

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize("convention", [Gauge.paper, Gauge.released])
    def test_nothing_at_all(self, convention, engine):
        reading = convention(threshold=0.0).read(
            np.zeros((5, 5)), causal=False, normalized=False, engine=engine
        )
        assert [reading.F, reading.entropy, reading.edges] == [0, 0, 0]

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    def test_a_single_cell_has_no_entropy(self, engine):
        weights = np.zeros((5, 5))
        weights[2, 3] = 0.7
        for convention in (Gauge.paper, Gauge.released):
            reading = convention().read(weights, causal=False, normalized=False, engine=engine)
            assert reading.entropy == 0

    def test_self_loops_alone_make_no_path(self):
        reading = Gauge(threshold=0.5).read(np.eye(7), causal=True)
        assert (reading.edges, reading.nodes, reading.path_gain) == (7, 1, 0)

    def test_a_chain_gains_exactly_nothing(self):
        n = 47
        weights = np.eye(n, k=-1)
        weights[0, 0] = 1
        reading = Gauge(threshold=0.5).read(weights, causal=True)
        assert (reading.nodes, reading.path_gain, reading.path_length) == (n, 0, (n + 1) / 3)


class TestRefusals:
    weights = softmax_maps(np.random.default_rng(9), (2, 3, 5, 5), causal=True)

    def refused(self, message, weights=None, *, causal=True, engine="numba", **options):
        with pytest.raises(GedigError) as caught:
            Gauge.paper().read(
                self.weights if weights is None else weights,
                causal=causal,
                engine=engine,
                **options,
            )
        assert str(caught.value) == message

    def changed(self, place, value):
        weights = self.weights.copy()
        weights[place] = value
        return weights

    def test_maps_that_are_not_square(self):
        self.refused(
            "weights have shape (3, 5), but attention maps are square, [..., L, L]; "
            "give one column per row.",
            np.ones((3, 5)),
        )
        self.refused(
            "weights have shape (5,), but attention maps are square, [..., L, L]; "
            "give one column per row.",
            np.ones(5),
        )

    def test_maps_without_a_token(self):
        self.refused(
            "weights have shape (3, 0, 0), a map without a valid token; give at least one token.",
            np.ones((3, 0, 0)),
        )
        self.refused(
            "weights[1, 0] has no valid token in its mask; give maps with at least one, "
            "or leave that text out.",
            mask=np.array([[True] * 5, [False] * 5]),
        )

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize(
        ("value", "shown"), [(-0.25, "-0.25"), (np.nan, "nan"), (np.inf, "inf")]
    )
    @pytest.mark.parametrize("normalized", [True, False])
    def test_values_that_no_softmax_returns(self, value, shown, engine, normalized):
        self.refused(
            f"Row 4 of weights[1, 2] has {shown} at column 3, but weights are finite and never "
            "negative; give what softmax returned, not the scores before it.",
            self.changed((1, 2, 4, 3), value),
            engine=engine,
            normalized=normalized,
        )

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    def test_rows_that_do_not_sum_to_one(self, engine):
        self.refused(
            "Row 0 of weights[0, 1] sums to 1.5, but a row of attention sums to 1 within 4e-15 in "
            "float64; divide each row by its sum, or pass normalized=False.",
            self.changed((0, 1, 0, 0), 1.5),
            engine=engine,
        )

    def test_row_sums_of_any_size_pass_where_they_are_not_checked(self):
        weights = self.changed((0, 1, 0, 0), 1.5)
        assert Gauge().read(weights, causal=True, normalized=False).F.shape == (2, 3)

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize(
        ("dtype", "epsilon"), [(np.float16, 2**-10), (np.float32, 2**-23), (np.float64, 2**-52)]
    )
    def test_the_tolerance_is_eight_spacings_times_the_root_of_the_length(
        self, dtype, epsilon, engine
    ):
        weights = np.full((16, 16), 1 / 16, dtype=dtype)
        for factor, accepted in ((0.9, True), (1.1, False)):
            weights[3, 7] = 1 / 16 + factor * 8 * epsilon * 4
            if accepted:
                assert Gauge().read(weights, causal=False, engine=engine).nodes > 0
            else:
                with pytest.raises(GedigError, match="Row 3 of weights sums to"):
                    Gauge().read(weights, causal=False, engine=engine)

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    def test_weight_on_later_tokens_of_a_causal_map(self, engine):
        weights = self.weights.copy()
        weights[1, 0, 2] = [0.25, 0.25, 0.25, 0.0, 0.25]
        self.refused(
            "Row 2 of weights[1, 0] puts 0.25 on the later token 4, but a causal map is zero above "
            "its diagonal; pass causal=False for a model that looks both ways.",
            weights,
            engine=engine,
        )

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize("invalid", [0, 2, 4])
    def test_weight_on_invalid_tokens(self, engine, invalid):
        weights = np.full((5, 5), 0.25)
        mask = np.arange(5) != invalid
        weights[:, invalid] = 0
        weights[3 if invalid != 3 else 1, invalid] = 0.5
        self.refused(
            f"Row 3 of weights puts 0.5 on token {invalid}, which the mask calls invalid; "
            "mask the scores before the softmax, or correct the mask.",
            weights,
            causal=False,
            mask=mask,
            engine=engine,
        )

    def test_rows_are_named_as_the_caller_counts_them(self):
        weights = np.zeros((7, 7))
        weights[3:, 3:] = 0.25
        weights[5, 6] = 0.75
        self.refused(
            "Row 5 of weights sums to 1.5, but a row of attention sums to 1 within 3.6e-15 in "
            "float64; divide each row by its sum, or pass normalized=False.",
            weights,
            causal=False,
            mask=np.arange(7) >= 3,
        )

    def test_masks_that_do_not_fit(self):
        self.refused(
            "mask has shape (3, 5), but weights (2, 3, 5, 5) need (5,) or (2, 5) or (2, 3, 5); "
            "give one entry per token.",
            mask=np.ones((3, 5), bool),
        )
        self.refused(
            "mask has shape (4,), but weights (5, 5) need (5,); give one entry per token.",
            self.weights[0, 0],
            mask=np.ones(4, bool),
        )
        self.refused(
            "mask has dtype int64; give booleans, True for a valid token "
            "(an attention_mask of 0 and 1 becomes one with == 1).",
            mask=np.ones(5, np.int64),
        )

    def test_dtypes_that_hold_no_weights(self):
        self.refused(
            "weights have dtype int64; give float16, float32 or float64, "
            "or bfloat16 as a torch tensor.",
            np.eye(3, dtype=np.int64),
        )

    def test_bfloat16_outside_torch(self):
        with pytest.raises(GedigError) as caught:
            batches._check_maps((3, 3), "bfloat16", is_tensor=False)
        assert str(caught.value) == (
            "weights have dtype bfloat16; give float16, float32 or float64, "
            "or bfloat16 as a torch tensor."
        )

    @pytest.mark.parametrize("quantile", [0, 1, -0.1, 90, np.nan, "0.9x", True])
    def test_quantiles_outside_zero_and_one(self, quantile):
        with pytest.raises(GedigError) as caught:
            Gauge(quantile=quantile)
        assert str(caught.value) == (
            f"quantile={quantile!r} is out of range; give a finite number above 0 and below 1."
        )

    def test_settings_that_do_not_exist(self):
        with pytest.raises(GedigError, match=r"^pool='some' is not known; choose one of 'visible'"):
            Gauge(pool="some")
        with pytest.raises(GedigError, match=r"^entropy='rows' is not known; choose one of"):
            Gauge(entropy="rows")
        with pytest.raises(GedigError, match=r"^path='gain' is not known; choose one of"):
            Gauge(path="gain")
        with pytest.raises(GedigError, match=r"^lam=inf is out of range; give a finite number"):
            Gauge(lam=np.inf)
        with pytest.raises(GedigError, match=r"^gamma=None is out of range"):
            Gauge(gamma=None)
        with pytest.raises(GedigError, match=r"^threshold=-0.1 is out of range; .* at least 0"):
            Gauge(threshold=-0.1)
        with pytest.raises(GedigError, match=r"^engine='fast' is not known; choose one of 'numba'"):
            Gauge().read(self.weights, causal=True, engine="fast")
        with pytest.raises(GedigError, match=r"^lam=nan is out of range"):
            Gauge().read(self.weights, causal=True).combine(lam=np.nan, gamma=0.5)

    def test_quantile_and_threshold_together(self):
        with pytest.raises(GedigError) as caught:
            Gauge(quantile=0.9, threshold=0.01)
        assert str(caught.value) == (
            "quantile=0.9 and threshold=0.01 are both given; give the one that sets the threshold."
        )

    def test_causal_left_open(self):
        with pytest.raises(TypeError, match="causal"):
            Gauge().read(self.weights)
        self.refused(
            "causal=None is neither True nor False; say whether the model is causal.", causal=None
        )


class TestGauge:
    def test_conventions(self):
        assert Gauge.paper() == Gauge()
        assert Gauge.paper(lam=0.5).lam == 0.5
        released = Gauge.released()
        assert (released.lam, released.gamma, released.quantile) == (0.5, 0.5, 0.9)
        assert Gauge.released(threshold=0.01).quantile is None
        assert Gauge.released(path="chain_gain", pool="visible").entropy == "support"

    def test_is_frozen_and_takes_names_only(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            Gauge().lam = 3
        with pytest.raises(TypeError):
            Gauge(1.0)

    def test_every_setting_matters(self):
        weights = softmax_maps(np.random.default_rng(10), (29, 29), causal=True, spread=12)
        plain = Gauge().read(weights, causal=True)
        changes = [
            {"lam": 0.5},
            {"gamma": 0.2},
            {"quantile": 0.8},
            {"threshold": 0.01},
            {"pool": "all"},
            {"entropy": "support"},
            {"path": "inverse_length"},
        ]
        for change in changes:
            assert Gauge(**change).read(weights, causal=True).F != plain.F, change
        assert Gauge().read(weights, causal=False).F != plain.F

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    def test_tied_components(self, engine):
        weights = np.zeros((9, 9))
        weights[[1, 2, 3], [0, 1, 2]] = 0.5  # a chain, with the lowest node
        weights[[5, 6, 7], [4, 4, 4]] = 0.5  # a star
        options = {"causal": False, "normalized": False, "engine": engine}
        assert Gauge(threshold=0.1).read(weights, **options).path_length == 18 / 12
        assert Gauge.released(threshold=0.1).read(weights, **options).path_length == 20 / 12


class TestGraph:
    def test_edges_are_the_cells_above_the_threshold(self):
        weights = softmax_maps(np.random.default_rng(12), (23, 23), causal=True)
        graph = Gauge.released().graph(weights, causal=True)
        reading = Gauge.released().read(weights, causal=True)
        assert isinstance(graph, nx.DiGraph)
        assert list(graph) == list(range(23))
        assert graph.number_of_edges() == reading.edges
        assert graph.graph["threshold"] == reading.threshold
        for i, j, weight in graph.edges(data="weight"):
            assert weight == weights[i, j] > reading.threshold

    def test_nodes_are_named_by_the_positions_of_valid_tokens(self):
        weights = torch.zeros(5, 5, dtype=torch.bfloat16)
        weights[2:, 2:] = torch.tensor([[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.25, 0.5]])
        mask = torch.arange(5) >= 2
        graph = Gauge(threshold=0.4).graph(weights, causal=True, mask=mask)
        assert set(graph.edges) == {(2, 2), (3, 2), (3, 3), (4, 4)}
        assert set(graph) == {2, 3, 4}

    def test_refuses_a_batch(self):
        with pytest.raises(GedigError, match=r"^weights hold 6 maps; give one, \[L, L\]"):
            Gauge().graph(np.full((2, 3, 5, 5), 0.2), causal=False)

    def test_refuses_what_reading_refuses(self):
        with pytest.raises(GedigError, match="sums to"):
            Gauge().graph(np.ones((5, 5)), causal=False)


def test_importing_the_gauge_loads_neither_torch_nor_numba():
    script = (
        "import sys, gedig_edu.theory.gauge, gedig_edu.theory.paths, gedig_edu.theory.baselines;"
        "print([name for name in ('torch', 'numba', 'matplotlib') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert shown.stdout.strip() == "[]", shown.stderr


def test_warming_up_in_the_background_does_not_disturb_a_reading():
    warm_up(background=True)
    assert Gauge().read(np.eye(3), causal=True).engine == "numba"
