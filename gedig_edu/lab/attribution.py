"""Who wrote the next word: a logit taken apart into what each part of a decoder added to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.lab.places import places_of
from gedig_edu.models.gpt2_files import HEAD
from gedig_edu.models.numpy_opening import as_gpt2
from gedig_edu.shapes import Brief, Float

if TYPE_CHECKING:
    import torch

    from gedig_edu.models import AttentionModel


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LogitParts(Brief):
    """What each part of a model added to one word's logit, at one place; the parts sum to it.

    The logit is counted from the mean over all words, since a softmax sees no common shift.

    Attributes
    ----------
    start : float
        By the vector that entered layer 0: the token, and its place where places are added.
    heads : array [layers, heads]
        By each head, after W_O.
    feed_forward : array [layers]
        By the feed-forward part of each layer, its bias included.
    constant : float
        By what is the same for every text: the biases of W_O and of the last norm.
    """

    start: float
    heads: Float[np.ndarray, "layers heads"]
    feed_forward: Float[np.ndarray, " layers"]
    constant: float

    @property
    def total(self) -> float:
        """Return the sum of all parts: the word's logit less the mean logit."""
        return float(self.start + self.heads.sum() + self.feed_forward.sum() + self.constant)


def logit_parts(model: AttentionModel, text: str, *, word: int, at: int) -> LogitParts:
    """Take the logit of one word apart (direct logit attribution).

    What leaves the last layer is a sum: the vector that entered and what every part wrote
    (Elhage et al. 2021). The last norm divides the whole sum by one length. With that length kept
    as it was, each part goes through norm and unembedding by itself, and the results add up.

    Parameters
    ----------
    model : AttentionModel
        A decoder of the GPT-2 or Llama family.
    text : str
    word : int
        Number of the word in the vocabulary.
    at : int
        The place whose logits are read: the token before the word.

    Raises
    ------
    GedigError
        If the model is no such decoder, the text cannot be read, or there is no such place or
        word.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> model, text = load("gpt2-mini"), "The mill stood still."
    >>> logits = model.logits(text)[2]
    >>> parts = logit_parts(model, text, word=500, at=2)
    >>> bool(abs(parts.total - (logits[500] - logits.mean())) < 1e-3)
    True
    """
    gain, bias, words, epsilon = _readout(model)
    stream = model.stream(text)
    at = check_whole("at", at, at_least=0, at_most=stream.states.shape[1] - 1)
    word = check_whole("word", word, at_least=0, at_most=len(words) - 1)
    towards = words[word] - words.mean(axis=0)  # [D]
    last = stream.states[-1, at]
    if bias is None:
        reads = gain * towards / np.sqrt(np.mean(last**2) + epsilon)
        constant = 0.0
    else:
        reads = gain * towards / np.sqrt(last.var() + epsilon)
        reads, constant = reads - reads.mean(), bias @ towards  # the norm takes the mean out
    biases = stream.attention[:, at] - stream.heads[:, :, at].sum(axis=1)  # [layers, D]
    return LogitParts(
        start=float(stream.states[0, at] @ reads),
        heads=stream.heads[:, :, at] @ reads,
        feed_forward=stream.feed_forward[:, at] @ reads,
        constant=float(biases.sum(axis=0) @ reads + constant),
    )


class _Readout(NamedTuple):
    """The last norm and the unembedding; a norm without a bias takes no mean out."""

    gain: Float[np.ndarray, " D"]
    bias: Float[np.ndarray, " D"] | None
    words: Float[np.ndarray, "words D"]
    epsilon: float


def _readout(model: AttentionModel) -> _Readout:
    gpt2 = as_gpt2(model)
    if gpt2 is None:
        return _readout_in_torch(model)
    names = ("ln_f.weight", "ln_f.bias", HEAD if HEAD in gpt2.tensors else "wte.weight")
    gain, bias, words = (gpt2.tensors[name].astype(np.float64) for name in names)
    return _Readout(gain, bias, words, epsilon=gpt2.settings.layer_norm_epsilon)


def _readout_in_torch(model: AttentionModel) -> _Readout:
    path = places_of(model.network, name=model.name).last_norm
    readout = model.network.get_output_embeddings()
    if path is None or readout is None:
        raise GedigError(
            f"{model.name!r} is an encoder and has no logits; load one of gpt2-mini, gpt2, "
            "distilgpt2, smollm2."
        )
    norm = model.network.base_model.get_submodule(path)
    bias, config = getattr(norm, "bias", None), model.network.config
    return _Readout(
        gain=_array(norm.get_parameter("weight")),
        bias=None if bias is None else _array(bias),
        words=_array(readout.get_parameter("weight")),
        epsilon=float(getattr(config, "rms_norm_eps", None) or config.layer_norm_epsilon),
    )


def _array(weight: torch.Tensor) -> np.ndarray:
    return weight.detach().float().cpu().numpy().astype(np.float64)
