"""One way cut: what some heads wrote is kept from the keys, or the queries, of the heads above.

To silence a head is to take away all that it wrote, whoever was to read it. Path patching (Wang et
al. 2022, Goldowsky-Dill et al. 2023) cuts the way to one reader and leaves every other way open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_whole
from gedig_edu.lab.places import Places, places_of
from gedig_edu.models.ablation import as_ablation
from gedig_edu.models.numpy_backend import QKV, NumpyBackend
from gedig_edu.models.numpy_opening import as_gpt2
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from torch import Tensor, nn

    from gedig_edu.models import AttentionModel, Stream
    from gedig_edu.models.tokens import Encoded

Input = Literal["keys", "queries"]
INPUTS = ("queries", "keys")  # in the order in which a fused projection holds them


def attend_without_path(
    model: AttentionModel,
    text: str,
    heads: Collection[tuple[int, int]],
    *,
    through: Input,
) -> Float[np.ndarray, "layers heads L L"]:
    """Return the attention weights where what some heads wrote does not reach the keys, or queries.

    Each layer reads the stream as it is in the whole pass, and its keys (or queries) read it
    without what `heads` of earlier layers wrote there; in the place of that stands its mean over
    the text's tokens, so that a part which is the same for every token stays. Values, the other of
    the two, and every way through other heads and layers are as they were.

    Parameters
    ----------
    model : AttentionModel
        One with a norm at the entrance of attention: the GPT-2 and Llama families.
    text : str
    heads : collection of (layer, head)
    through : "keys" or "queries"
        Which input the writing is kept from.

    Returns
    -------
    array [layers, heads, L, L]
        Layers up to the first of `heads` are as in the whole pass.

    Raises
    ------
    GedigError
        If the text cannot be read, there is no such head, or the architecture normalises sums
        instead of inputs, so that a part cannot be taken out of one.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> model = load("gpt2-mini")
    >>> whole = model.attend("The mill stood still.").weights
    >>> without = attend_without_path(model, "The mill stood still.", [(3, 0)], through="keys")
    >>> [bool(np.allclose(whole[layer], without[layer], atol=1e-5)) for layer in (3, 4)]
    [True, False]
    """
    check_choice("through", through, INPUTS)
    wanted = as_ablation(
        dict.fromkeys(heads, "mean"), layers=model.layers, heads=model.heads, name=model.name
    )
    stream, gpt2 = model.stream(text), as_gpt2(model)
    states, missing = stream.states[:-1], _written(stream, wanted)
    if gpt2 is not None:
        return _fed_in_numpy(gpt2, model.encode(text), states, missing, through)
    with _fed(model, _places_with_norm(model), states, missing, through):
        return model.attend(text).weights


def repeated_words(
    model: AttentionModel, texts: Iterable[str], *, count: int = 24, seed: int = 0
) -> str:
    """Return random words said twice in the same order, each one token of the model.

    Neither grammar nor meaning says what comes next; only what was said before does.

    Parameters
    ----------
    model : AttentionModel
    texts : iterable of str
        Where the words are taken from.
    count : int
        Words in one round; the period of the text in tokens.
    seed : int
        Of the draw, without repetition.

    Raises
    ------
    GedigError
        If the texts have fewer than `count` words that are one token.
    """
    count, seed = check_whole("count", count, at_least=2), check_whole("seed", seed, at_least=0)
    words = sorted({word for text in texts for word in re.findall(r"[a-z]{3,}", text)})
    single = [word for word in words if len(model.encode(" " + word)) == 1]
    if len(single) < count:
        raise GedigError(
            f"The texts hold {len(single)} words that are one token of {model.name!r} and "
            f"{count} are asked for; give more texts."
        )
    rng = np.random.default_rng(seed)
    once = rng.choice(single, count, replace=False)
    return "".join(f" {word}" for word in (*once, *once))


def _written(stream: Stream, heads: dict[int, dict[int, Any]]) -> Float[np.ndarray, "layers L D"]:
    """Return what the heads of earlier layers wrote, less its mean over tokens, for each layer."""
    own = np.zeros_like(stream.states[:-1])
    for layer, chosen in heads.items():
        wrote = stream.heads[layer, list(chosen)].sum(axis=0)
        own[layer] = wrote - wrote.mean(axis=0)
    return np.cumsum(own, axis=0) - own


def _fed_in_numpy(
    gpt2: NumpyBackend,
    encoded: Encoded,
    states: Float[np.ndarray, "layers L D"],
    missing: Float[np.ndarray, "layers L D"],
    through: Input,
) -> Float[np.ndarray, "layers heads L L"]:
    """Return the weights where each layer is given its state, and keys or queries less of it."""
    which = INPUTS.index(through)

    def lacking(place: str, layer: int, given: Any) -> Any:
        enters = place == "stream" and layer < len(states)
        return states[layer] - missing[layer] if enters else given

    def fed(place: str, layer: int, given: Any) -> Any:
        if place == QKV:
            return [others[layer][at] if at == which else part for at, part in enumerate(given)]
        return states[layer] if place == "stream" and layer < len(states) else given

    (others,) = gpt2.seen(encoded, QKV, at=lacking)
    (weights,) = gpt2.seen(encoded, "weights", at=fed)
    return np.stack(weights)


def _places_with_norm(model: AttentionModel) -> Places:
    places = places_of(model.network, name=model.name)
    if places.norm is None:
        raise GedigError(
            f"{model.name!r} normalises the sums in its stream, so what one head wrote cannot be "
            "taken out of a later input; load one of gpt2-mini, gpt2, distilgpt2, smollm2."
        )
    return places


@contextmanager
def _fed(
    model: AttentionModel,
    places: Places,
    states: Float[np.ndarray, "layers L D"],
    missing: Float[np.ndarray, "layers L D"],
    through: Input,
) -> Iterator[None]:
    """Give each layer the state of the whole pass, and its keys or queries what lacks `missing`."""
    import torch

    from gedig_edu.models.layers import blocks_of

    with ExitStack() as hooks:
        for layer, block in enumerate(blocks_of(model.network, name=model.name)):
            state, part = (
                torch.from_numpy(x[layer])[None].to(model.network.device, model.network.dtype)
                for x in (states, missing)
            )
            norm = block.get_submodule(str(places.norm))
            project = block.get_submodule(places.key if through == "keys" else places.query)
            at = INPUTS.index(through) if places.fused else None
            kept = block.register_forward_pre_hook(_entering(state), with_kwargs=True)
            cut = project.register_forward_hook(_projecting(norm, state - part, at))
            hooks.callback(kept.remove)
            hooks.callback(cut.remove)
        yield


def _entering(state: Float[Tensor, "1 L D"]) -> Any:
    def enter(_: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if inputs:
            return (state, *inputs[1:]), named
        return inputs, named | {"hidden_states": state}

    return enter


def _projecting(norm: nn.Module, state: Float[Tensor, "1 L D"], at: int | None) -> Any:
    """Return a hook that projects another state; where three come as one, the third `at`."""

    def project(module: nn.Module, _: tuple[Any, ...], output: Tensor) -> Tensor:
        other = module.forward(norm(state))
        if at is None:
            return other
        width = output.shape[-1] // 3
        own = slice(at * width, (at + 1) * width)
        output = output.clone()
        output[..., own] = other[..., own]
        return output

    return project
