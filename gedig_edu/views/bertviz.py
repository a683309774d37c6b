"""bertviz's two views behind a button: what they load is named first, and loaded on request.

bertviz (Vig, 2019) draws with scripts from the network. Inside an ``<iframe srcdoc>`` these load
in order, so that the first draw works; where they cannot be had, our own explorer takes over.
"""

from __future__ import annotations

import importlib.util
import json
import operator
import re
import warnings
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gedig_edu.errors import GedigError, check_number
from gedig_edu.theory.maps import AttentionMaps, check_maps
from gedig_edu.views.widgets.remote_view import RemoteView

BYTES_PER_CELL = 16  # "0.1234, ", and bertviz writes its data into the page twice
DECIMALS = 4
LIMIT_MB = 20.0
_QUOTED_ADDRESS = re.compile(r"""['"](https://[^'"]+)['"]""")

Kind = Literal["head_view", "model_view"]


def bertviz_head_view(
    maps: AttentionMaps, *, layers: Iterable[int] | None = None, limit_mb: float = LIMIT_MB
) -> RemoteView:
    """Return bertviz's head view of one text, to be loaded by a button.

    Parameters
    ----------
    maps : AttentionMaps
    layers : iterable of int, optional
        Which layers to send to the page; all by default.
    limit_mb : float
        Refuse to put more than this many megabytes into the page.

    Raises
    ------
    GedigError
        If `maps` are no attention maps, or empty; if a layer does not exist, or the page would
        grow beyond the limit.

    Examples
    --------
    >>> from gedig_edu.theory.maps import AttentionMaps
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((3, 5, 2, 2), 0.5, dtype=np.float32),
    ...     causal=False, special=np.array([False, False]), offsets=np.array([[0, 1], [1, 3]]),
    ...     model="example")
    >>> len(bertviz_head_view(maps, layers=[2]).scripts)
    3
    """
    check_maps(maps)
    return _view("head_view", maps, limit_mb, include_layers=_chosen("layers", layers, maps.layers))


def bertviz_model_view(
    maps: AttentionMaps,
    *,
    layers: Iterable[int] | None = None,
    heads: Iterable[int] | None = None,
    limit_mb: float = LIMIT_MB,
) -> RemoteView:
    """Return bertviz's model view, a small picture for each head, to be loaded by a button.

    Parameters
    ----------
    maps : AttentionMaps
    layers, heads : iterable of int, optional
        Which to send to the page; all by default.
    limit_mb : float
        Refuse to put more than this many megabytes into the page.

    Raises
    ------
    GedigError
        If `maps` are no attention maps, or empty; if a layer or head does not exist, or the page
        would grow beyond the limit.

    Examples
    --------
    >>> from gedig_edu.theory.maps import AttentionMaps
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((3, 5, 2, 2), 0.5, dtype=np.float32),
    ...     causal=False, special=np.array([False, False]), offsets=np.array([[0, 1], [1, 3]]),
    ...     model="example")
    >>> bertviz_model_view(maps, heads=[5])
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: heads=[5] does not fit; give numbers from 0 to 4.
    """
    check_maps(maps)
    return _view(
        "model_view",
        maps,
        limit_mb,
        include_layers=_chosen("layers", layers, maps.layers),
        include_heads=_chosen("heads", heads, maps.heads),
    )


def remote_scripts(kind: Kind) -> list[str]:
    """Return the addresses that a view of the installed bertviz will load, read from its files.

    Raises
    ------
    GedigError
        If bertviz is not installed.

    Examples
    --------
    >>> [address.rpartition("/")[2] for address in remote_scripts("head_view")]
    ['require.min.js', 'd3.min.js', 'jquery.min.js']
    """
    found = importlib.util.find_spec("bertviz")
    if found is None or not found.submodule_search_locations:
        raise GedigError("bertviz is not installed; install it with 'pip install bertviz'.")
    home = Path(found.submodule_search_locations[0])
    text = "".join((home / f"{kind}{end}").read_text(encoding="utf-8") for end in (".py", ".js"))
    addresses = dict.fromkeys(_QUOTED_ADDRESS.findall(text))
    return [one if one.endswith(".js") else f"{one}.js" for one in addresses]


def _view(kind: Kind, maps: AttentionMaps, limit_mb: float, **chosen: list[int]) -> RemoteView:
    _check_size(maps, chosen, check_number("limit_mb", limit_mb, above=0))
    return RemoteView(
        kind,
        scripts=remote_scripts(kind),
        facts={"tokens": len(maps), "model": maps.model, "layers": len(chosen["include_layers"])},
        build=partial(_page, kind, maps, chosen),
        instead=partial(_explorer, maps),
    )


def _page(kind: Kind, maps: AttentionMaps, chosen: dict[str, list[int]]) -> str:
    import bertviz
    import torch

    rounded = np.round(maps.weights.astype(np.float64), DECIMALS)
    attention = [torch.from_numpy(layer)[None] for layer in rounded]
    options: dict[str, Any] = {**chosen, "html_action": "return", "prettify_tokens": False}
    if kind == "model_view":
        options["display_mode"] = "light"
    with warnings.catch_warnings():  # bertviz leaves the file of its script open
        warnings.simplefilter("ignore", ResourceWarning)
        page = getattr(bertviz, kind)(attention, list(maps.tokens), **options).data
    return _guarded(page, maps.tokens)


def _guarded(page: str, tokens: Iterable[str]) -> str:
    """Return the page with < written as an escape where bertviz wrote a token into its script.

    A token such as ``</script>`` would end the script otherwise.
    """
    for token in {token for token in tokens if "<" in token}:
        written = json.dumps(token)
        page = page.replace(written, written.replace("<", "\\u003c"))
    return page


def _explorer(maps: AttentionMaps) -> Any:
    from gedig_edu.views.widgets.attention_explorer import AttentionExplorer

    return AttentionExplorer(maps)


def _chosen(name: str, given: Iterable[int] | None, count: int) -> list[int]:
    if given is None:
        return list(range(count))
    try:
        wanted = list(dict.fromkeys(map(operator.index, given)))
    except TypeError:
        wanted = []
    if not wanted or any(one not in range(count) for one in wanted):
        raise GedigError(f"{name}={given!r} does not fit; give numbers from 0 to {count - 1}.")
    return wanted


def _check_size(maps: AttentionMaps, chosen: dict[str, list[int]], limit_mb: float) -> None:
    layers = len(chosen["include_layers"])
    heads = len(chosen.get("include_heads", range(maps.heads)))
    one_head = len(maps) ** 2 * BYTES_PER_CELL / 1e6
    size = layers * heads * one_head
    if size <= limit_mb:
        return
    most_layers = int(limit_mb / (heads * one_head))
    most_heads = int(limit_mb / one_head) if "include_heads" in chosen else 0
    advice = "choose a shorter text"
    if most_layers:
        advice = f"choose {most_layers} of them with layers="
    elif most_heads:
        advice = f"choose one layer with layers= and {most_heads} of its heads with heads="
    raise GedigError(
        f"{layers} layers of {heads} heads over {len(maps)} tokens would put about {size:.2g} MB "
        f"into the page, and {limit_mb:g} MB is the limit; {advice}."
    )
