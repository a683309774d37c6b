"""What the gauge refuses, and the sentence it says."""

import numpy as np
import pytest
from gauge_maps import softmax_maps
from hypothesis import settings

from gedig_edu.errors import GedigError
from gedig_edu.theory.engines import given
from gedig_edu.theory.gauge import Gauge

few = settings(max_examples=30, deadline=None)


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

    def test_lists_that_make_no_array(self):
        self.refused(
            "weights=[[0.5, 0.5], [1.0]] make no array; give rows that are all of one length.",
            [[0.5, 0.5], [1.0]],
        )
        self.refused(
            "mask=[[True], [True, False]] make no array; give rows that are all of one length.",
            mask=[[True], [True, False]],
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
            "Row 2 of weights[1, 0] puts 0.25 on the later token 4, but other rows put none on "
            "later ones; if padding stood there, give mask=, True for each real token, or mask the "
            "scores before the softmax.",
            weights,
            engine=engine,
        )
        self.refused(
            "Row 0 of weights puts 0.105394 on the later token 1, but a causal map is zero above "
            "its diagonal; pass causal=False for a model that looks both ways.",
            softmax_maps(np.random.default_rng(9), (5, 5)),
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
            given._check_maps((3, 3), "bfloat16", is_tensor=False)
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
