"""Widgets on a page without a kernel: most live, the others show their last picture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from nbformat import NotebookNode

from gedig_edu.course.site.engine import SCRIPT
from gedig_edu.models.registry import BUNDLED

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
SHARED = "modules"

Model = Mapping[str, Any]


@dataclass
class PageWidgets:
    """The widgets of one page: what the notebook left, and what of it the page needs.

    Attributes
    ----------
    models : mapping of str to mapping
        What nbclient left in the notebook's metadata, by model id.
    used : dict of str to dict
        For each model that the page draws: its module, its state, its buffers.
    files : dict of str to bytes
        Modules and styles, by their path in the site; the name is a sum of the content.
    """

    models: Mapping[str, Model]
    used: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, notebook: NotebookNode) -> PageWidgets:
        """Return the widgets of an executed notebook."""
        return cls(notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {}))

    @property
    def scripts(self) -> list[str]:
        """Paths of the modules that the page loads."""
        modules = sorted(path for path in self.files if path.endswith(".js"))
        return modules + [SCRIPT] * any(map(self.has_engine, self.used))

    @property
    def styles(self) -> list[str]:
        """Paths of the style sheets that the page loads."""
        return sorted(path for path in self.files if path.endswith(".css"))

    def state(self, model_id: str) -> Mapping[str, Any]:
        """Return the traits of a model."""
        return self.models[model_id]["state"]

    def kind(self, model_id: str) -> str:
        """Return the model's name, such as "IntSliderModel"; "AnyModel" for an anywidget."""
        return self.models[model_id]["model_name"]

    def lives(self, model_id: str) -> bool:
        """Whether the widget can be used here: it needs no kernel, or says it stands alone."""
        needs_kernel = getattr(self._class(model_id), "needs_kernel", True)
        return not needs_kernel or self.state(model_id).get("standalone", False)

    def has_engine(self, model_id: str) -> bool:
        """Whether the page can answer the widget by itself: it shows the course's own model."""
        can = getattr(self._class(model_id), "has_engine", False)
        return can and self.state(model_id).get("model") == BUNDLED

    def is_form(self, model_id: str) -> bool:
        """Whether the widget is a card with a button, which does nothing without a kernel."""
        from gedig_edu.views.widgets.card_form import CardForm
        from gedig_edu.views.widgets.exercise import ExerciseForm

        return self._class(model_id) in (CardForm, ExerciseForm)

    def _class(self, model_id: str) -> type | None:
        """Return the class of one of our own widgets, None of any other."""
        module, _, name = self.state(model_id).get("_anywidget_id", "").rpartition(".")
        return getattr(import_module(module), name) if module.startswith("gedig_edu.") else None

    def use(self, model_id: str) -> None:
        """Have the page carry what it takes to draw an anywidget."""
        state = self.state(model_id)
        source, style = state["_esm"], state.get("_css", "")
        if style:
            self.files[f"{SHARED}/{digest(style.encode())}.css"] = style.encode()
        name = digest(source.encode())
        script = f"(window.gedigModules ??= {{}})[{name!r}] = {json.dumps(source)};\n"
        self.files[f"{SHARED}/{name}.js"] = script.encode()
        self.used[model_id] = {
            "module": name,
            "engine": self.has_engine(model_id),
            "state": {key: value for key, value in state.items() if is_content(key, value)},
            "buffers": [
                {"path": buffer["path"], "data": buffer["data"]}
                for buffer in self.models[model_id].get("buffers", [])
            ],
        }

    def data(self) -> str:
        """Return what the page's host reads, as JSON that may stand inside a script element."""
        text = json.dumps(self.used, ensure_ascii=False, separators=(",", ":"))
        return text.replace("<", "\\u003c")


def digest(content: bytes) -> str:
    """Return a short name for some content.

    Examples
    --------
    >>> digest(b"a") == digest(b"a"), digest(b"a") == digest(b"b"), len(digest(b""))
    (True, False, 16)
    """
    return hashlib.sha256(content).hexdigest()[:16]


def is_content(name: str, value: object) -> bool:
    """Whether a trait is the widget's own: neither plumbing nor a link to another model.

    Examples
    --------
    >>> is_content("theta", 0.5), is_content("_esm", ""), is_content("layout", "IPY_MODEL_1f")
    (True, False, False)
    """
    linked = isinstance(value, str) and value.startswith("IPY_MODEL_")
    return not name.startswith("_") and not linked
