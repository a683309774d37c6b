"""Small random models of every architecture, with tokenizers trained on the spot."""

import string
from pathlib import Path

import torch
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    BertConfig,
    BertForMaskedLM,
    DistilBertConfig,
    DistilBertModel,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
    Qwen3Config,
    Qwen3ForCausalLM,
)

LAYERS, HEADS, HEAD_SIZE, CONTEXT, VOCABULARY = 3, 6, 14, 61, 331
DECODERS = ("gpt2", "llama", "mistral", "qwen3")
ENCODERS = ("bert", "distilbert")
KINDS = (*DECODERS, *ENCODERS)
OUTPUT = {  # W_O of a layer
    "gpt2": "attn.c_proj",
    **dict.fromkeys(("llama", "mistral", "qwen3"), "self_attn.o_proj"),
    "bert": "attention.output.dense",
    "distilbert": "attention.out_lin",
}
PROSE = (
    "The river ran past the old mill, and the miller's daughter counted the boats.",
    "Eleven boats came down before noon; seven carried grain, four carried stone.",
    "When the rain stopped, nobody in the village could remember who had opened the gate.",
)


def byte_level_tokenizer() -> Tokenizer:
    """Return a byte-level BPE tokenizer, the kind of GPT-2 and SmolLM2."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(PROSE, trainer)
    return tokenizer


def word_piece_tokenizer() -> Tokenizer:
    """Return a lower-casing WordPiece tokenizer with [CLS] and [SEP], the kind of BERT."""
    letters = string.ascii_lowercase + ".,;'"
    words = sorted({word.strip(".,;") for text in PROSE for word in text.lower().split()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys([*pieces, *words]))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(pieces[:4])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def network(kind: str) -> PreTrainedModel:
    """Return a random network of one architecture; keys and values are shared where they can be."""
    width = HEADS * HEAD_SIZE
    shared = {
        "vocab_size": VOCABULARY,
        "max_position_embeddings": CONTEXT,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
        "initializer_range": 0.2,
    }
    plain = {"hidden_size": width, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS}
    grouped = plain | {"intermediate_size": 53, "num_key_value_heads": 2, "head_dim": HEAD_SIZE}
    torch.manual_seed(len(kind))
    if kind == "gpt2":
        config = GPT2Config(
            n_embd=width, n_layer=LAYERS, n_head=HEADS, n_inner=53, n_positions=CONTEXT,
            vocab_size=VOCABULARY, bos_token_id=0, eos_token_id=0, initializer_range=0.2,
        )  # fmt: skip
        return GPT2LMHeadModel(config)
    if kind == "llama":
        return LlamaForCausalLM(LlamaConfig(**shared, **grouped))
    if kind == "mistral":
        return MistralForCausalLM(MistralConfig(**shared, **grouped, sliding_window=7))
    if kind == "qwen3":
        return Qwen3ForCausalLM(Qwen3Config(**shared, **grouped))
    if kind == "bert":
        return BertForMaskedLM(BertConfig(**shared, **plain, intermediate_size=53))
    config = DistilBertConfig(
        dim=width, n_layers=LAYERS, n_heads=HEADS, hidden_dim=53,
        vocab_size=VOCABULARY, max_position_embeddings=CONTEXT, initializer_range=0.2,
    )  # fmt: skip
    return DistilBertModel(config)


def save(kind: str, folder: Path) -> Path:
    """Write a tiny model of one architecture as a folder, and return it."""
    network(kind).save_pretrained(folder)
    tokenizer = word_piece_tokenizer() if kind in ENCODERS else byte_level_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
