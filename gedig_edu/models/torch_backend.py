"""The backend that runs any network of transformers."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from gedig_edu.errors import GedigError
from gedig_edu.models.anatomy import Anatomy, context_of
from gedig_edu.models.attention import HALF
from gedig_edu.models.backend import Asked, Kind, Receive
from gedig_edu.models.forward import Room
from gedig_edu.models.generation import Follow, continue_ids
from gedig_edu.models.gpt2_files import ids_in
from gedig_edu.models.loans import lend
from gedig_edu.models.parting import logits_parted, parts_rightly
from gedig_edu.models.parts import Parts, find_parts
from gedig_edu.models.prediction import loss_of
from gedig_edu.models.queries import read_queries_keys
from gedig_edu.models.records import QueriesKeys, Stream
from gedig_edu.models.runner import Runner
from gedig_edu.models.stream import disturbed, lens_of, mean_states, stream_of
from gedig_edu.models.tokens import Encoded

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def _compute_in_one_thread() -> None:
    """Keep a process that was forked from this one off a pool of threads that it does not have."""
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):  # Windows does not fork
    os.register_at_fork(after_in_child=_compute_in_one_thread)


@dataclass(frozen=True, eq=False, kw_only=True)
class TorchBackend:
    """A network of transformers, in evaluation mode, with our attention function.

    Any `PreTrainedModel` will do: a base model, one with a head, an encoder beside a decoder. What
    it is, a short pass shows. See `Backend` for what the members mean.

    A network that is `lent` is somebody else's, and given back as it was after each reading. A copy
    of a backend, by `copy` or `pickle`, tries its network anew.
    """

    name: str
    network: PreTrainedModel
    lent: bool = False

    library = "torch"

    def __post_init__(self) -> None:
        if self.lent:
            lend(self.network)
        _ = self.runner  # what cannot be read is refused at once

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self.name, self.network, self.lent)

    @cached_property
    def runner(self) -> Runner:
        """What makes the passes."""
        return Runner(self.network, self.name)

    @cached_property
    def parts(self) -> list[Parts]:
        """What writes to the stream in each layer, found when first asked for."""
        return find_parts(self.runner)

    @property
    def anatomy(self) -> Anatomy:
        """What a short pass through the network showed."""
        return self.runner.anatomy

    def each_layer(self, batch: Sequence[Encoded], asked: Asked, receive: Receive) -> None:
        """Hand out the weights of each layer as soon as they are made, where they are made."""
        for texts in self.runner.groups(batch):
            self.runner.each_layer([text.ids for text in texts], asked, partial(receive, texts))

    @property
    def layers(self) -> int:
        """Number of layers with attention."""
        return self.anatomy.layers

    @property
    def heads(self) -> int:
        """Number of heads in a layer."""
        return self.anatomy.heads

    @property
    def width(self) -> int:
        """D, the numbers that the stream carries for each token."""
        return self.network.config.get_text_config().hidden_size

    @property
    def causal(self) -> bool:
        """Whether a token sees only itself and what came before."""
        return self.anatomy.causal

    @property
    def context(self) -> int:
        """The most tokens the network reads."""
        return context_of(self.network)

    @property
    def device(self) -> str:
        """Where the network computes."""
        return str(self.network.device)

    @property
    def rotary(self) -> bool:
        """Whether positions enter by rotating queries and keys."""
        return self.anatomy.rotary

    @property
    def sinks(self) -> bool:
        """Whether a row of a map may give weight to no key."""
        return self.anatomy.sinks

    @property
    def renormalised(self) -> bool:
        """Whether maps come from half precision and are divided by their row sums."""
        lowered = torch.is_autocast_enabled(self.network.device.type)
        return (lowered or self.network.dtype in HALF) and not self.sinks

    def maps(self, batch: Sequence[Encoded], asked: Asked) -> list[np.ndarray]:
        """Return the attention weights of each text of a batch."""
        maps: list[np.ndarray] = []
        for texts in self.runner.groups(batch):
            room = Room(map(len, texts), layers=self.layers, heads=self.heads, sinks=self.sinks)
            self.runner.each_layer([text.ids for text in texts], asked, room.take)
            maps += room.maps
        return maps

    @torch.inference_mode()
    def logits(self, encoded: Encoded, asked: Asked) -> np.ndarray:
        """Return the next-token logits after each token, float32."""
        self.runner.need_head()
        ids = torch.tensor([encoded.ids], device=self.network.device)
        with (
            disturbed(self.runner, asked.disturb),
            self.runner.asked([encoded.ids], asked),
        ):
            logits = self.network(input_ids=ids, use_cache=False).logits[0].float()
        return logits.cpu().numpy()

    @cached_property
    def parts_rightly(self) -> bool:
        """Whether a text may go on as a batch from W_O of a layer, tried when first asked for."""
        try:
            return parts_rightly(self.runner, self.parts)
        except GedigError:  # it cannot be told what writes to the stream
            return False

    @torch.inference_mode()
    def losses_without(
        self, encoded: Encoded, layer: int, removals: Sequence[Mapping[int, Kind]]
    ) -> np.ndarray:
        """Return the next-token loss under each of several removals from one layer."""
        self.runner.need_head()
        if not self.parts_rightly:
            asked = [Asked(ablate={layer: dict(removal)}) for removal in removals]
            return np.array([loss_of(self.logits(encoded, one), encoded.ids) for one in asked])
        logits = logits_parted(self.runner, self.parts, encoded.ids, layer, removals)[:, :-1]
        following = torch.tensor(encoded.ids[1:], device=logits.device)
        losses = [cross_entropy(one.double(), following) for one in logits]
        return torch.stack(losses).cpu().numpy()

    @torch.inference_mode()
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
        self.runner.need_head()
        text: list[int] = []
        turns_alike = self.anatomy.regime(len(ids)) == self.anatomy.regime(len(ids) + tokens)
        keeps = bool(self.anatomy.modules) and turns_alike  # others may keep it ill, or turned ill
        past: Any = None
        collect = {} if follow is None else {"receive": follow.receive}

        def following(fresh: list[int]) -> np.ndarray:
            """Read what is new, or all of the text where a network keeps no keys and values."""
            nonlocal past
            text.extend(fresh)
            unread, given = (text, {}) if past is None else (fresh, {"past_key_values": past})
            row = torch.tensor([unread], device=self.network.device)
            with self.runner.asked([text], asked, **collect):
                outputs = self.network(input_ids=row, use_cache=keeps, return_dict=True, **given)
            past = getattr(outputs, "past_key_values", None) if keeps else None
            return outputs.logits[0, -1].float().cpu().numpy()

        options = {"tokens": tokens, "temperature": temperature, "seed": seed, "follow": follow}
        return continue_ids(following, ids, **options, ends=self._ends())

    def queries_keys(self, encoded: Encoded, layers: Sequence[int]) -> list[QueriesKeys]:
        """Return the queries and keys of some layers, in one pass."""
        return read_queries_keys(self.runner, encoded, layers=layers)

    def stream(self, encoded: Encoded, disturb: tuple[int, np.ndarray] | None = None) -> Stream:
        """Return one text's way through the network."""
        parts = self.parts
        with disturbed(self.runner, disturb):
            return stream_of(self.runner, parts, encoded)

    def lens(self, encoded: Encoded) -> np.ndarray:
        """Return the logits that the network's own ending makes of each state, float32."""
        self.runner.need_head()
        return lens_of(self.runner, encoded)

    def mean_states(self, batch: Sequence[Encoded]) -> np.ndarray:
        """Return each text's mean, over tokens not special, of what leaves the last layer."""
        return mean_states(self.runner, batch)

    def untrained(self, seed: int) -> TorchBackend:
        """Return the same architecture with weights as its training would begin with."""
        config = copy.deepcopy(self.network.config)  # whose attention function becomes ours
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = type(self.network)._from_config(
                config, attn_implementation=config._attn_implementation
            )
        torch.nn.Module.to(network, self.network.device, dtype=self.network.dtype)
        return replace(self, network=network.eval(), lent=False)

    def weights(self) -> dict[str, np.ndarray]:
        """Return the tensors of the network by name, float32."""
        tensors = self.network.base_model.state_dict()
        head = self.network.get_output_embeddings()
        if head is not None and head.weight is not self.network.get_input_embeddings().weight:
            tensors["lm_head.weight"] = head.weight.detach()
        return {name: tensor.float().cpu().numpy() for name, tensor in tensors.items()}

    def _ends(self) -> frozenset[int]:
        """Return the ids that end a text."""
        return ids_in(getattr(self.network.generation_config, "eos_token_id", None))


def _made(name: str, network: PreTrainedModel, lent: bool) -> TorchBackend:
    return TorchBackend(name=name, network=network, lent=lent)
