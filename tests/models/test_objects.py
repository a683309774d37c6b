"""A model in memory: read where it is, from whatever holds it, and left as it was."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, pre_tokenizers
from transformers import (
    ByT5Tokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    GPTJConfig,
    GPTJForCausalLM,
    LlamaConfig,
    LlamaModel,
    PreTrainedTokenizerFast,
    pipeline,
)

from gedig_edu import Gauge, GedigError, models
from gedig_edu.models.attention import NAME
from tests.models import tiny

TEXT = "a boat came down before noon"
COMPILING = pytest.mark.filterwarnings("ignore:.torch.jit.*is deprecated:DeprecationWarning")


@pytest.fixture
def network():
    """Give a network in training, as transformers makes one."""
    return tiny.network("llama").train()


@pytest.fixture
def tokenizer():
    return tiny.byte_level_tokenizer()


def state(network):
    """Return everything about a network that its owner could notice."""
    return {
        "implementation": network.config._attn_implementation,
        "config": network.config.to_dict(),
        "training": [module.training for module in network.modules()],
        "hooks": [
            (len(module._forward_hooks), len(module._forward_pre_hooks))
            for module in network.modules()
        ],
        "buffers": [id(buffer) for buffer in network.buffers()],
        "weights": [(id(p), p._version, p.requires_grad) for p in network.parameters()],
        "random": torch.get_rng_state().tolist(),
    }


def everything(model):
    """Read all that can be read of a decoder."""
    model.attend(TEXT, temperature=1.3, ablate={(0, 1): "mean"})
    list(model.attend_many([TEXT, "a boat"]))
    model.queries_keys_all(TEXT)
    model.logits(TEXT)
    model.lens(TEXT)
    model.generate(TEXT, tokens=3)
    model.stream(TEXT)
    model.embed([TEXT])


def test_a_model_in_memory_reads_as_its_folder_does(folders, loaded):
    network = GPT2LMHeadModel.from_pretrained(folders["gpt2"])
    tokenizer = Tokenizer.from_file(str(folders["gpt2"] / "tokenizer.json"))
    model = models.load(network, tokenizer)
    assert (model.name, model.source) == ("gpt2", "memory")
    assert model.network is network
    read, expected = model.attend(TEXT), loaded["gpt2"].attend(TEXT)
    np.testing.assert_array_equal(read.weights, expected.weights)
    assert read.tokens == expected.tokens
    np.testing.assert_array_equal(model.logits(TEXT), loaded["gpt2"].logits(TEXT))
    assert read.read(Gauge.paper()).F.shape == (tiny.LAYERS, tiny.HEADS)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_its_owner_notices_nothing(tokenizer, network, training, implementation):
    network.train(training).set_attn_implementation(implementation)
    network.model.layers[1].eval()
    network.lm_head.weight.requires_grad_(False)
    before = state(network)
    everything(models.load(network, tokenizer))
    assert state(network) == before
    model = models.load(network, tokenizer)
    for failing in (lambda: model.attend("a " * 99), lambda: model.attend(TEXT, potential=np.inf)):
        with pytest.raises(GedigError):
            failing()
    assert state(network) == before


def test_between_readings_it_computes_as_before_and_is_trained_on(tokenizer, network):
    model = models.load(network, tokenizer)
    ids = torch.tensor([model.encode(TEXT).ids])
    first = model.attend(TEXT).weights
    loss = network(ids, labels=ids).loss
    loss.backward()
    torch.optim.SGD(network.parameters(), lr=1.0).step()
    second = model.attend(TEXT).weights
    assert np.abs(second - first).max() > 1e-4
    assert network.config._attn_implementation != NAME
    copy = models.load(tiny.network("llama").train(), tokenizer)
    copy.network.load_state_dict(network.state_dict())
    np.testing.assert_array_equal(copy.attend(TEXT).weights, second)


def test_dropout_is_off_while_it_is_read(tokenizer):
    config = LlamaConfig(
        vocab_size=tiny.VOCABULARY, hidden_size=24, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=40, attention_dropout=0.5, pad_token_id=0, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    model = models.load(LlamaModel(config).train(), tokenizer)
    assert model.network.training
    np.testing.assert_array_equal(model.attend(TEXT).weights, model.attend(TEXT).weights)
    assert model.name == "LlamaModel"


def test_dropout_is_off_while_what_was_opened_is_read_as_well(folders):
    model = models.load(folders["gpt2"], device="cpu", backend="torch")
    expected = [model.logits(TEXT), model.attend(TEXT).weights, model.embed([TEXT])]
    model.network.train()
    for one, other in zip(
        expected, [model.logits(TEXT), model.attend(TEXT).weights, model.embed([TEXT])], strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert all(module.training for module in model.network.modules())
    assert model.network.config._attn_implementation == NAME


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_any_precision_is_read_and_marked(tokenizer, network, dtype):
    exact = models.load(network, tokenizer).attend(TEXT).weights
    maps = models.load(network.to(dtype), tokenizer).attend(TEXT)
    assert maps.renormalised == (dtype != torch.float64)
    np.testing.assert_allclose(maps.weights, exact, atol=0.2)
    assert network.dtype == dtype


def test_a_tokenizer_is_copied_and_read_whole(network, tokenizer):
    model = models.load(network, tokenizer)
    expected = model.encode(TEXT).ids
    tokenizer.enable_truncation(2)
    tokenizer.enable_padding(length=30)
    assert model.encode(TEXT).ids == expected
    assert models.load(network, tokenizer).encode(TEXT).ids == expected
    assert tokenizer.truncation["max_length"] == 2
    own = tiny.byte_level_tokenizer()
    fast = PreTrainedTokenizerFast(tokenizer_object=own, eos_token="<|endoftext|>")
    model = models.load(network, fast)
    fast(TEXT, truncation=True, max_length=3)
    assert model.encode(TEXT).ids == expected
    assert models.load(network, SimpleNamespace(tokenizer=fast)).encode(TEXT).ids == expected


def test_a_tokenizer_in_python_is_read(tokenizer):
    config = GPT2Config(
        n_embd=12, n_layer=2, n_head=3, vocab_size=400, bos_token_id=1, eos_token_id=1
    )
    model = models.load(GPT2LMHeadModel(config), ByT5Tokenizer())
    maps = model.attend("Eß b")
    assert [maps.tokens[i] for i in (0, 3, 4)] == ["E", " ", "b"]
    assert maps.special.tolist() == [False] * 5 + [True]
    assert maps.offsets[[0, 3, 4]].tolist() == [[0, 1], [2, 3], [3, 4]]
    assert maps.offsets[[1, 2]].tolist() == [[1, 2], [1, 2]]
    assert model.generate("ab", tokens=2).startswith("ab")


class Wrapped(torch.nn.Module):
    """What wrappers of other libraries look like: the model is a part of a part."""

    def __init__(self, network):
        super().__init__()
        self.inner = torch.nn.ModuleList([network])
        self.head = torch.nn.Linear(3, 3)


@COMPILING
@pytest.mark.parametrize(
    "wrap",
    [Wrapped, torch.nn.DataParallel, lambda network: Wrapped(Wrapped(network)), torch.compile],
    ids=["adapters", "devices", "twice", "compiled"],
)
def test_it_is_found_inside_what_holds_it(network, tokenizer, wrap):
    expected = models.load(network, tokenizer).attend(TEXT).weights
    model = models.load(wrap(network), tokenizer)
    assert model.network is network
    np.testing.assert_array_equal(model.attend(TEXT).weights, expected)


@COMPILING
def test_a_network_compiled_in_place_is_read_uncompiled(network, tokenizer):
    expected = models.load(network, tokenizer).attend(TEXT).weights
    network.model.layers[0] = torch.compile(network.model.layers[0])
    network.compile()
    read = models.load(network, tokenizer).attend(TEXT).weights
    np.testing.assert_array_equal(read, expected)


def test_a_pipeline_brings_its_tokenizer(network, tokenizer):
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>")
    pipe = pipeline("text-generation", model=network, tokenizer=fast, device="cpu")
    model = models.load(pipe)
    assert model.network is network
    assert model.attend(TEXT).tokens[0] == "a"


def test_adapters_that_change_the_weights_are_read_as_they_compute(network, tokenizer):
    class Adapted(torch.nn.Module):
        def __init__(self, base):
            super().__init__()
            self.base, self.down, self.up = base, torch.nn.Linear(84, 2), torch.nn.Linear(2, 84)

        def forward(self, x):
            return self.base(x) + self.up(self.down(x))

    before = models.load(network, tokenizer).attend(TEXT).weights
    network.model.layers[0].self_attn.q_proj = Adapted(network.model.layers[0].self_attn.q_proj)
    after = models.load(Wrapped(network), tokenizer)
    assert np.abs(after.attend(TEXT).weights - before).max() > 1e-4
    assert after.queries_keys(TEXT, 0).q.shape[0] == tiny.HEADS


def test_several_threads_read_one_network(network, tokenizer):
    model = models.load(network, tokenizer)
    texts = [TEXT, "a boat", "seven carried grain", "the old mill"] * 5
    expected = [model.attend(text).weights for text in texts]
    with ThreadPoolExecutor(5) as pool:
        read = list(pool.map(lambda text: model.attend(text).weights, texts))
    for one, other in zip(read, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert network.training


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda n, t: (t, n), "the other way round; swap them"),
        (lambda n, t: (t,), "A tokenizer was given without a model"),
        (lambda n, t: (t, t), "A tokenizer was given without a model"),
        (lambda n, t: (n,), "without a tokenizer; give the one it was trained with"),
        (lambda n, t: (n, "gpt2"), "The tokenizer is a str"),
        (lambda n, t: (n, n), "The tokenizer is a LlamaForCausalLM"),
        (lambda n, t: (torch.nn.Linear(2, 2), t), "no such model in this Linear"),
        (lambda n, t: (None, t), "no such model in this NoneType"),
        (lambda n, t: (7,), "no such model in this int"),
        (lambda n, t: ({"model": n}, t), "no such model in this dict"),
        (lambda n, t: (type(n), t), "no such model in this type"),
        (lambda n, t: ("gpt2-mini", t), "'gpt2-mini' brings its own tokenizer"),
        (
            lambda n, t: (torch.nn.ModuleList([n, tiny.network("gpt2")]), t),
            r"several models of transformers in this ModuleList \(LlamaForCausalLM and GPT2LM",
        ),
        (lambda n, t: (n.to("meta"), t), "on the device 'meta', where no weights are"),
    ],
)
def test_what_cannot_be_a_model_and_its_tokenizer_is_refused(network, tokenizer, given, said):
    with pytest.raises(GedigError, match=said):
        models.load(*given(network, tokenizer))


@pytest.mark.parametrize(
    "change",
    [
        {"device": "cpu"},
        {"dtype": "float16"},
        {"source": "hub"},
        {"download": True},
        {"backend": "numpy"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_model_in_memory_stays_as_it_is(network, tokenizer, change):
    with pytest.raises(GedigError, match="read where it is and as it is; leave source, device"):
        models.load(network, tokenizer, **change)


def test_tokenizers_that_do_not_fit_are_refused_or_doubted(network, tokenizer):
    tokenizer.add_tokens(["<more>"])
    with pytest.raises(GedigError, match=rf"ids up to {tiny.VOCABULARY} and 'LlamaForCausalLM' k"):
        models.load(network, tokenizer)
    network.config.eos_token_id = 9
    with pytest.warns(
        UserWarning, match="token 9 is its eos, which is an ordinary word of this"
    ) as said:
        models.load(network, tiny.byte_level_tokenizer())
    assert said[0].filename == __file__


def test_a_tokenizer_with_parts_in_python_cannot_be_copied(network, tokenizer):
    class Words:
        def pre_tokenize(self, text):
            text.split(lambda _, part: part.split(" ", "removed"))

    tokenizer.pre_tokenizer = pre_tokenizers.PreTokenizer.custom(Words())
    with pytest.raises(GedigError, match=r"tokenizer cannot be copied .*parts written in Python"):
        models.load(network, tokenizer)


@pytest.mark.parametrize("wrote", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_of_a_model_in_memory_reads_as_it_does(network, tokenizer, wrote):
    model = models.load(network, tokenizer)
    copied, given = wrote(model), state(network)
    assert copied.backend.network is not network
    everything(copied)
    np.testing.assert_array_equal(copied.attend(TEXT).weights, model.attend(TEXT).weights)
    assert state(copied.backend.network)["training"] == given["training"]
    assert copied.backend.network.config._attn_implementation == given["implementation"]


def test_its_untrained_twin_leaves_it_as_it_is(network, tokenizer):
    model, given = models.load(network, tokenizer), state(network)
    twin = model.backend.untrained(0)
    assert state(network) == given
    assert twin.network.config is not network.config
    assert np.isfinite(model.logits(TEXT)).all()


@pytest.mark.parametrize("kind", tiny.DECODERS)
def test_whether_a_configuration_asks_for_tuples_changes_nothing(kind, tokenizer):
    network = tiny.network(kind)
    plain = models.load(network, tokenizer)
    logits, lens, text = plain.logits(TEXT), plain.lens(TEXT), plain.generate(TEXT, tokens=3)
    network.config.return_dict = False
    model = models.load(network, tokenizer)
    everything(model)
    np.testing.assert_array_equal(model.logits(TEXT), logits)
    np.testing.assert_array_equal(model.lens(TEXT), lens)
    assert model.generate(TEXT, tokens=3) == text


def test_eager_attention_of_its_own_is_read_where_a_configuration_asks_for_tuples():
    shape = {"n_embd": 24, "n_layer": 2, "n_head": 2, "n_positions": 32, "rotary_dim": 4}
    network = GPTJForCausalLM(GPTJConfig(vocab_size=tiny.VOCABULARY, **shape, return_dict=False))
    model = models.load(network, tiny.byte_level_tokenizer())
    assert model.attend(TEXT).weights.shape[:2] == (2, 2)
    assert network.config.return_dict is False
