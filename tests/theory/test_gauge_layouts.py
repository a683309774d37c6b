"""The gauge reads what models return: any leading axes, precision and padding."""

import numpy as np
import pytest
import torch
from gauge_maps import FIELDS, assert_same, softmax_maps
from hypothesis import settings

from gedig_edu.theory.gauge import Gauge

few = settings(max_examples=30, deadline=None)


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
