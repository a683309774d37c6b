"""What lets a page read sentences by itself: the engine's script, and the model as another."""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache
from pathlib import Path

from gedig_edu.models.cache import bundled_folder
from gedig_edu.models.registry import BUNDLED
from gedig_edu.views.widgets.bundle import bundle
from gedig_edu.words import language, refusal, section, word

SCRIPT, MODEL = "engine.js", "model.js"


def engine_files() -> dict[str, bytes]:
    """Return the two scripts by their path in the site.

    ``engine.js`` holds the worker and what speaks with it as text, which a page makes a blob of, so
    that it runs from a file as from a server. ``model.js`` holds the bundled model, its files
    compressed (gzip) and written in letters (base64), since a page opened from a file may load
    scripts and nothing else.

    Raises
    ------
    GedigError
        If this installation lacks the bundled model.

    Examples
    --------
    >>> sorted(engine_files())
    ['engine.js', 'model.js']
    """
    return _made_in(language())


@cache
def _made_in(_language: str) -> dict[str, bytes]:
    model = _model()
    words = section("site.engine") | {
        "opening": word("site.engine.opening", megabytes=len(model) / 1e6),
        "token": section("views.token"),
    }
    engine = {"worker": bundle("../engine/worker.js"), "words": words}
    kernel = json.dumps(bundle("../engine/kernel.js"))
    script = (
        f"(window.gedigModules ??= {{}}).kernel = {kernel};\n"
        f"window.gedigEngine = {json.dumps(engine)};\n"
    )
    return {SCRIPT: script.encode(), MODEL: model}


def _model() -> bytes:
    """Return the bundled model as a script."""
    folder = bundled_folder(BUNDLED)
    if folder is None:
        raise refusal("model.lacking", name=BUNDLED)
    parts = {
        "name": BUNDLED,
        "config": json.loads((folder / "config.json").read_text(encoding="utf-8")),
        "tokenizer": _packed(folder / "tokenizer.json"),
        "weights": _packed(folder / "model.safetensors"),
    }
    return f"window.gedigModel = {json.dumps(parts)};\n".encode()


def _packed(path: Path) -> str:
    return base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode()
