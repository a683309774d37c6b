"""What people hand to the gauge: what models return, as they return it, and what spoils it."""

import warnings
from collections import OrderedDict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from gauge_maps import assert_same, softmax_maps
from kinds import one_sentence

from gedig_edu.errors import GedigError
from gedig_edu.theory import baselines, heads
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

GIVEN = "gedig_edu.theory.engines.given"
ENGINES = ("numba", "numpy", "torch")
engines = pytest.mark.parametrize("engine", ENGINES)
STACK = softmax_maps(np.random.default_rng(1), (5, 2, 3, 7, 7), causal=True)


def tensors(stack=STACK, dtype=torch.float32, **options):
    return tuple(torch.tensor(layer, dtype=dtype, **options) for layer in stack)


def refusal(weights, **options):
    with pytest.raises(GedigError) as caught:
        Gauge.paper().read(weights, **{"causal": True} | options)
    assert one_sentence(caught)
    return str(caught.value)


class TestLayers:
    @engines
    @pytest.mark.parametrize("gradients", [True, False])
    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
    def test_a_tuple_of_layers_is_read_as_its_stack_to_the_bit(self, dtype, gradients, engine):
        layers = tensors(dtype=dtype, requires_grad=gradients)
        for given in (layers, list(layers)):
            reading = Gauge.paper().read(given, causal=True, engine=engine)
            whole = Gauge.paper().read(torch.stack(layers), causal=True, engine=engine)
            assert reading.F.shape == (5, 2, 3)
            assert_same(reading, whole)

    def test_arrays_tensors_and_views_may_stand_side_by_side(self):
        first, second, third, fourth, fifth = STACK.astype(np.float32)
        spaced = np.zeros((2, 3, 14, 14), np.float32)
        spaced[..., ::2, ::2] = fourth
        fifth.flags.writeable = False
        turned = torch.tensor(second).transpose(0, 1).contiguous().transpose(0, 1)
        mixed = [first, turned, np.asfortranarray(third), spaced[..., ::2, ::2], fifth]
        whole = Gauge.released().read(STACK.astype(np.float32), causal=True)
        assert_same(Gauge.released().read(mixed, causal=True), whole)

    def test_layers_on_a_gpu_are_read_where_they_are(self, monkeypatch):
        """On a machine without one the tensors only say that they are there."""
        if not torch.cuda.is_available():
            monkeypatch.setattr(f"{GIVEN}._on_gpu", lambda part: isinstance(part, torch.Tensor))
        device = "cuda" if torch.cuda.is_available() else "cpu"
        layers = tuple(layer.to(device).requires_grad_() for layer in tensors())
        reading = Gauge.paper().read(layers, causal=True)
        assert reading.engine == "torch"
        assert_same(reading, Gauge.paper().read(torch.stack(layers), causal=True))
        spoiled = (*layers[:3], layers[3].detach() * -1, layers[4])
        assert "weights[3, 0, 0] has" in refusal(spoiled)
        mixed = (*layers[:4], layers[4].detach().cpu().numpy())
        assert Gauge.paper().read(mixed, causal=True).F.shape == (5, 2, 3)

    def test_layers_of_one_text_or_of_one_head(self):
        for leading in ((), (3,)):
            layers = tuple(softmax_maps(np.random.default_rng(2), (5, *leading, 7, 7)))
            reading = Gauge.paper().read(layers, causal=False)
            assert_same(reading, Gauge.paper().read(np.stack(layers), causal=False))

    def test_faults_are_named_by_layer(self):
        spoiled = STACK.copy()
        spoiled[3, 1, 2, 4, 0] = -1
        assert refusal(tuple(spoiled)).startswith("Row 4 of weights[3, 1, 2] has -1 at column 0")

    @pytest.mark.parametrize(
        ("layer", "said"),
        [
            (
                STACK[0][:, :2],
                "Layer 2 of weights has shape (2, 2, 7, 7), and layer 0 (2, 3, 7, 7)",
            ),
            (STACK[0][..., :5, :5], "Layer 2 of weights has shape (2, 3, 5, 5), and layer 0"),
            (
                STACK[0].astype(np.float32),
                "Layer 2 of weights has dtype float32, and layer 0",
            ),
        ],
    )
    def test_layers_that_differ_are_refused_by_name(self, layer, said):
        assert refusal((STACK[0], STACK[1], layer)).startswith(said)

    def test_outputs_of_generate_are_refused(self):
        said = refusal((tensors(), tensors()))
        assert said.startswith("weights hold a tuple of tensors in place of layer 0, as generate()")

    def test_large_layers_are_not_copied_into_a_stack(self, monkeypatch):
        monkeypatch.setattr(np, "stack", None)
        Gauge.paper().read(tensors(), causal=True)


class TestNoAttention:
    @pytest.mark.parametrize(
        "outputs",
        [
            (), [], None, {}, OrderedDict(logits=torch.zeros(3)), OrderedDict(attentions=()),
            SimpleNamespace(attentions=None), SimpleNamespace(attentions=()),
        ],
    )  # fmt: skip
    def test_what_holds_no_attention_is_refused_with_what_to_load(self, outputs):
        said = refusal(outputs)
        assert said.startswith("No attention was returned (")
        assert 'attn_implementation="eager"' in said

    @pytest.mark.parametrize("missing", [0, 1, 2])
    def test_a_missing_layer_is_named(self, missing):
        layers = list(tensors()[:3])
        layers[missing] = None
        said = refusal(tuple(layers))
        assert said.startswith(f"Layer {missing} of weights is None")
        assert 'attn_implementation="eager"' in said

    def test_layers_all_missing(self):
        assert "Layer 0 of weights is None" in refusal((None, None))

    @pytest.mark.parametrize("name", ["attentions", "encoder_attentions", "decoder_attentions"])
    def test_all_that_a_model_returned_is_refused_with_the_name_of_its_maps(self, name):
        for outputs in (OrderedDict({name: tensors()}), SimpleNamespace(**{name: tensors()})):
            assert refusal(outputs).endswith(f"give its maps, outputs.{name}.")

    def test_a_model_of_transformers_without_eager_attention(self):
        from transformers import GPT2Config, GPT2Model

        shape = GPT2Config(n_layer=2, n_head=2, n_embd=8, vocab_size=9, n_positions=9)
        sdpa = GPT2Model(shape).eval()
        sdpa.set_attn_implementation("sdpa")
        outputs = sdpa(torch.arange(5)[None])
        for given in (outputs, outputs.attentions):
            assert 'attn_implementation="eager"' in refusal(given)
        sdpa.set_attn_implementation("eager")
        outputs = sdpa(torch.arange(5)[None], output_attentions=True)
        assert refusal(outputs).endswith("give its maps, outputs.attentions.")
        assert Gauge.paper().read(outputs.attentions, causal=True).F.shape == (2, 1, 2)

    def test_maps_of_the_package_are_refused_with_their_own_method(self):
        maps = AttentionMaps(tokens=tuple("abcdefg"), weights=STACK[:, 0], causal=True)
        assert "maps.read(gauge)" in refusal(maps)


class TestMasks:
    @engines
    @pytest.mark.parametrize("left", [True, False])
    def test_the_mask_of_a_batch_fits_every_layer(self, left, engine):
        mask = np.ones((2, 9), bool)
        mask[1, slice(0, 4) if left else slice(5, 9)] = False
        stack = np.full((5, 2, 3, 9, 9), np.nan)
        for text, tokens in enumerate(mask):
            inside = softmax_maps(np.random.default_rng(text), (5, 3, tokens.sum(), tokens.sum()))
            stack[:, text][..., tokens[:, None] & ~tokens] = 0
            stack[:, text][..., tokens[:, None] & tokens] = inside.reshape(5, 3, -1)
        options = {"causal": False, "engine": engine}
        layered = Gauge.paper().read(tuple(stack), mask=torch.tensor(mask), **options)
        assert_same(layered, Gauge.paper().read(stack, mask=mask, **options))
        for text, tokens in enumerate(mask):
            alone = Gauge.paper().read(stack[:, text][..., tokens, :][..., tokens], **options)
            np.testing.assert_allclose(layered.F[:, text], alone.F, rtol=0, atol=1e-14)

    def test_one_text_may_come_with_its_batch_axis(self):
        expected = Gauge.paper().read(STACK[:, 0], causal=True)
        mask = np.ones((1, 7), bool)
        assert_same(Gauge.paper().read(STACK[:, 0], causal=True, mask=mask), expected)
        batch = Gauge.paper().read(STACK[:, :1], causal=True, mask=mask)
        np.testing.assert_array_equal(batch.F[:, 0], expected.F)

    def test_masks_of_another_batch_are_refused(self):
        said = refusal(tensors(), mask=np.ones((3, 7), bool))
        assert said.startswith(
            "mask has shape (3, 7), but weights (5, 2, 3, 7, 7) need (7,) or (2,"
        )

    def test_a_masked_array_is_no_mask(self):
        mask = np.ma.array(np.ones(7, bool), mask=[True] + [False] * 6)
        assert refusal(STACK, mask=mask).startswith("mask is a masked array")


def left_padded(row):
    """Give one causal text of 7 tokens, the first three of them padding, with rows as told."""
    stack = np.zeros((2, 3, 7, 7))
    stack[..., 3:, 3:] = softmax_maps(np.random.default_rng(5), (2, 3, 4, 4), causal=True)
    stack[..., :3, :] = row
    return stack


class TestPadding:
    rows = pytest.mark.parametrize(
        ("row", "said"),
        [
            (np.nan, "is NaN throughout"),
            (1 / 7, "has the same weight on all 7 tokens"),
            (0.0, "sums to 0"),
            ([0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1], "other rows put none on later ones"),
        ],
    )

    @engines
    @rows
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_rows_that_padding_spoiled_are_refused_with_the_mask_to_give(
        self, row, said, engine, dtype
    ):
        stack = left_padded(row)
        refused = refusal(stack.astype(dtype), engine=engine)
        assert said in refused
        assert "mask=" in refused
        assert "causal=False" not in refused
        assert "normalized=False" not in refused
        mask = np.arange(7) >= 3
        reading = Gauge.paper().read(stack, causal=True, mask=mask, engine=engine)
        assert_same(reading, Gauge.paper().read(stack[..., 3:, 3:], causal=True), atol=1e-15)

    @rows
    def test_one_padded_text_among_others(self, row, said):
        stack = np.stack([STACK[:2, 0], left_padded(row)], axis=1)
        refused = refusal(stack)
        assert "weights[0, 1, 0]" in refused
        assert "mask=" in refused
        assert "causal=False" not in refused

    def test_a_text_of_padding_alone(self):
        stack = np.stack([STACK[:2, 0], np.full((2, 3, 7, 7), np.nan)], axis=1)
        assert refusal(stack).startswith("Every row of weights[0, 1, 0] is NaN; give mask=")
        stack[:, 1] = 1 / 7
        assert "mask=" in refusal(stack)
        assert "causal=False" not in refusal(stack)

    def test_nan_rows_of_an_encoder(self):
        stack = softmax_maps(np.random.default_rng(4), (3, 7, 7))
        stack[:, 5:] = np.nan
        said = refusal(stack, causal=False)
        assert said.startswith("Row 5 of weights[0] is NaN throughout")
        assert "mask=" in said

    def test_a_model_that_looks_both_ways_is_still_told_so(self):
        for stack in (softmax_maps(np.random.default_rng(6), (3, 7, 7)), np.full((3, 7, 7), 1 / 7)):
            assert "pass causal=False" in refusal(stack)


class TestPrecision:
    @pytest.mark.parametrize("stored", [np.float32, np.float64])
    @pytest.mark.parametrize("rounded", [torch.float16, torch.bfloat16])
    def test_half_precision_stored_as_more_is_named(self, rounded, stored):
        maps = torch.tensor(STACK[0]).to(rounded).float().numpy().astype(stored)
        said = refusal(maps)
        name = str(rounded).removeprefix("torch.")
        assert f"since its weights were rounded to {name} before they became" in said
        assert f"give them as {name}, or divide each row by its sum" in said

    def test_single_precision_stored_as_double_is_named(self):
        maps = softmax_maps(np.random.default_rng(3), (2, 50, 50)).astype(np.float32)
        for stored in (maps.astype(np.float64), maps.tolist()):
            said = refusal(stored, causal=False)
            assert "rounded to float32 before they became float64" in said

    @pytest.mark.parametrize("seed", range(20))
    @pytest.mark.parametrize("rate", [0.1, 0.3])
    @pytest.mark.parametrize("causal", [True, False])
    def test_maps_of_a_model_that_is_training_send_to_its_eval(self, causal, rate, seed):
        torch.manual_seed(seed)
        maps = torch.tensor(softmax_maps(np.random.default_rng(3), (4, 5, 5), causal=causal))
        said = refusal(torch.dropout(maps, rate, train=True), causal=causal)
        assert "as in a model that is training; call the model's eval() before it reads" in said
        assert "padding" not in said

    def test_weights_that_half_precision_made_0_are_no_sign_of_training(self):
        maps = softmax_maps(np.random.default_rng(3), (40, 40), causal=True)
        maps[5:, 2] = 1e-9
        maps /= maps.sum(axis=-1, keepdims=True)
        said = refusal(maps.astype(np.float16).astype(np.float32))
        assert "rounded to float16" in said

    def test_a_model_under_autocast(self):
        from transformers import GPT2Config, GPT2Model

        shape = GPT2Config(n_layer=2, n_head=2, n_embd=8, vocab_size=99, n_positions=32)
        model = GPT2Model._from_config(shape, attn_implementation="eager").eval()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            maps = model(torch.arange(32)[None], output_attentions=True).attentions
        assert Gauge.paper().read(maps, causal=True).F.shape == (2, 1, 2)
        if maps[0].dtype == torch.bfloat16:
            said = refusal(tuple(layer.float() for layer in maps))
            assert "rounded to bfloat16" in said

    @engines
    @pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-300, 1e300, 1e306])
    def test_weights_near_the_ends_of_float64_have_the_entropy_of_their_shape(self, size, engine):
        options = {"causal": False, "normalized": False, "engine": engine}
        even = np.full((2, 7, 7), size)
        even[1] = 1 / 7
        assert Gauge.paper().read(even, **options).entropy == pytest.approx(1.0, abs=1e-12)
        shape = np.random.default_rng(8).integers(1, 9, (7, 7)).astype(np.float64)
        expected = Gauge.paper().read(shape, **options)
        reading = Gauge.paper().read(shape * size, **options)
        assert reading.entropy == pytest.approx(expected.entropy, abs=1e-12)
        assert reading.edges == expected.edges

    def test_rows_beyond_the_largest_number_are_refused(self):
        said = refusal(np.full((7, 7), 1e308), causal=False, normalized=False)
        assert said.startswith("Row 0 of weights is too large to be added up in float64")


class TestKinds:
    one = STACK[0, 0].astype(np.float32)

    def test_masked_cells_are_not_read_in_silence(self):
        masked = np.ma.array(self.one, mask=self.one < 0.1)
        for given in (masked, [masked, masked]):
            said = refusal(given)
            assert "masked array with" in said
            assert "mask=" in said
        open_array = np.ma.array(self.one)
        assert_same(
            Gauge.paper().read(open_array, causal=True), Gauge.paper().read(self.one, causal=True)
        )

    @pytest.mark.parametrize(
        "given",
        [
            lambda one: pd.DataFrame(one[0]),
            lambda one: one[0].tolist(),
            lambda one: tuple(map(tuple, one[0].astype(float).tolist())),
            lambda one: list(one[0]),
            lambda one: [torch.tensor(row, requires_grad=True) for row in one[0]],
            lambda one: torch.nn.Parameter(torch.tensor(one[0])),
            lambda one: torch.tensor(one[0]).to_sparse().to_dense(),
            lambda one: np.lib.stride_tricks.as_strided(one[0], writeable=False),
        ],
    )
    def test_what_holds_one_map_is_read_as_it(self, given):
        reading = Gauge.paper().read(given(self.one), causal=True, normalized=False)
        assert_same(reading, Gauge.paper().read(self.one[0], causal=True), atol=1e-7)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (scipy.sparse.csr_matrix(STACK[0, 0, 0]), "weights is sparse; give its .toarray()."),
            ([scipy.sparse.csr_matrix(np.eye(3))], "Layer 0 of weights is sparse; give its .toarr"),
            (torch.eye(3).to_sparse(), "weights is a sparse tensor; give its .to_dense()."),
            (torch.eye(3, device="meta"), "weights cannot be read as numbers ("),
            ("the cat", "weights is of type str; give an array or a tensor [..., L, L]"),
            (3.0, "weights is of type float; give an array or a tensor [..., L, L]"),
            ((row for row in np.eye(3)), "weights is of type generator; give an array"),
            (np.eye(3, dtype=complex), "weights have dtype complex128; give float16"),
            (torch.eye(3, dtype=torch.complex64), "weights have dtype complex64; give float16"),
            (torch.eye(3, dtype=torch.int64), "weights have dtype int64; give float16"),
            (np.eye(3, dtype=bool), "weights have dtype bool; give float16"),
            (np.eye(3).astype(object), "weights holds objects of type float; give the numbers"),
            (np.array([None]), "weights holds objects of type NoneType; give the numbers"),
            (np.eye(3).astype(str), "weights have dtype str"),
            ([[np.eye(2), np.eye(3)]], "weights="),
            (np.ones((2, 0, 3, 4)), "weights have shape (2, 0, 3, 4), but attention maps"),
        ],
    )  # fmt: skip
    def test_what_holds_none_is_refused_in_one_sentence(self, given, said):
        assert refusal(given).startswith(said)

    def test_a_nested_tensor_is_refused(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nested = torch.nested.nested_tensor([torch.eye(3), torch.eye(2)])
            jagged = torch.nested.nested_tensor(
                [torch.eye(3), torch.ones(2, 3)], layout=torch.jagged
            )
        for given in (nested, jagged):
            assert refusal(given).startswith("weights is a nested tensor; give its .to_padded_")

    def test_the_graph_of_one_map_with_axes_of_one(self):
        alone = Gauge.paper().graph(self.one[0], causal=True)
        for given in (self.one[:1, None], (self.one[:1],)):
            graph = Gauge.paper().graph(given, causal=True)
            assert (graph.edges, graph.graph) == (alone.edges, alone.graph)

    def test_axes_of_no_size_give_readings_of_no_size(self):
        for shape in ((0, 3, 7, 7), (3, 0, 7, 7)):
            assert Gauge.paper().read(np.ones(shape), causal=True).F.shape == shape[:-2]
            layers = tuple(np.ones((2, *shape)))
            assert Gauge.paper().read(layers, causal=True).F.shape == (2, *shape[:-2])


class TestWhatElseReadsMaps:
    """Scores of heads and shuffles take what the gauge takes."""

    def read(self, weights):
        rng = np.random.default_rng(0)
        yield heads.previous_token_score(weights)
        yield heads.induction_score(weights, period=3)
        yield baselines.row_shuffled(weights, rng, causal=True)

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
    def test_a_tuple_of_layers_with_gradients(self, dtype):
        layers = tensors(dtype=dtype, requires_grad=True)
        whole = torch.stack(layers).detach().double().numpy()
        for found, expected in zip(self.read(layers), self.read(whole), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-6)
        for found, expected in zip(
            list(self.read(torch.stack(layers)))[:2], self.read(whole), strict=False
        ):
            np.testing.assert_allclose(found, expected, rtol=1e-6)

    def test_no_attention(self):
        for weights in ((), None, (STACK[0], None)):
            for take in (heads.previous_token_score, lambda w: next(iter(self.read(w)))):
                with pytest.raises(GedigError, match='attn_implementation="eager"'):
                    take(weights)
            with pytest.raises(GedigError, match='attn_implementation="eager"'):
                baselines.row_shuffled(weights, np.random.default_rng(0))
