"""The tokenizer of a model's folder."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

from gedig_edu.words import word

_VOCABULARIES = ("vocab.json", "vocab.txt", "tokenizer.model")


def open_tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer in `folder`, which neither pads nor cuts.

    Raises
    ------
    OSError or ValueError
        If there is none, or it cannot be read.
    """
    file = folder / "tokenizer.json"
    if file.is_file():
        try:
            tokenizer = Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"tokenizer.json: {error}") from error
    elif any((folder / name).is_file() for name in _VOCABULARIES):
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        ).backend_tokenizer
    else:
        raise FileNotFoundError(word("refusals.model.no_tokenizer"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
