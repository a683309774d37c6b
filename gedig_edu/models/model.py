"""A pretrained model, as the course reads it: text in, attention maps out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.models.ablation import Ablation, as_ablation
from gedig_edu.models.backend import Asked, Backend, Kind, Receive
from gedig_edu.models.disturbance import as_disturbance
from gedig_edu.models.finite import check_finite
from gedig_edu.models.generation import Follow
from gedig_edu.models.memory import Reading, Shape, check_room
from gedig_edu.models.potential import as_potential
from gedig_edu.models.prediction import loss_of
from gedig_edu.models.records import QueriesKeys, Stream
from gedig_edu.models.tokens import Encoded, check_texts, encode, pieces_of
from gedig_edu.shapes import Float
from gedig_edu.theory.maps import AttentionMaps

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel

    from gedig_edu.models.disturbance import Disturbance
    from gedig_edu.models.generation import Growing, Watch

MOST_SEED = 2**32 - 1


@dataclass(frozen=True, eq=False, kw_only=True)
class AttentionModel:
    """A pretrained transformer whose attention can be read, heated and bent.

    `gedig_edu.models.load` makes one.

    Attributes
    ----------
    name : str
        Short name, hub id or folder name.
    source : str
        Where its files are: "bundled", "cache (hub)", "cache (wheel)", "Hugging Face cache",
        "folder", or "memory" for a model that was handed over.
    tokenizer : tokenizers.Tokenizer
        Its tokenizer.
    backend : Backend
        The network, and the library that computes.
    """

    name: str
    source: str
    tokenizer: Tokenizer
    backend: Backend

    def __repr__(self) -> str:
        kind = "decoder" if self.causal else "encoder"
        return (
            f"AttentionModel({self.name!r}, {kind}, {self.layers} layers x {self.heads} heads, "
            f"context {self.context}, {self.backend.library} on {self.device}, from {self.source})"
        )

    @property
    def layers(self) -> int:
        """Number of layers."""
        return self.backend.layers

    @property
    def heads(self) -> int:
        """Number of heads in a layer."""
        return self.backend.heads

    @property
    def causal(self) -> bool:
        """Whether a token sees only itself and what came before."""
        return self.backend.causal

    @property
    def context(self) -> int:
        """The most tokens the model reads, special tokens included."""
        return self.backend.context

    @property
    def device(self) -> str:
        """Where the model computes: "cpu", "cuda:0", ..."""
        return self.backend.device

    @property
    def rotary(self) -> bool:
        """Whether positions enter by rotating queries and keys."""
        return self.backend.rotary

    @property
    def network(self) -> PreTrainedModel:
        """The network as transformers has it, in evaluation mode, with our attention function.

        A model that NumPy computes opens it when it is asked for, and from then on is computed by
        torch: whoever has the network may change it.

        Raises
        ------
        GedigError
            If torch or transformers is missing.
        """
        return self.backend.network

    def weights(self) -> Mapping[str, np.ndarray]:
        """Return the tensors of the network by their own names, float32, to be read.

        The prefix of the base model is left out: a GPT-2 has ``wte.weight``,
        ``h.0.attn.c_attn.weight`` and so on. A decoder that does not unembed with its token table
        has ``lm_head.weight``.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> weights = load("gpt2-mini").weights()
        >>> weights["h.0.attn.c_attn.weight"].shape
        (192, 576)
        """
        return self.backend.weights()

    def encode(self, text: str) -> Encoded:
        """Return the tokens of `text` as the model reads them."""
        return encode(self.tokenizer, text, context=self.context, name=self.name)

    def attend(
        self,
        text: str,
        *,
        potential: ArrayLike | None = None,
        temperature: float = 1.0,
        ablate: Ablation | None = None,
    ) -> AttentionMaps:
        """Read the attention weights of every layer and head.

        Parameters
        ----------
        text : str
            At least one token, at most `context`.
        potential : array broadcastable to [layers, heads, L, L], optional
            U in softmax((q·k/√d − U)/T); +inf removes a key exactly, as a mask would.
        temperature : float
            T > 0; above 1 heats every head, below 1 cools it. The score of a sink, where an
            architecture has them, is divided as well, and has no potential.
        ablate : mapping of (layer, head) to {"zero", "mean"}, optional
            Heads taken out. "zero": the head puts out nothing. "mean": at every token it puts
            out its mean over the text's tokens, [CLS] and the like among them, padding not;
            in a decoder an early token so hears of later ones. What a head puts out is taken
            before W_O; that is linear, so its result is replaced by zero or its mean as well.
            The maps of an ablated head are still its own; those of later layers change.

        Returns
        -------
        AttentionMaps
            Weights [layers, heads, L, L], float32.

        Raises
        ------
        GedigError
            If the text, the potential, the temperature or the heads to ablate cannot be used,
            there is not enough memory for the maps, or the model hands out no attention.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> model = load("gpt2-mini")
        >>> whole, without = (
        ...     model.attend("The mill stood still.", ablate=ablate).weights
        ...     for ablate in (None, {(0, 3): "zero"})
        ... )
        >>> [bool((whole[layer] == without[layer]).all()) for layer in (0, 1)]
        [True, False]
        """
        encoded = self._encode_for("attend", text)
        asked = self._asked(
            len(encoded), potential=potential, temperature=temperature, ablate=ablate
        )
        return self._read([encoded], asked)[0]

    def attend_many(
        self, texts: Iterable[str], *, batch_size: int = 8, ablate: Ablation | None = None
    ) -> Iterator[AttentionMaps]:
        """Read the attention weights of many texts, in order, `batch_size` at a time.

        Heads are taken out as in `attend`; a mean is that of each text by itself.

        Raises
        ------
        GedigError
            If `texts` is a single text or no texts at all, `batch_size` is no whole number above
            0, or the heads to ablate cannot be used; and at its turn, after the maps of all texts
            before it, for a text that cannot be read.
        """
        check_texts("attend_many", texts, else_use="attend(text)")
        size = check_whole("batch_size", batch_size, at_least=1)
        asked = Asked(ablate=self._ablation(ablate))
        return self._attend_batches(iter(texts), size, asked)

    def each_layer(
        self, texts: Iterable[str], receive: Receive, *, batch_size: int = 8
    ) -> Iterator[list[Encoded]]:
        """Hand out each layer's weights as soon as they are made, where they are made.

        No more than one layer's weights are held, and none is copied. What
        `lab.streams.read_stream` reads, `receive` gets.

        Parameters
        ----------
        texts : iterable of str
            May be endless; asked for the next batch when that is asked for.
        receive : callable (batch, layer, weights)
            Called for layer 0, 1, ... with the texts that went through the model together, as
            `encode` returns them, and their weights [batch, heads, L, L], a tensor on the model's
            device or an array; padding stands behind the shorter texts, and rows of half precision
            are as the model has them.
        batch_size : int
            Texts in one forward pass; the NumPy backend takes them one by one.

        Yields
        ------
        list of Encoded
            The texts of each batch whose layers were handed out.

        Raises
        ------
        GedigError
            As for `attend_many`.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> model = load("gpt2-mini")
        >>> sizes = []
        >>> for batch in model.each_layer(
        ...     ["The mill stood still."], lambda batch, layer, weights: sizes.append(weights.shape)
        ... ):
        ...     len(batch), len(sizes), tuple(sizes[0])
        (1, 6, (1, 6, 6, 6))
        """
        check_texts("each_layer", texts, else_use="attend(text)")
        size = check_whole("batch_size", batch_size, at_least=1)
        return self._each_layer_of(iter(texts), receive, size)

    def queries_keys(self, text: str, layer: int) -> QueriesKeys:
        """Read the queries and keys of one layer; `queries_keys_all` reads every layer at once.

        Raises
        ------
        GedigError
            If `text` cannot be read or there is no such layer.
        """
        if layer not in range(self.layers):
            raise GedigError(
                f"layer={layer!r} is not in {self.name!r}; choose one of 0 to {self.layers - 1}."
            )
        return self._queries_keys(text, [int(layer)])[0]

    def queries_keys_all(self, text: str) -> list[QueriesKeys]:
        """Read the queries and keys of every layer, from layer 0 up, in one forward pass.

        Raises
        ------
        GedigError
            If `text` cannot be read.
        """
        return self._queries_keys(text, range(self.layers))

    def stream(self, text: str, *, disturb: Disturbance | None = None) -> Stream:
        """Read what enters each layer, what each of its parts and heads writes, and what leaves.

        One forward pass; a disturbance as in `logits`, so that it can be followed. What heads write
        and what they would write are layers · heads · L · D numbers of four bytes each: 1.1 MB for
        twenty tokens of the bundled model, 57 MB for its longest text.

        Raises
        ------
        GedigError
            If the text cannot be read, it is not known where this architecture keeps its parts,
            or a disturbance does not fit.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> stream = load("gpt2-mini").stream("The mill stood still.")
        >>> written = stream.attention + stream.feed_forward
        >>> bool(np.allclose(stream.states[1:], stream.states[:-1] + written, atol=1e-3))
        True
        """
        encoded = self._encode_for("stream", text)
        added = None if disturb is None else self._disturbance(disturb, len(encoded))
        stream = self.backend.stream(encoded, added)
        check_finite("stream", stream.states, stream.heads, stream.values)
        return stream

    def lens(self, text: str) -> Float[np.ndarray, "states L vocabulary"]:
        """Read each state of the stream as if it were the last: what the model would say now.

        Every state, from what enters layer 0 to what leaves the last layer, goes through the
        network's own ending (final norm, unembedding and what else stands there), in one forward
        pass. The last is `logits`. (The 'logit lens', nostalgebraist 2020.)

        Returns
        -------
        float32 array [layers + 1, L, vocabulary]

        Raises
        ------
        GedigError
            If the model is an encoder, the text cannot be read, or it is not known where this
            architecture keeps its layers.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> model = load("gpt2-mini")
        >>> lens = model.lens("The mill stood still.")
        >>> bool(np.allclose(lens[-1], model.logits("The mill stood still."), atol=1e-4))
        True
        """
        self._need_decoder("lens")
        logits = self.backend.lens(self._encode_for("lens", text))
        check_finite("lens", logits)
        return logits

    def embed(self, texts: Iterable[str], *, batch_size: int = 8) -> Float[np.ndarray, "texts D"]:
        """Return a vector for each text; the dot product of two is the cosine between them.

        The mean, over tokens that are not special, of what leaves the last layer (`stream`'s
        ``states[-1]``, before a decoder's final norm), brought to length 1. The texts may be
        batched as one likes; that changes the vectors by no more than rounding.

        Parameters
        ----------
        texts : iterable of str
            At least one.
        batch_size : int
            How many go through the model at once.

        Returns
        -------
        float32 array [texts, D]

        Raises
        ------
        GedigError
            If `texts` is a single text or holds none, one of them cannot be read, or it is not
            known where this architecture keeps its layers.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> vectors = load("gpt2-mini").embed(["The mill stood still.", "A boat came."])
        >>> vectors.shape, np.linalg.norm(vectors, axis=-1).round(6).tolist()
        ((2, 192), [1.0, 1.0])
        """
        size = check_whole("batch_size", batch_size, at_least=1)
        check_texts("embed", texts, else_use="[text]")
        encoded = [self.encode(text) for text in texts]
        if not encoded:
            raise GedigError("embed was given no text; give a list of at least one.")
        for start in range(0, len(encoded), size):
            self._make_sure_of_room("embed", encoded[start : start + size])
        means = [
            self.backend.mean_states(encoded[start : start + size])
            for start in range(0, len(encoded), size)
        ]
        vectors = np.concatenate(means)
        check_finite("embed", vectors)
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)

    def logits(
        self,
        text: str,
        *,
        potential: ArrayLike | None = None,
        temperature: float = 1.0,
        ablate: Ablation | None = None,
        disturb: Disturbance | None = None,
    ) -> Float[np.ndarray, "L vocabulary"]:
        """Return the next-token logits after each token, float32 [L, vocabulary].

        Potential, temperature and heads to ablate enter as in `attend`. `disturb`, a layer and an
        array [L, D], is added to the stream that leaves the layer.

        Raises
        ------
        GedigError
            If the model is an encoder, logits are not finite, or as for `attend`.
        """
        self._need_decoder("logits")
        encoded = self._encode_for("logits", text)
        asked = self._asked(
            len(encoded),
            potential=potential,
            temperature=temperature,
            ablate=ablate,
            disturb=disturb,
        )
        logits = self.backend.logits(encoded, asked)
        check_finite("logits", logits)
        return logits

    def next_token_loss(
        self,
        text: str,
        *,
        potential: ArrayLike | None = None,
        temperature: float = 1.0,
        ablate: Ablation | None = None,
        disturb: Disturbance | None = None,
    ) -> float:
        """Return the mean of −log p(next token) over the text, in nats per token.

        Potential, temperature and heads to ablate enter as in `attend`, a disturbance as in
        `logits`.

        Raises
        ------
        GedigError
            If the model is an encoder, the text has a single token, logits are not finite, or
            as for `attend`.
        """
        encoded = self._encode_for_loss("next_token_loss", text)
        asked = self._asked(
            len(encoded),
            potential=potential,
            temperature=temperature,
            ablate=ablate,
            disturb=disturb,
        )
        logits = self.backend.logits(encoded, asked)
        check_finite("next_token_loss", logits[:-1])
        return loss_of(logits, encoded.ids)

    def losses_without(
        self, text: str, layer: int, removals: Sequence[Mapping[int, Kind]]
    ) -> Float[np.ndarray, " removals"]:
        """Return `next_token_loss` under each of several removals from one layer, nats per token.

        What comes before the layer is computed once, and from there on the text goes through the
        model as a batch, where the architecture and the library allow that; elsewhere each removal
        is a pass of its own. The numbers are those of ``ablate``, up to rounding.

        Parameters
        ----------
        text : str
            At least two tokens.
        layer : int
        removals : sequence of mapping of int to {"zero", "mean"}
            Heads of the layer and what becomes of each, as in `attend`; an empty mapping takes
            nothing out.

        Raises
        ------
        GedigError
            As for `next_token_loss`.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> model, text = load("gpt2-mini"), "The mill stood still."
        >>> whole, without = model.losses_without(text, 2, [{}, {5: "zero"}])
        >>> bool(abs(whole - model.next_token_loss(text)) < 1e-5), bool(without == whole)
        (True, False)
        """
        encoded = self._encode_for_loss("losses_without", text)
        wanted = [self._ablation({(layer, head): removal[head] for head in removal})
                  for removal in removals]  # fmt: skip
        if not wanted:
            return np.empty(0)
        self._make_sure_of_room("logits", [encoded] * len(wanted))
        each = [removal.get(layer, {}) for removal in wanted]
        losses = self.backend.losses_without(encoded, layer, each)
        check_finite("losses_without", losses)
        return losses

    def generate(
        self,
        prompt: str,
        *,
        tokens: int,
        temperature_sampling: float = 0,
        seed: int = 0,
        potential: ArrayLike | Growing | None = None,
        temperature: float = 1.0,
        watch: Watch | None = None,
    ) -> str:
        """Write on from `prompt`, and return prompt and continuation.

        Parameters
        ----------
        prompt : str
            At least one token.
        tokens : int
            How many tokens to write at most; the model may end its text earlier.
        temperature_sampling : float
            0 takes the likeliest token each time; above 0 draws from softmax(logits/temperature).
        seed : int
            Seed of the draws, at least 0.
        potential : array broadcastable to [layers, heads, N, N], or callable, optional
            U for the whole text, N = tokens of the prompt + `tokens`. Or a function that is asked
            before each pass, with all tokens up to those about to be read and the pass before
            (None before the first): it gives their U, broadcastable to [layers, heads, rows, L],
            rows the tokens about to be read (the prompt's first, then one), L all of them.
        temperature : float
            Temperature of the attention, as in `attend`; not of the sampling.
        watch : callable, optional
            Is told of each pass when its token is chosen: a `Written` with the attention in it.

        Raises
        ------
        GedigError
            If the model is an encoder, the text would outgrow the context, logits are not
            finite, or as for `attend`.

        Examples
        --------
        >>> from gedig_edu.models import load
        >>> seen = []
        >>> text = load("gpt2-mini").generate("The mill", tokens=3, watch=seen.append)
        >>> [(one.rows, len(one.tokens)) for one in seen]
        [(3, 3), (1, 4), (1, 5)]
        """
        self._need_decoder("generate")
        count = check_whole("tokens", tokens, at_least=1)
        check_number("temperature_sampling", temperature_sampling, at_least=0)
        seed = check_whole("seed", seed, at_least=0, at_most=MOST_SEED)
        encoded = self.encode(prompt)
        length = len(encoded) + count
        if length > self.context:
            raise GedigError(
                f"The prompt's {len(encoded)} tokens and {count} more are {length}, and "
                f"{self.name!r} reads at most {self.context}; ask for fewer."
            )
        check_room("logits", [length], self.shape)
        grow, fixed = (potential, None) if callable(potential) else (None, potential)
        asked = self._asked(length, potential=fixed, temperature=temperature)
        follow = None if grow is watch is None else self._follow(encoded, length, grow, watch)
        if follow is not None and grow is not None:
            asked = replace(asked, potential=follow.potential)  # which it fills as the text grows
        draws = {"tokens": count, "temperature": temperature_sampling, "seed": seed}
        written = self.backend.continue_ids(encoded.ids, **draws, asked=asked, follow=follow)
        before = self.tokenizer.decode(encoded.ids)
        return prompt + self.tokenizer.decode([*encoded.ids, *written])[len(before) :]

    def _follow(
        self, encoded: Encoded, length: int, grow: Growing | None, watch: Watch | None
    ) -> Follow:
        check_room("attend", [length], self.shape)
        follow = Follow(
            layers=self.layers,
            heads=self.heads,
            length=length,
            pieces=partial(pieces_of, self.tokenizer),
            grow=grow,
            watch=watch,
        )
        return follow.start(encoded.ids)

    def _attend_batches(
        self, texts: Iterator[str], size: int, asked: Asked
    ) -> Iterator[AttentionMaps]:
        for batch in self._batches(texts, size):
            self._make_sure_of_room("attend_many", batch)
            yield from self._read(batch, asked)

    def _each_layer_of(
        self, texts: Iterator[str], receive: Receive, size: int
    ) -> Iterator[list[Encoded]]:
        for batch in self._batches(texts, size):
            self._make_sure_of_room("each_layer", batch)
            self.backend.each_layer(batch, Asked(), receive)
            yield batch

    def _batches(self, texts: Iterator[str], size: int) -> Iterator[list[Encoded]]:
        trouble = None
        while trouble is None:
            batch, trouble = self._encode_some(islice(texts, size))
            if batch:
                yield batch
            elif trouble is None:
                return
        raise trouble

    def _encode_some(self, texts: Iterator[str]) -> tuple[list[Encoded], Exception | None]:
        """Return the tokens of the texts up to the first that fails, and why it failed."""
        batch: list[Encoded] = []
        try:
            for text in texts:
                batch.append(self.encode(text))  # noqa: PERF401  (those before a failure stay)
        except Exception as trouble:
            return batch, trouble
        return batch, None

    def _read(self, batch: list[Encoded], asked: Asked) -> list[AttentionMaps]:
        return [
            AttentionMaps(
                tokens=encoded.tokens,
                weights=weights,
                causal=self.causal,
                special=encoded.special,
                offsets=encoded.offsets,
                model=self.name,
                renormalised=self.backend.renormalised,
                sink=_left_over(weights) if self.backend.sinks else None,
            )
            for encoded, weights in zip(batch, self.backend.maps(batch, asked), strict=True)
        ]

    def _queries_keys(self, text: str, layers: Sequence[int]) -> list[QueriesKeys]:
        found = self.backend.queries_keys(self._encode_for("queries_keys", text), layers)
        check_finite("queries_keys", *(one for each in found for one in (each.q, each.k)))
        return found

    def _encode_for(self, reading: Reading, text: str) -> Encoded:
        """Return the tokens of a text for whose reading there is memory."""
        encoded = self.encode(text)
        self._make_sure_of_room(reading, [encoded])
        return encoded

    def _encode_for_loss(self, what: str, text: str) -> Encoded:
        """Return the tokens of a text whose loss a decoder can be asked for."""
        self._need_decoder(what)
        encoded = self._encode_for("logits", text)
        if len(encoded) < 2:
            raise GedigError(
                f"{what} needs a text of at least two tokens and this has one; give a longer text."
            )
        return encoded

    def _make_sure_of_room(self, reading: Reading, batch: list[Encoded]) -> None:
        check_room(reading, [len(encoded) for encoded in batch], self.shape)

    @property
    def shape(self) -> Shape:
        """The sizes that its readings grow with."""
        return Shape(
            name=self.name,
            layers=self.layers,
            heads=self.heads,
            width=self.backend.width,
            vocabulary=self.tokenizer.get_vocab_size(),
            device=self.device,
        )

    def _asked(
        self,
        length: int,
        *,
        potential: ArrayLike | None = None,
        temperature: float = 1.0,
        ablate: Ablation | None = None,
        disturb: Disturbance | None = None,
    ) -> Asked:
        if potential is not None:
            potential = as_potential(potential, layers=self.layers, heads=self.heads, length=length)
        return Asked(
            potential=potential,
            temperature=check_number("temperature", temperature, above=0),
            ablate=self._ablation(ablate),
            disturb=None if disturb is None else self._disturbance(disturb, length),
        )

    def _disturbance(self, disturb: Disturbance, length: int) -> tuple[int, np.ndarray]:
        shape = (length, self.backend.width)
        return as_disturbance(disturb, layers=self.layers, shape=shape, name=self.name)

    def _ablation(self, ablate: Ablation | None) -> dict[int, dict[int, Kind]]:
        return as_ablation(ablate, layers=self.layers, heads=self.heads, name=self.name)

    def _need_decoder(self, what: str) -> None:
        if not self.causal:
            raise GedigError(
                f"{what} needs a decoder and {self.name!r} is an encoder; "
                "load one of gpt2-mini, gpt2, distilgpt2, smollm2."
            )


def _left_over(
    weights: Float[np.ndarray, "layers heads L L"],
) -> Float[np.ndarray, "layers heads L"]:
    """Return what the rows give to no key."""
    return np.clip(1 - weights.sum(axis=-1, dtype=np.float64), 0, 1).astype(np.float32)
