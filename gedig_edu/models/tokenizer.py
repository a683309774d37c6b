"""The tokenizer of a model's folder, or one that somebody has in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from gedig_edu.errors import warn
from gedig_edu.models.files import UnusableError
from gedig_edu.words import refusal, word

_OLDER = (
    "vocab.json", "vocab.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model",
    "tokenizer_config.json",
)  # fmt: skip
_ROLES = ("bos", "eos", "pad", "cls", "sep")


def open_tokenizer(folder: Path) -> Any:
    """Return the tokenizer in `folder`, which neither pads nor cuts.

    It is a `tokenizers.Tokenizer`, or where the folder holds one that only transformers can make,
    a `SlowTokenizer`, which offers of it what is read here.

    Raises
    ------
    UnusableError
        If there is none.
    OSError or ValueError
        If it cannot be read; the library may raise others.
    """
    file = folder / "tokenizer.json"
    if file.is_file():
        try:
            return _whole(Tokenizer.from_file(str(file)))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"tokenizer.json: {error}") from error
    if not any((folder / name).is_file() for name in _OLDER):
        raise UnusableError(word("refusals.model.no_tokenizer"))
    from transformers import AutoTokenizer

    from gedig_edu.models.slow_tokenizer import SlowTokenizer

    tokenizer = AutoTokenizer.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False
    )
    inner = getattr(tokenizer, "backend_tokenizer", None)
    return SlowTokenizer(tokenizer) if inner is None else _whole(inner)


def copy_tokenizer(given: Tokenizer) -> Tokenizer:
    """Return a copy that neither pads nor cuts; what its owner sets later does not reach it.

    Raises
    ------
    GedigError
        If it holds parts written in Python, which cannot be copied.
    """
    try:
        return _whole(Tokenizer.from_str(given.to_str()))
    except Exception as error:  # the library raises nothing narrower
        raise refusal("model.tokenizer_not_copied", reason=error) from error


def check_vocabulary(tokenizer: Any, *, rows: int | None, config: object, name: str) -> None:
    """Refuse a tokenizer that has ids a network does not know; doubt one that looks foreign.

    Parameters
    ----------
    tokenizer : tokenizers.Tokenizer or SlowTokenizer
    rows : int or None
        How many tokens the network has embeddings for, where that is known.
    config : object
        The network's configuration, whose ``eos_token_id`` and the like are looked at.
    name : str
        The model's name.

    Warns
    -----
    UserWarning
        If an id that the network's configuration calls special is an ordinary one: then words
        would be read as others, and nothing else would tell.

    Raises
    ------
    GedigError
        If an id of the tokenizer has no row among the network's embeddings.
    """
    if rows is None:
        return
    vocabulary = tokenizer.get_vocab()
    highest = max(vocabulary.values(), default=0)
    if highest >= rows:
        raise refusal("model.larger_tokenizer", name=name, highest=highest, rows=rows)
    special = tokenizer.get_added_tokens_decoder()
    for role in _ROLES:
        given = getattr(config, f"{role}_token_id", None)
        for token in given if isinstance(given, list) else [given]:
            if isinstance(token, int) and 0 <= token < rows and special and token not in special:
                said = {"name": name, "role": role, "token": token}
                warn(word("models.foreign_tokenizer", **said))
                return


def _whole(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
