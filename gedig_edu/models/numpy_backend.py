"""GPT-2 without torch: `theory.gpt2` computes, and the windows of its pass are read and bent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from threadpoolctl import ThreadpoolController

from gedig_edu.models.backend import Asked, Kind, Receive
from gedig_edu.models.generation import Follow, continue_ids
from gedig_edu.models.gpt2_files import ACTIVATIONS, HEAD, Settings
from gedig_edu.models.gpt2_start import untrained
from gedig_edu.models.potential import blind_row
from gedig_edu.models.prediction import loss_of
from gedig_edu.models.records import QueriesKeys, Stream
from gedig_edu.models.tokens import Encoded
from gedig_edu.theory import gpt2
from gedig_edu.words import refusal

QKV = "queries, keys, values"
SMALL = 1 << 18  # numbers in a stream below which one thread multiplies: more would wait in turn
Window: TypeAlias = Callable[[str, int, Any], Any]


@dataclass(eq=False, kw_only=True)
class Windows:
    """What stands at the windows of one pass of `gpt2.run`: it changes what is asked, and keeps.

    Attributes
    ----------
    settings : Settings
    asked : Asked
    keep : sequence of str
        The windows whose contents are kept.
    kept : dict of str to list of array
        What passed there, layer by layer.
    receive : callable (layer, weights [heads, L, L]), optional
        Is given each layer's weights as soon as they are made.
    past : dict of int to (keys, values), optional
        Keys and values [heads, K, d] of earlier passes, layer by layer; this pass adds its own.
    """

    settings: Settings
    asked: Asked
    keep: Sequence[str] = ()
    kept: dict[str, list[Any]] = field(default_factory=dict)
    receive: Callable[[int, np.ndarray], None] | None = None
    past: dict[int, tuple[np.ndarray, np.ndarray]] | None = None

    def __call__(self, place: str, layer: int, given: Any) -> Any:
        """Return what goes on from a window."""
        if place == QKV and self.past is not None:
            given = _after(self.past, given, layer)
        elif place == "scores":
            given = self._bend(given, layer)
        elif place == "weights" and self.receive is not None:
            self.receive(layer, given)
        elif place == "heads":
            given = self._take_out(given, layer)
        elif place == "stream" and self.asked.disturb is not None:
            disturbed, added = self.asked.disturb
            given = given + added if layer == disturbed + 1 else given
        if place in self.keep:
            self.kept.setdefault(place, []).append(given)
        return given

    def _bend(self, scores: np.ndarray, layer: int) -> np.ndarray:
        """Return (scores − U)/T; shifted, and in float64, no temperature overflows."""
        factor = self.settings.scale(layer) * (self.settings.n_embd // self.settings.n_head) ** 0.5
        if factor != 1:
            scores = scores * factor
        U, T = self.asked.potential, self.asked.temperature
        if U is None and T == 1:
            return scores
        if U is not None:
            scores = scores - _cut(U[layer if len(U) > 1 else 0], scores.shape)
        blind = np.isneginf(scores).all(axis=-1)
        if blind.any():
            head, row = np.argwhere(blind)[0].tolist()
            query = row + scores.shape[-1] - scores.shape[-2]
            raise blind_row(query=query, layer=layer, head=head)
        shifted = scores - scores.max(axis=-1, keepdims=True)
        with np.errstate(over="ignore"):
            return (shifted.astype(np.float64) / T).astype(np.float32)

    def _take_out(self, output: np.ndarray, layer: int) -> np.ndarray:
        """Return what the heads put out [heads, L, d] with zero or its mean for those ablated."""
        heads = self.asked.ablate.get(layer)
        if not heads:
            return output
        output = output.copy()
        for head, kind in heads.items():
            output[head] = 0 if kind == "zero" else output[head].mean(axis=0)
        return output


@cache
def _products() -> ThreadpoolController:
    """Return what sets how many threads share NumPy's matrix products."""
    return ThreadpoolController().select(user_api="blas")


def _after(
    past: dict[int, tuple[np.ndarray, np.ndarray]], qkv: np.ndarray, layer: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return queries, keys and values with those of earlier passes before them, and keep these."""
    q, k, v = qkv
    if layer in past:
        k, v = (np.concatenate(pair, axis=1) for pair in zip(past[layer], (k, v), strict=True))
    past[layer] = (k, v)
    return q, k, v


def _cut(U: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the part of a whole text's potential that a pass over its last rows meets."""
    rows, keys = shape[-2:]
    if U.shape[-1] > 1:
        U = U[..., :keys]
    return U[..., keys - rows : keys, :] if U.shape[-2] > 1 else U


@dataclass(frozen=True, eq=False, kw_only=True)
class NumpyBackend:
    """A GPT-2 that NumPy computes, on the CPU and in float32.

    See `Backend` for what its members mean.
    """

    name: str
    settings: Settings
    tensors: Mapping[str, np.ndarray]

    library = "numpy"
    causal = True
    device = "cpu"
    rotary = False
    renormalised = False
    sinks = False

    @property
    def layers(self) -> int:
        """Number of layers."""
        return self.settings.n_layer

    @property
    def heads(self) -> int:
        """Number of heads in a layer."""
        return self.settings.n_head

    @property
    def width(self) -> int:
        """D, the numbers that the stream carries for each token."""
        return self.settings.n_embd

    @property
    def context(self) -> int:
        """The most tokens the network reads."""
        return self.settings.n_positions

    def untrained(self, seed: int) -> NumpyBackend:
        """Return the same architecture with weights as its training would begin with."""
        drawn = untrained(self.settings, seed)
        return replace(self, tensors={name: drawn[name] for name in drawn if name in self.tensors})

    def weights(self) -> Mapping[str, np.ndarray]:
        """Return the tensors of the network by name."""
        return self.tensors

    def each_layer(self, batch: Sequence[Encoded], asked: Asked, receive: Receive) -> None:
        """Hand out the weights of each layer as soon as they are made, text by text."""
        for encoded in batch:

            def hand_out(layer: int, weights: np.ndarray, text: Encoded = encoded) -> None:
                receive([text], layer, weights[None])

            windows = Windows(settings=self.settings, asked=asked, receive=hand_out)
            self._run(encoded.ids, windows, logits_from=len(encoded))

    def maps(self, batch: Sequence[Encoded], asked: Asked) -> list[np.ndarray]:
        """Return the attention weights of each text of a batch; the texts are read one by one."""
        return [self._maps(encoded, asked) for encoded in batch]

    def logits(self, encoded: Encoded, asked: Asked) -> np.ndarray:
        """Return the next-token logits after each token, float32."""
        self._need_head()
        return self._run(encoded.ids, Windows(settings=self.settings, asked=asked))

    def losses_without(
        self, encoded: Encoded, layer: int, removals: Sequence[Mapping[int, Kind]]
    ) -> np.ndarray:
        """Return the next-token loss under each of several removals from one layer."""
        asked = [Asked(ablate={layer: dict(removal)}) for removal in removals]
        return np.array([loss_of(self.logits(encoded, one), encoded.ids) for one in asked])

    def continue_ids(
        self,
        ids: Sequence[int],
        *,
        tokens: int,
        temperature: float,
        seed: int,
        asked: Asked,
        follow: Follow | None = None,
    ) -> list[int]:
        """Return up to `tokens` ids that follow `ids`; fewer where the text ends."""
        self._need_head()
        receive = None if follow is None else follow.receive
        windows = Windows(settings=self.settings, asked=asked, past={}, receive=receive)
        start = 0

        def following(fresh: list[int]) -> np.ndarray:
            nonlocal start
            last = len(fresh) - 1
            logits = self._run(fresh, windows, start=start, logits_from=last)[0]
            start += len(fresh)
            return logits

        options = {"tokens": tokens, "temperature": temperature, "seed": seed, "follow": follow}
        return continue_ids(following, ids, **options, ends=self.settings.ends)

    def queries_keys(self, encoded: Encoded, layers: Sequence[int]) -> list[QueriesKeys]:
        """Return the queries and keys of some layers, in one pass."""
        (every,) = self.seen(encoded, QKV)
        return [
            QueriesKeys(q=q, k=k, q_rotated=None, k_rotated=None, scale=self.settings.scale(layer))
            for layer, (q, k, _) in ((layer, every[layer]) for layer in layers)
        ]

    def stream(self, encoded: Encoded, disturb: tuple[int, np.ndarray] | None = None) -> Stream:
        """Return one text's way through the network."""
        places = ("stream", "attention", "feed_forward", "heads", QKV, "weights")
        seen = self.seen(encoded, *places, disturb=disturb)
        states, attention, feed_forward, heads, qkv, weights = seen
        outputs = [self._by_head(layer) for layer in range(self.layers)]  # each [heads, d, D]
        written = [each @ output for each, output in zip(heads, outputs, strict=True)]
        values = [v @ output for (_, _, v), output in zip(qkv, outputs, strict=True)]
        return Stream(
            states=np.stack(states),
            attention=np.stack(attention),
            feed_forward=np.stack(feed_forward),
            heads=np.stack(written),
            weights=np.stack(weights),
            values=np.stack(values),
            special=encoded.special,
        )

    def lens(self, encoded: Encoded) -> np.ndarray:
        """Return the logits that the network's own ending makes of each state, float32."""
        self._need_head()
        windows = Windows(settings=self.settings, asked=Asked(), keep=["stream"])

        def at(place: str, layer: int, given: Any) -> Any:
            given = windows(place, layer, given)
            ending = (place, layer) == ("stream", self.layers)
            return np.concatenate(windows.kept["stream"]) if ending else given

        return self._run(encoded.ids, at).reshape(self.layers + 1, len(encoded), -1)

    def mean_states(self, batch: Sequence[Encoded]) -> np.ndarray:
        """Return each text's mean, over tokens not special, of what leaves the last layer."""
        return np.stack([self._mean_state(encoded) for encoded in batch])

    def _mean_state(self, encoded: Encoded) -> np.ndarray:
        (states,) = self.seen(encoded, "stream")
        return states[-1][~encoded.special].mean(axis=0)

    def seen(
        self,
        encoded: Encoded,
        *places: str,
        at: Window = gpt2.untouched,
        disturb: tuple[int, np.ndarray] | None = None,
    ) -> list[list[Any]]:
        """Return what passes some windows on a text's way, window by window and layer by layer.

        `at` may reach in at any window, and `disturb` as in `Asked`; what is handed on is seen.
        """
        windows = Windows(settings=self.settings, asked=Asked(disturb=disturb), keep=places)

        def both(place: str, layer: int, given: Any) -> Any:
            return windows(place, layer, at(place, layer, given))

        self._run(encoded.ids, both, logits_from=len(encoded))
        return [windows.kept[place] for place in places]

    def _need_head(self) -> None:
        if not self.settings.tie_word_embeddings and HEAD not in self.tensors:
            raise refusal("model.no_head", name=self.name, kind="GPT2Model")

    def _by_head(self, layer: int) -> np.ndarray:
        """Return the rows of W_O that belong to each head [heads, d, D]."""
        matrix = self.tensors[f"h.{layer}.attn.c_proj.weight"]
        return matrix.reshape(self.heads, -1, matrix.shape[-1])

    def _maps(self, encoded: Encoded, asked: Asked) -> np.ndarray:
        shape = (self.layers, self.heads, len(encoded), len(encoded))
        maps = np.empty(shape, dtype=np.float32)
        windows = Windows(settings=self.settings, asked=asked, receive=maps.__setitem__)
        self._run(encoded.ids, windows, logits_from=len(encoded))
        return maps

    def _run(
        self, ids: Sequence[int], at: Window, *, start: int = 0, logits_from: int = 0
    ) -> np.ndarray:
        small = len(ids) * self.settings.n_embd < SMALL
        # what overflows is refused by who asked
        with (
            np.errstate(over="ignore", invalid="ignore"),
            _products().limit(limits=1 if small else None),
        ):
            return gpt2.run(
                np.array(ids),
                self.tensors,
                heads=self.heads,
                at=at,
                start=start,
                logits_from=logits_from,
                activation=ACTIVATIONS[self.settings.activation_function],
                epsilon=self.settings.layer_norm_epsilon,
            )
