"""A network of transformers and how a pass is made through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from gedig_edu.models.anatomy import Anatomy, anatomy_of, given_by
from gedig_edu.models.attention import Passage, Receive
from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import pass_through, rows_of
from gedig_edu.models.layers import blocks_of
from gedig_edu.models.loans import ready
from gedig_edu.models.tokens import Encoded
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class Runner:
    """A network in evaluation mode, with our attention function where that is called.

    Attributes
    ----------
    network : PreTrainedModel
        Any: a base model, one with a head, an encoder beside a decoder.
    name : str
        Its name, for refusals.
    anatomy : Anatomy
        What a short pass showed when the runner was made.
    """

    network: PreTrainedModel
    name: str

    def __post_init__(self) -> None:
        _ = self.anatomy  # what cannot be read is refused at once

    @cached_property
    def anatomy(self) -> Anatomy:
        """What a short pass showed."""
        with ready(self.network):
            return anatomy_of(self.network, name=self.name)

    @cached_property
    def blocks(self) -> list[nn.Module]:
        """The layers, layer 0 first."""
        return blocks_of(self.network, name=self.name, modules=self.anatomy.modules)

    def each_layer(self, batch: Sequence[Sequence[int]], asked: Asked, receive: Receive) -> None:
        """Hand out the weights [batch, heads, L, L] of each layer as soon as they are made.

        They are on the network's device, with the padding, which stands behind each text. The
        texts are one of the `groups`.
        """
        if self.anatomy.modules:
            with self.asked(batch, asked, receive=receive):
                self.read(batch)
            return
        with self.asked(batch, asked):
            maps = given_by(self.read(batch, output_attentions=True))
        for layer, weights in enumerate(maps):
            receive(layer, weights)

    def groups(self, batch: Sequence[Encoded]) -> list[list[Encoded]]:
        """Return the neighbours that may go through the network together, in order.

        Where our attention function is not called, each goes alone: not every architecture keeps
        padding out of what its neighbours see. Where a rotation depends on the longest text, those
        go together that are rotated alike.
        """
        if not self.anatomy.modules:
            return [[text] for text in batch]
        alike = groupby(batch, key=lambda text: self.anatomy.regime(len(text)))
        return [list(texts) for _, texts in alike]

    @contextmanager
    def asked(
        self, batch: Sequence[Sequence[int]], asked: Asked, **collect: Any
    ) -> Iterator[Passage]:
        """Change what is asked at every attention layer that this thread meets in the block.

        `collect` says what the passage keeps or hands out.

        Raises
        ------
        GedigError
            If a layer was not met, or something is asked and no layer can be.
        """
        changed = asked.potential is not None or asked.temperature != 1.0 or asked.ablate
        if not self.anatomy.modules and (changed or collect):
            raise refusal("model.outside", name=self.name, kind=self.network.config.model_type)
        potential = asked.potential
        if potential is not None:
            potential = torch.from_numpy(potential).to(self.network.device)
        passage = Passage(
            lengths=tuple(map(len, batch)),
            potential=potential,
            temperature=asked.temperature,
            ablate=asked.ablate,
            **collect,
        )
        with ready(self.network), passage:
            yield passage
        if len(passage.modules) != len(self.anatomy.modules):
            raise refusal("model.not_met", name=self.name)

    def read(self, batch: Sequence[Sequence[int]], **options: Any) -> Any:
        """Send the ids of some texts through all of the network below its head."""
        return pass_through(self.anatomy.reader, batch, padding=self._padding, **options)

    @property
    def _padding(self) -> int:
        """The id that stands behind a text: the network's own, if it knows that one."""
        padding = getattr(self.network.config.get_text_config(), "pad_token_id", None)
        rows = rows_of(self.network) or 1
        return padding if type(padding) is int and 0 <= padding < rows else 0

    def need_head(self) -> None:
        """Refuse a network without a language head."""
        if self.network.get_output_embeddings() is None:
            raise refusal("model.no_head", name=self.name, kind=type(self.network).__name__)
