"""Tiny random networks of the text architectures of transformers, and what each shows.

python -m tests.models.architectures [ARCHITECTURE ...] prints the table.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import numpy as np
import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    PreTrainedModel,
)
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from gedig_edu import GedigError
from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import reader_of
from gedig_edu.models.tokens import Encoded
from gedig_edu.models.torch_backend import TorchBackend

VOCABULARY, CONTEXT, HEADS, WIDTH = 97, 64, 6, 48

# Every architecture that keeps one of these in its configuration is given this size. Widths are
# multiples of four, which the products of experts ask for.
SIZES = {
    "vocab_size": VOCABULARY, "max_position_embeddings": CONTEXT, "n_positions": CONTEXT,
    "initializer_range": 0.15, "init_std": 0.15,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1,
    "num_hidden_layers": 2, "n_layer": 2, "n_layers": 2, "num_layers": 2,
    "encoder_layers": 2, "decoder_layers": 2, "num_encoder_layers": 2, "num_decoder_layers": 2,
    "num_attention_heads": HEADS, "n_head": HEADS, "n_heads": HEADS, "num_heads": HEADS,
    "encoder_attention_heads": HEADS, "decoder_attention_heads": HEADS, "attention_heads": HEADS,
    "num_encoder_attention_heads": HEADS, "num_decoder_attention_heads": HEADS,
    "num_key_value_heads": 2, "head_dim": 8, "d_kv": 8,
    "hidden_size": WIDTH, "n_embd": WIDTH, "dim": WIDTH, "d_model": WIDTH, "emb_dim": WIDTH,
    "embedding_size": WIDTH,
    "intermediate_size": 44, "n_inner": 44, "hidden_dim": 44, "ffn_dim": 44, "d_ff": 44,
    "encoder_ffn_dim": 44, "decoder_ffn_dim": 44, "d_inner": 44, "dim_ff": 44,
    "num_experts": 4, "num_local_experts": 4, "n_routed_experts": 4, "num_experts_per_tok": 2,
    "moe_intermediate_size": 20, "shared_expert_intermediate_size": 20, "n_group": 1,
    "topk_group": 1, "first_k_dense_replace": 1,
    "kv_lora_rank": 16, "q_lora_rank": 24, "qk_rope_head_dim": 8, "qk_nope_head_dim": 8,
    "v_head_dim": 8, "sliding_window": 5,
}  # fmt: skip

_OWN_KEYS = {"num_key_value_heads": HEADS}  # no keys are shared
_GROUPS = ("q", "k", "v", "post_attention", "intermediate", "output")
OWN = {
    **dict.fromkeys(
        ("axk1", "axk2", "deepseek_v3", "deepseek_v32", "esmc", "glm4_moe_lite", "glm_moe_dsa",
         "minicpm3", "youtu"),
        _OWN_KEYS,
    ),
    **{kind: {"head_dim": 8} for kind in ("hunyuan_v1_dense", "hunyuan_v1_moe", "ministral")},
    "bamba": {"mamba_n_heads": 12, "mamba_d_head": 8, "mamba_d_state": 8,
              "attn_layer_indices": [1]},
    "big_bird": {"attention_type": "original_full"},
    "codegen": {"n_head": 4, "rotary_dim": 4},
    "cpmant": {"dim_head": 8, "prompt_types": 3, "prompt_length": 4, "segment_types": 3},
    "ctrl": {"dff": 44},
    "deepseek_v2": _OWN_KEYS | {"num_experts_per_tok": 2},
    "bailing_hybrid": _OWN_KEYS,
    "dots1": {"n_routed_experts": 4, "num_experts_per_tok": 2, "n_shared_experts": 1},
    "gemma3n_text": {
        "num_kv_shared_layers": 0, "vocab_size_per_layer_input": VOCABULARY,
        "hidden_size_per_layer_input": 8, "laurel_rank": 8, "altup_num_inputs": 2,
        "activation_sparsity_pattern": [0.0] * 2, "intermediate_size": [44] * 2,
    },
    "gemma4_text": {"global_head_dim": 8, "vocab_size_per_layer_input": VOCABULARY,
        "hidden_size_per_layer_input": 8, "num_kv_shared_layers": 0},
    "xmod": {"languages": ["en_XX"], "default_language": "en_XX"},
    "esm": {"vocab_size": VOCABULARY, "pad_token_id": 0, "mask_token_id": 3,
            "position_embedding_type": "rotary", "token_dropout": False},
    "fsmt": {"src_vocab_size": VOCABULARY, "tgt_vocab_size": VOCABULARY, "langs": ["a", "b"]},
    "gpt_neo": {"attention_types": [[["global", "local"], 1]], "window_size": 5},
    "gptj": {"rotary_dim": 4},
    "granitemoehybrid": {
        "mamba_n_heads": 12, "mamba_d_head": 8, "mamba_d_state": 8, "mamba_expand": 2,
        "layer_types": ["mamba", "attention"], "shared_intermediate_size": 44,
    },
    "jamba": {"num_hidden_layers": 4, "attn_layer_period": 2, "attn_layer_offset": 1,
              "mamba_dt_rank": 4},
    "kimi_linear": _OWN_KEYS | {"num_experts_per_token": 2, "num_expert_group": 1},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"]},
    "longcat_flash": _OWN_KEYS | {
        "ffn_hidden_size": 44, "expert_ffn_hidden_size": 20, "zero_expert_num": 2, "moe_topk": 2,
    },
    "luke": {"entity_vocab_size": 11, "entity_emb_size": 12},
    "mamba2": {"num_heads": 12, "head_dim": 8, "state_size": 8, "n_groups": 1},
    "mobilebert": {"embedding_size": 24, "intra_bottleneck_size": WIDTH, "true_hidden_size": WIDTH},
    "recurrent_gemma": {"num_hidden_layers": 3, "lru_width": WIDTH},
    "reformer": {"is_decoder": True, "attn_layers": ["local", "lsh"], "axial_pos_embds": False,
                 "attention_head_size": 8},
    "roc_bert": {
        "pronunciation_vocab_size": 31, "shape_vocab_size": 31, "pronunciation_embed_dim": 12,
        "shape_embed_dim": 12,
    },
    "perceiver": {
        "num_latents": 7, "d_latents": WIDTH, "num_self_attends_per_block": 2,
        "num_self_attention_heads": HEADS, "num_cross_attention_heads": HEADS,
        "qk_channels": WIDTH, "v_channels": WIDTH,
    },
    "squeezebert": {f"{part}_groups": 2 for part in _GROUPS},
    "xlnet": {"d_head": 8},
    "zaya": {"num_experts_per_tok": 1},
}  # fmt: skip

# What the attention interface reaches: decoders, and encoders (those beside a decoder among them).
DECODERS = (
    "afmoe", "apertus", "arcee", "aria_text", "axk1", "axk2", "bamba", "bart", "beam",
    "bigbird_pegasus", "biogpt", "bitnet", "blenderbot", "blenderbot-small", "clip_text_model",
    "cohere", "cohere2", "cohere2_moe", "ctrl", "cwm", "deepseek_v2", "deepseek_v3",
    "deepseek_v32", "diffllama", "doge", "dots1", "ernie4_5", "ernie4_5_moe", "exaone4",
    "exaone_moe", "flex_olmo", "flint", "gemma", "gemma2", "gemma3_text", "gemma3n_text",
    "gemma4_text", "gemma4_unified_text", "glm", "glm4", "glm4_moe", "glm4_moe_lite",
    "glm_moe_dsa", "gpt-sw3", "gpt2", "gpt_bigcode", "gpt_neox", "gpt_oss", "granite",
    "granitemoe", "granitemoehybrid", "granitemoeshared", "helium", "hrm_text",
    "hunyuan_v1_dense", "hunyuan_v1_moe", "hy_v3", "hy_v4", "hyperclovax", "internlm3",
    "iquestcoder", "jais2", "jamba", "jetmoe", "kolibri1", "laguna", "lfm2", "lfm2_moe", "lfm3",
    "llama", "llama4_text", "longcat_flash", "marian", "mbart", "mellum", "minicpm3", "minimax",
    "minimax_m2", "minimax_m3_vl_text", "ministral", "ministral3", "mistral", "mixtral",
    "modernbert-decoder", "nanochat", "olmo", "olmo2", "olmo3", "olmo_hybrid", "olmoe", "opt",
    "pegasus", "persimmon", "phi", "phi3", "phimoe", "plbart", "qwen2", "qwen2_moe", "qwen3",
    "qwen3_5_moe_text", "qwen3_5_text", "qwen3_moe", "qwen3_next", "recurrent_gemma", "seed_oss",
    "smollm3", "solar_open", "stablelm", "starcoder2", "vaultgemma", "youtu", "zaya",
)  # fmt: skip
ENCODERS = (
    "albert", "bart encoder", "bert", "bert-generation", "blenderbot encoder", "camembert",
    "data2vec-text", "distilbert", "electra", "ernie", "esm", "esmc", "eurobert", "gte",
    "jina_embeddings_v3", "layoutlm", "m2m_100", "marian encoder", "markuplm", "mbart encoder",
    "mobilebert", "modernbert", "mt5", "nllb-moe", "nomic_bert", "pegasus encoder",
    "plbart encoder", "roberta", "roberta-prelayernorm", "roc_bert", "seamless_m4t",
    "seamless_m4t_v2", "splinter", "switch_transformers", "t5", "ultrabert", "umt5",
    "xlm-roberta", "xlm-roberta-xl", "xmod",
)  # fmt: skip
# Their sink weighs what a head puts out after the softmax: read, and neither heated nor bent.
SINK_AFTER = ("granite_swa", "granitemoe_swa")
# What computes its attention by itself: its maps alone are read.
BY_THEMSELVES = (
    "big_bird", "bigbird_pegasus encoder", "bloom", "codegen", "convbert", "cpmant", "deberta",
    "deberta-v2", "falcon", "flaubert", "fsmt", "gpt_neo", "gpt_neox_japanese", "gptj", "ibert",
    "lilt", "luke", "megatron-bert", "mpnet", "mpt", "mvp", "mvp encoder", "nystromformer",
    "openai-gpt", "prophetnet",  "reformer", "rembert", "roformer",
     "tapas", "trocr", "xglm", "xlm", "xlnet",
)  # fmt: skip
REFUSED = {
    **dict.fromkeys(
        ("falcon_mamba", "fnet", "mamba", "mamba2", "mra", "xlstm"), "has no attention maps"
    ),
    **dict.fromkeys(
        ("canine", "deepseek_v4", "funnel", "led encoder", "longformer", "longt5", "rwkv", "yoso"),
        r"of another form than \[heads, L, L\]",
    ),
    **dict.fromkeys(("prophetnet encoder", "squeezebert"), "whose rows are no weights"),
    "inkling_text": "layers with 6 and 64 heads",
    "perceiver": "reads no text",
}
# Not in the table, since their networks are not made from small sizes alone, or not fast enough:
# what also sees or hears (CLIP, LLaVA, Whisper and the like, which need an image or a sound),
# bailing_hybrid, cohere_compass_text, dbrx, dots3_note_text, falcon_h1, kimi_linear,
# mimo_v2_flash, nemotron, nemotron_h, neomme, qwen4_exp_text, zamba and zamba2.

BIASED = ("mt5", "switch_transformers", "t5", "umt5")  # by relative positions


def network(kind: str, *, attention: str | None = None) -> PreTrainedModel:
    """Return a tiny random network of one architecture, the same each time.

    Where kinds of layers alternate, it has one of each. "bart encoder" is all of BART, which is
    read by its encoder, and "bart" its decoder alone.
    """
    name, _, part = kind.partition(" ")
    make = CONFIG_MAPPING[name]
    default = make()
    keeps = default.to_dict()
    sizes = {key: size for key, size in SIZES.items() if keeps.get(key) is not None}
    types = keeps.get("layer_types")
    if types and len(set(types)) > 1:
        each = [*dict.fromkeys(types)]
        sizes |= {"layer_types": each, "num_hidden_layers": len(each)}
    elif types:
        sizes |= {"layer_types": types[:2]}
    config = make(**(sizes | OWN.get(name, {})))
    torch.manual_seed(len(kind))
    chosen = {} if attention is None else {"attn_implementation": attention}
    opener = AutoModel if part else opener_of(config)
    return opener.from_config(config, **chosen).eval()


def opener_of(config):
    """Return the class that opens a configuration with a language head, if there is one."""
    for opener in (AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoModelForMaskedLM):
        if type(config) in opener._model_mapping:
            return opener
    return AutoModel


@dataclass(frozen=True)
class Row:
    """What a tiny network of one architecture showed; differences are the largest ones.

    Attributes
    ----------
    refused : str
        Why it is not read; all else is then empty.
    changeable : bool
        Whether heat, a potential and queries and keys are to be had.
    equal : float
        Maps beside those of the network's own eager attention.
    bent, hot : float
        The last layer under a potential, and the first under heat and a potential, beside the
        formula.
    uniform : float
        The first layer under the greatest heat beside one weight for all that its own attention
        sees.
    padded : float
        Maps of a text in a batch with a longer one beside those of the text alone.
    queries : float
        Weights beside those of the queries and keys.
    turned : float
        Lengths of queries and keys before and after their rotation, and those at position 0.
    """

    refused: str = ""
    changeable: bool = False
    form: str = ""
    equal: float = 0.0
    bent: float = 0.0
    hot: float = 0.0
    uniform: float = 0.0
    padded: float = 0.0
    queries: float = 0.0
    turned: float = 0.0


def encoded(*ids: int) -> Encoded:
    """Return ids as the tokens of a text."""
    spans = np.zeros((len(ids), 2), dtype=int)
    return Encoded(ids, tuple(map(str, ids)), np.zeros(len(ids), dtype=bool), spans)


def examine(kind: str) -> Row:
    """Read a tiny network of one architecture in every way there is."""
    rng = np.random.default_rng(len(kind))
    long, short, other = (
        encoded(*rng.integers(VOCABULARY // 2, VOCABULARY, n).tolist()) for n in (11, 7, 11)
    )
    try:
        backend = TorchBackend(name=kind, network=network(kind))
    except GedigError as error:
        return Row(refused=str(error))
    plain = backend.maps([long], Asked())[0]
    pair, alone = backend.maps([short, long], Asked()), backend.maps([short], Asked())
    marks = {"causal": backend.causal, "rotary": backend.rotary, "sinks": backend.sinks}
    said = [f"{backend.layers}x{backend.heads}", *(mark for mark, true in marks.items() if true)]
    row = Row(
        form=" ".join(said),
        equal=far(plain, own_maps(kind, long)),
        padded=max(far(pair[0], alone[0]), far(pair[1], plain)),
    )
    if not backend.anatomy.modules:
        return row
    queries, turned = from_queries(backend, long, plain, other), by_rotation(backend, long)
    row = replace(row, changeable=True, queries=queries, turned=turned)
    if kind in SINK_AFTER:
        return row
    bent, hot = bent_and_hot(backend, long, plain, rng)
    hottest = backend.maps([long], Asked(temperature=1e39))[0][0]
    seen = plain[0] > 0
    even = seen / (seen.sum(axis=-1, keepdims=True) + (plain[0].sum(-1, keepdims=True) < 0.9999))
    return replace(row, bent=bent, hot=hot, uniform=far(hottest, even))


def own_maps(kind: str, text: Encoded) -> np.ndarray:
    """Return the maps that a network with eager attention hands out of itself."""
    reader = reader_of(network(kind, attention="eager"))
    ids = torch.tensor([text.ids])
    with torch.inference_mode():
        outputs = reader(ids, attention_mask=torch.ones_like(ids), output_attentions=True)
    square = (len(text), len(text))
    given = [layer[0] for layer in outputs.attentions if layer is not None]
    return np.stack([layer.numpy() for layer in given if layer.shape[-2:] == square])


def bent_and_hot(backend, text, plain, rng) -> tuple[float, float]:
    """Return how far bent and heated maps are from softmax((log w − U)/T), sinks included.

    A potential in the last layer alone leaves what enters it as it was; heat does so in the first.
    """
    layers, heads, length, _ = plain.shape
    U = rng.normal(size=(layers, heads, length, length)).astype(np.float32)
    last = np.where(np.arange(layers)[:, None, None, None] == layers - 1, U, 0).astype(np.float32)
    bent = backend.maps([text], Asked(potential=last))[0][-1]
    hot = backend.maps([text], Asked(potential=U, temperature=1.7))[0][0]
    return (
        far(bent, formula(plain[-1], U[-1], 1.0, sinks=backend.sinks)),
        far(hot, formula(plain[0], U[0], 1.7, sinks=backend.sinks)),
    )


def formula(weights: np.ndarray, U: np.ndarray, T: float, *, sinks: bool) -> np.ndarray:
    """Return softmax((log w − U)/T) of rows to which a sink adds what they lack to 1."""
    exact = weights.astype(np.float64)
    share = (exact * np.exp(-U.astype(np.float64))) ** (1 / T)
    total = share.sum(axis=-1, keepdims=True)
    if sinks:
        total += np.clip(1 - exact.sum(axis=-1, keepdims=True), 0, 1) ** (1 / T)
    return share / total


def from_queries(backend, text, plain, other) -> float:
    """Return how far weights are from softmax(q·k·scale), with the bias or cap of the architecture.

    A bias of positions is the same for every text of a length: what log-weights hold beside the
    scores must not depend on the text.
    """
    cap = getattr(backend.network.config, "attn_logit_softcapping", None)
    scores = scores_of(backend, text, cap)
    if backend.network.config.model_type in BIASED:
        beside = log_rows(plain) - scores
        again = log_rows(backend.maps([other], Asked())[0]) - scores_of(backend, other, cap)
        return far(centred(beside), centred(again))
    seen = np.where(plain > 0, scores, -np.inf)
    weights = np.exp(seen - seen.max(axis=-1, keepdims=True))
    exact = plain.astype(np.float64)
    expected = exact / exact.sum(axis=-1, keepdims=True)
    return far(weights / weights.sum(axis=-1, keepdims=True), expected)


def by_rotation(backend, text) -> float:
    """Return how far rotation changes lengths, and what stands at position 0: not at all."""
    furthest, moved = 0.0, False
    for read in backend.queries_keys(text, range(backend.layers)):
        for before, after in ((read.q, read.q_rotated), (read.k, read.k_rotated)):
            if after is not None:
                lengths = [np.linalg.norm(x, axis=-1) for x in (before, after)]
                furthest = max(furthest, far(*lengths), far(before[:, 0], after[:, 0]))
                moved |= far(before, after) > 1e-3
    assert moved == backend.rotary
    return furthest


def scores_of(backend, text, cap) -> np.ndarray:
    """Return what the queries and keys of each layer score, [layers, heads, L, L]."""
    layers = []
    for read in backend.queries_keys(text, range(backend.layers)):
        q, k = (read.q, read.k) if read.q_rotated is None else (read.q_rotated, read.k_rotated)
        scores = q.astype(np.float64) @ k.astype(np.float64).swapaxes(-1, -2) * read.scale
        layers.append(scores if cap is None else cap * np.tanh(scores / cap))
    return np.stack(layers)


def log_rows(weights: np.ndarray) -> np.ndarray:
    """Return the logarithms of weights."""
    return np.log(weights.astype(np.float64))


def centred(rows: np.ndarray) -> np.ndarray:
    """Return rows without their mean."""
    return rows - rows.mean(axis=-1, keepdims=True)


def far(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of two arrays of one shape."""
    assert one.shape == other.shape, (one.shape, other.shape)
    return float(np.abs(one - other).max())


def main(kinds: list[str]) -> None:
    """Print the table."""
    torch.set_num_threads(1)  # networks as small as these take longer with more
    for kind in kinds:
        row = examine(kind)
        if row.refused:
            print(f"{kind:22} {row.refused}")
            continue
        read = f"{kind:22} {row.form:26} eager {row.equal:.0e}  padded {row.padded:.0e}"
        bent = f"  bent {row.bent:.0e}  hot {row.hot:.0e}  q·k {row.queries:.0e}"
        print(read + (bent if row.changeable else "  its maps alone"))


if __name__ == "__main__":
    main(sys.argv[1:] or [*DECODERS, *ENCODERS, *SINK_AFTER, *BY_THEMSELVES, *REFUSED])
