"""Reading, heating and bending the attention of every architecture."""

import shutil

import numpy as np
import pytest
import torch
from transformers import AutoModel

from gedig_edu import GedigError, models
from tests.models import tiny

TEXT = "The miller's daughter counted the boats."


def eager_attentions(folder, ids):
    """Return transformers' own eager attentions for one text."""
    network = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    with torch.inference_mode():
        outputs = network(torch.tensor([ids]), output_attentions=True)
    return np.stack([layer[0].numpy() for layer in outputs.attentions])


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_weights_are_transformers_own_eager_attentions(kind, loaded, folders):
    maps = loaded[kind].attend(TEXT)
    ids = loaded[kind].encode(TEXT).ids
    assert maps.weights.shape == (tiny.LAYERS, tiny.HEADS, len(ids), len(ids))
    np.testing.assert_allclose(maps.weights, eager_attentions(folders[kind], ids), atol=1e-6)


def test_temperature_one_and_no_potential_change_nothing(model):
    plain = model.attend(TEXT).weights
    bent = model.attend(TEXT, temperature=1.0, potential=np.zeros((1, 1))).weights
    np.testing.assert_array_equal(plain, bent)


def test_rows_are_distributions_and_causal_where_the_model_says_so(model):
    maps = model.attend(TEXT)
    assert maps.weights.dtype == np.float32
    np.testing.assert_allclose(maps.weights.sum(axis=-1), 1, atol=1e-5)
    future = np.triu(np.ones((len(maps), len(maps)), dtype=bool), k=1)
    assert maps.causal == (not maps.weights[..., future].any())


def test_heat_flattens_and_cold_sharpens_the_first_layer(model):
    def entropy(temperature):
        weights = model.attend(TEXT, temperature=temperature).weights[0].astype(float)
        return -(weights * np.log(np.where(weights > 0, weights, 1))).sum(axis=-1).mean()

    assert entropy(0.1) < entropy(1.0) < entropy(10.0)


def test_temperature_and_potential_enter_the_first_layer_as_the_formula_says(model):
    U = np.random.default_rng(7).normal(size=(1, tiny.HEADS, 1, len(model.encode(TEXT))))
    plain = model.attend(TEXT).weights[0].astype(float)
    with np.errstate(divide="ignore"):
        scores = (np.log(plain) - U[0]) / 1.7
    expected = np.exp(scores - scores.max(axis=-1, keepdims=True))
    expected /= expected.sum(axis=-1, keepdims=True)
    bent = model.attend(TEXT, potential=U, temperature=1.7).weights[0]
    np.testing.assert_allclose(bent, expected, atol=5e-6)


def test_an_infinite_potential_removes_a_key_exactly_in_every_layer(model):
    U = np.zeros(len(model.encode(TEXT)))
    U[3] = np.inf
    U = np.where(np.eye(len(U)) * (np.arange(len(U)) == 3), 0, U)
    weights = model.attend(TEXT, potential=U).weights
    others = np.arange(len(U)) != 3
    assert (weights[:, :, others, 3] == 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)


def test_a_potential_may_differ_by_layer_head_query_and_key(model):
    length = len(model.encode(TEXT))
    U = np.zeros((tiny.LAYERS, tiny.HEADS, length, length))
    U[2, 5, 4, 1] = np.inf
    plain, bent = model.attend(TEXT).weights, model.attend(TEXT, potential=U).weights
    assert bent[2, 5, 4, 1] == 0
    assert plain[2, 5, 4, 1] > 0
    changed = (plain != bent).any(axis=-1)
    assert np.argwhere(changed).tolist() == [[2, 5, 4]]


def test_a_query_without_a_key_is_refused(decoder):
    U = np.zeros(len(decoder.encode(TEXT)))
    U[0] = np.inf
    with pytest.raises(GedigError, match=r"query 0 no key in layer 0, head 0; keep at least one"):
        decoder.attend(TEXT, potential=U)


@pytest.mark.parametrize(
    ("potential", "said"),
    [
        (np.zeros((2, 2)), r"shape \[2, 2\]; give one that broadcasts to \[layers=3, heads=6, L="),
        (np.zeros((1, 1, 1, 1, 1)), r"shape \[1, 1, 1, 1, 1\]"),
        (np.nan, "holds NaN or -inf"),
        (-np.inf, "holds NaN or -inf"),
        ([[1.0], [2.0, 3.0]], r"no array of real numbers \(list\)"),
        ("high", r"no array of real numbers \(str\)"),
        (np.zeros(1, dtype=complex), r"no array of real numbers \(ndarray\)"),
    ],
)
def test_a_potential_that_does_not_fit_is_refused(loaded, potential, said):
    with pytest.raises(GedigError, match=said):
        loaded["llama"].attend(TEXT, potential=potential)


@pytest.mark.parametrize("temperature", [0, -1.0, float("inf"), float("nan"), "warm"])
def test_a_temperature_that_is_none_is_refused(loaded, temperature):
    with pytest.raises(GedigError, match="give a finite number above 0"):
        loaded["gpt2"].attend(TEXT, temperature=temperature)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_many_texts_read_as_each_alone_and_in_order(model, batch_size):
    texts = [*tiny.PROSE[:2], "a", TEXT, "The gate", "stone"]
    texts = [text[:90] for text in texts]
    for text, maps in zip(texts, model.attend_many(texts, batch_size=batch_size), strict=True):
        alone = model.attend(text)
        assert maps.tokens == alone.tokens
        np.testing.assert_allclose(maps.weights, alone.weights, atol=5e-6)
        np.testing.assert_array_equal(maps.special, alone.special)
        np.testing.assert_array_equal(maps.offsets, alone.offsets)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_tokenizer_that_pads_leaves_no_trace(kind_that_pads, side):
    padded, plain = kind_that_pads(side)
    for text, maps in zip(["a", TEXT], padded.attend_many(["a", TEXT]), strict=True):
        alone = plain.attend(text)
        assert maps.tokens == alone.tokens
        np.testing.assert_allclose(maps.weights, alone.weights, atol=5e-6)


@pytest.fixture(params=["gpt2", "bert"])
def kind_that_pads(request, loaded, folders, tmp_path):
    """Give a function that makes a model whose tokenizer.json asks for padding and truncation."""

    def make(side):
        copy = shutil.copytree(folders[request.param], tmp_path / "padded")
        tokenizer = tiny.Tokenizer.from_file(str(copy / "tokenizer.json"))
        tokenizer.enable_padding(direction=side, length=23)
        tokenizer.enable_truncation(5)
        tokenizer.save(str(copy / "tokenizer.json"))
        return models.load(copy, device="cpu"), loaded[request.param]

    return make


def test_batches_are_read_only_when_asked_for(loaded):
    texts = iter(["a", "b", "c"])
    many = loaded["gpt2"].attend_many(texts, batch_size=1)
    next(many)
    assert list(texts) == ["b", "c"]


def broken_source():
    yield "a"
    raise OSError("the file ends here")


@pytest.mark.parametrize(
    ("texts", "kind", "before"),
    [(["a", "b", "", "c"], GedigError, 2), (["a", 7, "b"], GedigError, 1), ([""], GedigError, 0),
     (broken_source(), OSError, 1)],
)  # fmt: skip
def test_a_text_that_fails_comes_at_its_turn_after_the_maps_of_those_before(
    loaded, texts, kind, before
):
    many = loaded["gpt2"].attend_many(texts, batch_size=3)
    assert [len(next(many)) for _ in range(before)] == [1] * before
    with pytest.raises(kind):
        next(many)
    assert list(many) == []


def test_attend_many_refuses_one_text_and_batches_that_are_no_whole_number(loaded):
    with pytest.raises(GedigError, match="expects several texts"):
        loaded["gpt2"].attend_many("one text")
    for size in (0, 1.5, "two"):
        with pytest.raises(GedigError, match=f"batch_size={size!r}"):
            loaded["gpt2"].attend_many(["a"], batch_size=size)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert"])
def test_half_precision_maps_are_renormalised_and_marked(folders, loaded, kind, dtype):
    maps = models.load(folders[kind], device="cpu", dtype=dtype).attend(TEXT)
    assert maps.renormalised
    assert maps.weights.dtype == np.float32
    np.testing.assert_allclose(maps.weights.sum(axis=-1), 1, atol=1e-6)
    reference = loaded[kind].attend(TEXT)
    assert not reference.renormalised
    assert abs(maps.weights[0] - reference.weights[0]).max() < 0.1


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert"])
def test_maps_made_under_autocast_are_rounded_and_marked(loaded, kind):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        maps = loaded[kind].attend(TEXT)
    assert maps.renormalised
    np.testing.assert_allclose(maps.weights.sum(axis=-1), 1, atol=1e-6)
    reference = loaded[kind].attend(TEXT)
    assert not reference.renormalised
    assert abs(maps.weights[0] - reference.weights[0]).max() > 1e-6


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert"])
@pytest.mark.parametrize("temperature", [1e-300, 1e-46, 1e-38, 1e-4, 1e30, 1e39, 1e300])
def test_no_temperature_breaks_a_row(folders, kind, dtype, temperature):
    model = models.load(folders[kind], device="cpu", dtype=dtype)
    weights = model.attend(TEXT, temperature=temperature).weights
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize("temperature", [1e39, 1e300])
def test_the_greatest_heat_makes_all_keys_alike_that_a_query_sees(model, temperature):
    weights = model.attend(TEXT, temperature=temperature).weights[0]
    seen = model.attend(TEXT).weights[0] > 0
    np.testing.assert_allclose(weights, seen / seen.sum(axis=-1, keepdims=True), rtol=1e-6)


@pytest.mark.parametrize("temperature", [1e-46, 1e-300])
def test_the_greatest_cold_leaves_the_largest_key_alone(model, temperature):
    weights = model.attend(TEXT, temperature=temperature).weights[0]
    plain = model.attend(TEXT).weights[0]
    largest = plain == plain.max(axis=-1, keepdims=True)
    np.testing.assert_array_equal(weights, largest / largest.sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("temperature", [1e-300, 1e39])
def test_the_loss_is_a_number_at_any_temperature(decoder, temperature):
    assert 0 < decoder.next_token_loss(TEXT, temperature=temperature) < 100


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_large_potential_on_every_key_changes_nothing(folders, dtype):
    model = models.load(folders["gpt2"], device="cpu", dtype=dtype)
    length = len(model.encode(TEXT))
    high = np.full((length, length), 4e4)[::-1]
    plain, bent = model.attend(TEXT).weights, model.attend(TEXT, potential=high).weights
    np.testing.assert_allclose(bent, plain, atol=2e-2)


@pytest.mark.parametrize("other", ["sdpa", "eager"])
@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert"])
def test_a_model_that_hands_out_no_attention_is_refused(folders, kind, other):
    model = models.load(folders[kind], device="cpu")
    model.network.set_attn_implementation(other)
    for read in (model.attend, lambda text: model.queries_keys(text, 0)):
        with pytest.raises(GedigError, match=r"handed out no attention weights, .*load it there"):
            read(TEXT)


@pytest.mark.parametrize("verb", ["logits", "next_token_loss", "generate"])
def test_a_temperature_that_would_be_ignored_is_refused(folders, verb):
    model = models.load(folders["llama"], device="cpu")
    model.network.set_attn_implementation("eager")
    options = {"tokens": 2} if verb == "generate" else {}
    with pytest.raises(GedigError, match="another attention function"):
        getattr(model, verb)(TEXT, temperature=2.0, **options)
