"""The backend that runs any network of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from gedig_edu.models.adapters import Adapter
from gedig_edu.models.attention import HALF, Passage
from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import check_visited, empty_maps, pass_through
from gedig_edu.models.generation import continue_ids
from gedig_edu.models.queries import read_queries_keys
from gedig_edu.models.records import QueriesKeys, Stream
from gedig_edu.models.stream import disturbed, lens_of, mean_states, stream_of
from gedig_edu.models.tokens import Encoded

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False, kw_only=True)
class TorchBackend:
    """A network of transformers, in evaluation mode, with our attention function.

    See `Backend` for what its members mean.
    """

    name: str
    network: PreTrainedModel
    adapter: Adapter

    library = "torch"

    @property
    def layers(self) -> int:
        """Number of layers."""
        return self.network.config.num_hidden_layers

    @property
    def heads(self) -> int:
        """Number of heads in a layer."""
        return self.network.config.num_attention_heads

    @property
    def width(self) -> int:
        """D, the numbers that the stream carries for each token."""
        return self.network.config.get_text_config().hidden_size

    @property
    def causal(self) -> bool:
        """Whether a token sees only itself and what came before."""
        return self.adapter.causal

    @property
    def context(self) -> int:
        """The most tokens the network reads."""
        return self.network.config.max_position_embeddings

    @property
    def device(self) -> str:
        """Where the network computes."""
        return str(self.network.device)

    @property
    def rotary(self) -> bool:
        """Whether positions enter by rotating queries and keys."""
        return self.adapter.rotary

    @property
    def renormalised(self) -> bool:
        """Whether maps come from half precision and are divided by their row sums."""
        return self.network.dtype in HALF

    def maps(self, batch: Sequence[Encoded], asked: Asked) -> list[np.ndarray]:
        """Return the attention weights of each text of a batch."""
        passage = self._passage(max(map(len, batch)), asked)
        passage.maps = empty_maps(self.network, batch)
        pass_through(self.network, batch, passage, name=self.name)
        return list(passage.maps)

    @torch.inference_mode()
    def logits(self, encoded: Encoded, asked: Asked) -> np.ndarray:
        """Return the next-token logits after each token, float32."""
        passage = self._passage(len(encoded), asked)
        ids = torch.tensor([encoded.ids], device=self.network.device)
        with disturbed(self.network, asked.disturb, name=self.name):
            logits = self.network(input_ids=ids, use_cache=False, passage=passage).logits[0].float()
        check_visited(passage, name=self.name)
        return logits.cpu().numpy()

    @torch.inference_mode()
    def continue_ids(
        self, ids: Sequence[int], *, tokens: int, temperature: float, seed: int, asked: Asked
    ) -> list[int]:
        """Return up to `tokens` ids that follow `ids`; fewer where the text ends."""
        passage = self._passage(0, asked)
        past = None

        def following(fresh: list[int]) -> np.ndarray:
            nonlocal past
            passage.length += len(fresh)
            outputs = self.network(
                input_ids=torch.tensor([fresh], device=self.network.device),
                past_key_values=past,
                use_cache=True,
                passage=passage,
            )
            past = outputs.past_key_values
            return outputs.logits[0, -1].float().cpu().numpy()

        draws = {"tokens": tokens, "temperature": temperature, "seed": seed}
        written = continue_ids(following, ids, **draws, ends=self._ends())
        check_visited(passage, name=self.name)
        return written

    def queries_keys(self, encoded: Encoded, layers: Sequence[int]) -> list[QueriesKeys]:
        """Return the queries and keys of some layers, in one pass."""
        return read_queries_keys(self.network, self.adapter, encoded, layers=layers, name=self.name)

    def stream(self, encoded: Encoded) -> Stream:
        """Return one text's way through the network."""
        return stream_of(self.network, self.adapter, encoded, name=self.name)

    def lens(self, encoded: Encoded) -> np.ndarray:
        """Return the logits that the network's own ending makes of each state, float32."""
        passage = self._passage(len(encoded), Asked())
        return lens_of(self.network, encoded, passage, name=self.name)

    def mean_states(self, batch: Sequence[Encoded]) -> np.ndarray:
        """Return each text's mean, over tokens not special, of what leaves the last layer."""
        return mean_states(self.network, self.adapter, batch, name=self.name)

    def weights(self) -> dict[str, np.ndarray]:
        """Return the tensors of the network by name, float32."""
        tensors = self.network.base_model.state_dict()
        head = self.network.get_output_embeddings()
        if head is not None and head.weight is not self.network.get_input_embeddings().weight:
            tensors["lm_head.weight"] = head.weight.detach()
        return {name: tensor.float().cpu().numpy() for name, tensor in tensors.items()}

    def _ends(self) -> set[int]:
        """Return the ids that end a text."""
        ends = getattr(self.network.generation_config, "eos_token_id", None)
        return set(ends if isinstance(ends, list) else [] if ends is None else [ends])

    def _passage(self, length: int, asked: Asked) -> Passage:
        potential = asked.potential
        return Passage(
            layers=self.adapter.attention_modules(self.network),
            length=length,
            potential=None
            if potential is None
            else torch.from_numpy(potential).to(self.network.device),
            temperature=asked.temperature,
            ablate=asked.ablate,
        )
