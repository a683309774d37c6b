"""What claims are measured on: one model, its untrained twin, and the course's own sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from gedig_edu.course.sentences import HEADINGS, PASSAGES, PROSE
from gedig_edu.models import default_name, load
from gedig_edu.words import word

if TYPE_CHECKING:
    import numpy as np

    from gedig_edu.lab.geometry import Vectors
    from gedig_edu.lab.live import LiveReading
    from gedig_edu.models import AttentionModel
    from gedig_edu.shapes import Float
    from gedig_edu.theory.maps import AttentionMaps

SEED = 0
FEW_TEXTS = 30
TWINS = 10


class Context:
    """One run's model and what was read from it, each read once.

    Parameters
    ----------
    model : AttentionModel or str, optional
        A loaded model, or the name of one; the lesson's model where not given.

    Examples
    --------
    >>> Context("gpt2-mini").name
    'gpt2-mini'
    """

    def __init__(self, model: AttentionModel | str | None = None) -> None:
        self._given = default_name() if model is None else model

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._given if isinstance(self._given, str) else self._given.name

    @cached_property
    def model(self) -> AttentionModel:
        """The model, loaded when first asked for."""
        return load(self._given) if isinstance(self._given, str) else self._given

    @property
    def is_loaded(self) -> bool:
        """Whether there is a model: one was given, or the named one could be loaded."""
        return not isinstance(self._given, str) or "model" in self.__dict__

    @cached_property
    def twin(self) -> AttentionModel:
        """A model of the same shape with the weights it would start its training from."""
        return self._untrained(SEED)

    def over_twins(
        self,
        read: Callable[[AttentionMaps, int], Float[np.ndarray, "layers heads"]],
        *,
        texts: Sequence[str] | None = None,
    ) -> Float[np.ndarray, "twins texts layers heads"]:
        """Return what `read` gives for the maps and the seed of each text, prose, on ten twins.

        One twin is held at a time, so that ten of a large model fit the memory.
        """
        import numpy as np

        found = []
        for seed in range(TWINS):
            twin = self.twin if seed == SEED else self._untrained(seed)
            maps = twin.attend_many(PROSE if texts is None else texts)
            found.append([read(one, number) for number, one in enumerate(maps)])
        return np.array(found)

    def _untrained(self, seed: int) -> AttentionModel:
        return replace(
            self.model, name=f"{self.name} untrained", backend=self.model.backend.untrained(seed)
        )

    @cached_property
    def maps(self) -> tuple[AttentionMaps, ...]:
        """Attention maps of the prose sentences."""
        return tuple(self.model.attend_many(PROSE))

    @cached_property
    def heading_maps(self) -> tuple[AttentionMaps, ...]:
        """Attention maps of the headings."""
        return tuple(self.model.attend_many(HEADINGS))

    @cached_property
    def passage_maps(self) -> tuple[AttentionMaps, ...]:
        """Attention maps of the passages, three times as long as a sentence."""
        return tuple(self.model.attend_many(PASSAGES))

    @cached_property
    def prose(self) -> tuple[LiveReading, ...]:
        """F of every head on every prose sentence, with all baselines, as released."""
        return _read_all(self.maps)

    @cached_property
    def written(self) -> tuple[LiveReading, ...]:
        """The same by the formula of the published text."""
        return _read_all(self.maps, "paper")

    @cached_property
    def headings(self) -> tuple[LiveReading, ...]:
        """F of every head on every heading, with all baselines, as released."""
        return _read_all(self.heading_maps)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The prose sentences."""
        return PROSE

    @property
    def passages(self) -> tuple[str, ...]:
        """The passages, three times as long as a sentence."""
        return PASSAGES

    @property
    def few(self) -> tuple[str, ...]:
        """The first few prose sentences, for what takes longer."""
        return PROSE[:FEW_TEXTS]

    @cached_property
    def vectors(self) -> tuple[Vectors, ...]:
        """Queries and keys of every layer, for the first few prose sentences."""
        from gedig_edu.lab.geometry import read_vectors

        return tuple(read_vectors(self.model, text) for text in self.few)

    def per_head(
        self, read: Callable[[LiveReading], Float[np.ndarray, "layers heads"]]
    ) -> Float[np.ndarray, "texts layers heads"]:
        """Return what `read` gives for every prose sentence and head."""
        import numpy as np

        return np.stack([read(reading) for reading in self.prose])

    def described(self, on: str) -> str:
        """Return in words what a claim was measured on."""
        values = {
            "prose": len(PROSE),
            "headings": len(HEADINGS),
            "passages": len(PASSAGES),
            "few": len(self.few),
            "twins": TWINS,
        }
        return word(f"claims.on.{on}", model=self.name, **values)


def _read_all(
    many: Sequence[AttentionMaps], convention: Literal["released", "paper"] = "released"
) -> tuple[LiveReading, ...]:
    """Read maps with all baselines, each text with a seed of its own."""
    from gedig_edu.lab.live import live
    from gedig_edu.theory.gauge import Gauge

    gauge: Gauge = getattr(Gauge, convention)()
    return tuple(live(maps, gauge=gauge, seed=SEED + number) for number, maps in enumerate(many))
