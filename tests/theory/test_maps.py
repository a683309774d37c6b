"""The record of a text's maps: what it takes, and what callers read from it."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from gauge_maps import assert_same, softmax_maps
from kinds import one_sentence

from gedig_edu.errors import GedigError
from gedig_edu.theory.comparison import Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

TOKENS = ("The", " cat", " sat", " down", ".")


def given_maps(**changes):
    weights = softmax_maps(np.random.default_rng(3), (2, 3, 5, 5), causal=True)
    given = {"tokens": TOKENS, "weights": weights.astype(np.float32), "causal": True}
    return AttentionMaps(**given | changes)


def with_sink():
    """Give maps of which every row leaves a quarter of its weight to a sink."""
    whole = given_maps()
    sink = np.full((2, 3, 5), 0.25, np.float32)
    return dataclasses.replace(whole, weights=whole.weights * np.float32(0.75), sink=sink)


def test_three_arguments_are_enough():
    maps = given_maps()
    assert (maps.special == [False] * 5).all()
    assert ["".join(TOKENS)[start:end] for start, end in maps.offsets] == list(TOKENS)
    assert not maps.renormalised
    assert maps.sink is None


class TestSink:
    def test_rows_with_a_sink_are_read_as_they_are(self):
        maps = with_sink()
        expected = Gauge.paper().read(maps.weights, causal=True, normalized=False)
        assert_same(maps.read(Gauge.paper()), expected)
        with pytest.raises(GedigError, match=r"sums to 0\.7"):
            Gauge.paper().read(maps.weights, causal=True)

    def test_a_comparison_reads_them_and_their_shuffles(self):
        compared = Comparison.read(with_sink(), Gauge.released())
        assert compared.delta("row_shuffled").shape == (2, 3)
        assert_same(compared.again(Gauge.paper()).real, with_sink().read(Gauge.paper()))

    def test_it_has_one_number_a_row(self):
        with pytest.raises(GedigError, match=r"^sink has shape \(2, 3\), but weights have rows"):
            given_maps(sink=np.zeros((2, 3), np.float32))


class TestWeights:
    whole = given_maps()

    @pytest.mark.parametrize(
        "given",
        [
            lambda weights: torch.tensor(weights, requires_grad=True),
            lambda weights: weights.astype(np.float64),
            lambda weights: weights.tolist(),
            lambda weights: tuple(weights),
            lambda weights: [torch.tensor(layer)[None] for layer in weights],
            lambda weights: weights[:, None],
            lambda weights: np.asfortranarray(weights),
            lambda weights: weights.astype(">f4"),
            lambda weights: np.ma.array(weights),
        ],
    )
    def test_any_kind_of_array_becomes_float32(self, given):
        maps = given_maps(weights=given(self.whole.weights))
        assert maps.weights.dtype == np.float32
        assert type(maps.weights) is np.ndarray
        np.testing.assert_array_equal(maps.weights, self.whole.weights)
        assert not maps.renormalised

    def test_float32_is_not_copied(self):
        assert given_maps(weights=self.whole.weights).weights is self.whole.weights

    @pytest.mark.parametrize("stored", [None, np.float32, np.float64])
    @pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
    def test_what_half_precision_rounded_is_renormalised_and_marked(self, half, stored):
        weights = torch.tensor(self.whole.weights).to(half)
        exact = weights.double().numpy()
        maps = given_maps(weights=weights if stored is None else exact.astype(stored))
        assert maps.renormalised
        expected = exact / exact.sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(maps.weights, expected, rtol=1e-6)
        assert maps.read(Gauge.paper()).F.shape == (2, 3)
        assert (self.whole.weights == given_maps().weights).all()

    def test_half_precision_is_marked_even_where_no_row_is_off(self):
        assert given_maps(weights=np.ones((1, 1, 1, 1), np.float16), tokens=["a"]).renormalised

    def test_a_sink_is_renormalised_with_its_row(self):
        weights = (with_sink().weights * np.float32(1.001)).astype(np.float16)
        for given in (weights, weights.astype(np.float32)):
            maps = given_maps(weights=given, sink=with_sink().sink)
            total = maps.weights.sum(axis=-1) + maps.sink
            np.testing.assert_allclose(total, 1, atol=1e-6)
            assert maps.renormalised

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda w: -w, "Row 0 of weights[0, 0] has -1 at column 0"),
            (lambda w: w * np.inf, "Row 0 of weights[0, 0] has inf at column 0"),
            (lambda w: w * np.nan, "Every row of weights[0, 0] is NaN; take padding out with"),
            (lambda w: w * np.float32(1.25), "in float32; divide each row by its sum."),
            (lambda w: np.full_like(w, 0.2), "is zero above its diagonal; pass causal=False"),
            (lambda w: np.where(np.arange(5) < 1, 0, w), "sums to 0, as rows of padding do; take"),
            (lambda w: np.stack([w, w], axis=1), "maps of 2 texts; give one, or let AttentionM"),
            (lambda w: w[0], "weights have shape (3, 5, 5); give [layers, heads, L, L]"),
            (lambda w: w[:0], "give at least one layer, one head and one token."),
            (lambda w: w[:, :0], "give at least one layer, one head and one token."),
            (lambda w: w[..., :3, :3], "weights has shape (2, 3, 3, 3), but 5 tokens need (2, 3,"),
            (lambda w: w[..., :3], "attention maps are square"),
            (lambda w: None, 'attn_implementation="eager"'),
            (lambda w: (w[0], None), "Layer 1 of weights is None"),
            (lambda w: {"attentions": tuple(w)}, "give its maps, outputs.attentions."),
        ],
    )
    def test_what_is_no_attention_of_one_text_is_refused(self, change, said):
        with pytest.raises(GedigError) as caught, np.errstate(invalid="ignore"):
            given_maps(weights=change(self.whole.weights))
        assert said in str(caught.value)
        assert "normalized=" not in str(caught.value)
        assert one_sentence(caught)

    @pytest.mark.parametrize("sink", [-0.25, np.nan, 0.5, 0.0])
    def test_a_sink_that_rows_do_not_leave_is_refused(self, sink):
        with pytest.raises(GedigError, match="sink") as caught:
            dataclasses.replace(with_sink(), sink=np.full((2, 3, 5), sink))
        assert one_sentence(caught)


class TestTheRest:
    @pytest.mark.parametrize(
        "changes",
        [
            {"tokens": list(TOKENS)},
            {"tokens": np.array(TOKENS)},
            {"special": [False, True, False, False, False]},
            {"special": torch.tensor([[0, 1, 0, 0, 0]])},
            {"offsets": [(0, 3), (3, 7), (7, 11), (11, 16), (16, 17)]},
            {"offsets": torch.tensor([[[0, 3], [3, 7], [7, 11], [11, 16], [16, 17]]])},
            {"causal": np.True_},
        ],
    )
    def test_what_a_tokenizer_gives_is_taken(self, changes):
        maps = given_maps(**changes)
        assert maps.tokens == TOKENS
        assert all(type(token) is str for token in maps.tokens)
        assert maps.special.dtype == bool
        assert maps.special.tolist() == [False, "special" in changes, False, False, False]
        assert maps.offsets.tolist() == given_maps().offsets.tolist()
        assert maps.causal is True

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"tokens": "The cat sat down."}, "tokens='The cat sat down.' is one text; give its"),
            ({"tokens": [464, 3797, 3332, 866, 13]}, "tokens[0] is of type int, not text; give"),
            ({"tokens": torch.arange(5)}, "tokens[0] is of type Tensor, not text; give"),
            ({"tokens": 5}, "tokens is of type int; give a list of strings"),
            ({"tokens": TOKENS[:4]}, "weights has shape (2, 3, 5, 5), but 4 tokens need"),
            ({"special": [0, 2, 0, 0, 0]}, "special holds more than 0 and 1"),
            ({"special": [True]}, "special has shape (1,), but 5 tokens need (5,)"),
            ({"offsets": np.zeros((5, 2))}, "offsets have dtype float64; give whole numbers"),
            ({"offsets": np.zeros((5, 3), int)}, "offsets has shape (5, 3), but 5 tokens need"),
            ({"causal": None}, "causal=None is neither True nor False; say whether"),
            ({"model": 3}, "model is of type int; give its name."),
        ],
    )
    def test_what_does_not_fit_is_refused(self, changes, said):
        with pytest.raises(GedigError) as caught:
            given_maps(**changes)
        assert str(caught.value).startswith(said)
        assert one_sentence(caught)


class TestFromTransformers:
    """A batch of two texts of five and of three tokens, padded on either side."""

    @staticmethod
    def batch(*, left, dtype=torch.float32):
        long, short = given_maps().weights, given_maps().weights[..., :3, :3]
        short = short / short.sum(axis=-1, keepdims=True)
        place = slice(2, 5) if left else slice(0, 3)
        both = np.full((2, 2, 3, 5, 5), 0.2, np.float32)
        both[:, 0] = long
        both[:, 1, :, place] = 0
        both[:, 1, :, place, place] = short
        mask = np.ones((2, 5), np.int64)
        mask[1, [0, 1] if left else [3, 4]] = 0
        return tuple(torch.tensor(layer).to(dtype) for layer in both), mask, long, short

    @pytest.mark.parametrize("left", [True, False])
    @pytest.mark.parametrize("wrap", [tuple, lambda a: SimpleNamespace(attentions=a), torch.stack])
    def test_one_text_of_a_batch_without_its_padding(self, left, wrap):
        layers, mask, long, short = self.batch(left=left)
        padded = ["<pad>"] * 2 + list(TOKENS[:3]) if left else [*TOKENS[:3], "<pad>", "<pad>"]
        for tokens in (TOKENS[:3], padded, [list(TOKENS), padded]):
            for given in (torch.tensor(mask), mask == 1, mask[1]):
                maps = AttentionMaps.from_transformers(
                    wrap(layers), tokens, causal=True, index=1, mask=given
                )
                assert maps.tokens == TOKENS[:3]
                np.testing.assert_array_equal(maps.weights, short)
                assert not maps.renormalised
        first = AttentionMaps.from_transformers(wrap(layers), TOKENS, causal=True)
        np.testing.assert_array_equal(first.weights, long)

    @pytest.mark.parametrize("left", [True, False])
    def test_padding_that_nobody_looks_at_is_doubted_where_no_mask_came(self, left):
        layers, *_ = self.batch(left=left)
        seen = [layer.clone() for layer in layers]
        for layer in seen:  # as transformers has it: padding looks at real tokens
            place = torch.tensor([0, 1] if left else [3, 4])
            layer[:, :, place] = 0
            layer[:, :, place, 2] = 1
        with pytest.warns(UserWarning, match="as if it were padding; pass .* as mask="):
            AttentionMaps.from_transformers(tuple(seen), TOKENS, causal=False, index=1)

    def test_half_precision_is_renormalised_and_marked(self):
        layers, mask, _, short = self.batch(left=True, dtype=torch.bfloat16)
        maps = AttentionMaps.from_transformers(
            layers, TOKENS[:3], causal=True, index=1, mask=mask, model="mine"
        )
        assert maps.renormalised
        assert maps.model == "mine"
        np.testing.assert_allclose(maps.weights, short, atol=0.01)

    def test_of_an_encoder_decoder_the_side_that_was_asked_for(self):
        layers, *_ = self.batch(left=False)
        sides = {"encoder_attentions": layers, "decoder_attentions": layers[:1]}
        both = SimpleNamespace(attentions=None, cross_attentions=None, **sides)
        for causal, count in ((False, 2), (True, 1)):
            maps = AttentionMaps.from_transformers(both, TOKENS, causal=causal)
            assert maps.layers == count

    def test_a_model_of_transformers_gives_what_the_tuple_gives(self):
        from transformers import GPT2Config, GPT2Model

        shape = GPT2Config(n_layer=2, n_head=3, n_embd=12, vocab_size=9, n_positions=9)
        model = GPT2Model._from_config(shape, attn_implementation="eager").eval()
        ids, mask = torch.tensor([[3, 1, 4, 1, 5], [0, 0, 2, 7, 1]]), torch.ones(2, 5)
        mask[1, :2] = 0
        outputs = model(ids, attention_mask=mask, output_attentions=True)
        maps = AttentionMaps.from_transformers(
            outputs, [*"abc"], causal=True, index=1, mask=mask.long()
        )
        alone = Gauge.paper().read(outputs.attentions, causal=True, mask=mask == 1)
        np.testing.assert_allclose(maps.read(Gauge.paper()).F, alone.F[:, 1], atol=1e-7)
        with pytest.raises(GedigError, match="mask="):
            AttentionMaps.from_transformers(outputs, [*"abcde"], causal=True, index=1)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"index": 2}, "index=2 is out of range; give a finite number"),
            ({"index": "first"}, "index='first' is out of range"),
            ({"mask": np.ones((3, 5), int)}, "mask has shape (3, 5), but the batch has 2 texts"),
            ({"mask": np.full((2, 5), 2)}, "mask holds more than 0 and 1"),
            ({"mask": np.zeros((2, 5), int)}, "mask has no real token in text 0"),
            ({"mask": [[1, 1, 1, 0, 1], [1] * 5]}, "Row 4 of weights[0, 0] puts"),
            ({"tokens": ["a", "b"]}, "weights has shape (2, 3, 5, 5), but 2 tokens need"),
            ({"outputs": SimpleNamespace(attentions=None)}, "No attention was returned ("),
            ({"outputs": ()}, "No attention was returned (weights is ())"),
            ({"outputs": np.eye(5)}, "outputs hold weights of shape (5, 5); give the attentions"),
            ({"causal": "yes"}, "causal='yes' is neither True nor False"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, changes, said):
        given = {"outputs": self.batch(left=True)[0], "tokens": TOKENS, "causal": True} | changes
        with pytest.raises(GedigError) as caught:
            AttentionMaps.from_transformers(given.pop("outputs"), given.pop("tokens"), **given)
        assert str(caught.value).startswith(said)
        assert one_sentence(caught)


@pytest.mark.parametrize("spans", [[[-1, 5], [5, 6]], [[0, 1], [3, 2]]])
def test_a_span_that_begins_nowhere_or_ends_before_it_begins_is_refused(spans):
    with pytest.raises(GedigError, match=r"offsets\[[01]\] is \[.*; give where the token begins"):
        AttentionMaps(("a", "b"), np.full((1, 1, 2, 2), 0.5), causal=False, offsets=spans)
