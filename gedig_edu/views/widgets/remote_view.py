"""A picture that needs scripts from the network: named first, loaded on request, replaceable."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import ipywidgets
import traitlets

from gedig_edu.views.widgets.bundle import bundle, styles
from gedig_edu.views.widgets.told import Told, weakly
from gedig_edu.views.widgets.traits import Steady
from gedig_edu.words import language, section
from gedig_edu.words.numbers import fill

PATIENCE = 20.0
WATCHER = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>
<style>body {{ margin: 8px; background: white; color: black; }}</style><body>
<script>
const tell = (news) => parent.postMessage({{ news, height: document.body.scrollHeight }}, "*");
addEventListener("error", () => tell("failed"), true);
new MutationObserver(() => {{
  if (document.querySelector("#vis svg")) tell("drawn");
}}).observe(document, {{ childList: true, subtree: true }});
</script>"""


class RemoteFrame(Told, Steady):
    """The button, the addresses it will load, and the frame that the page goes into.

    The page is written into an ``<iframe srcdoc>`` without access to the notebook. `state` goes
    from ``"idle"`` over ``"loading"`` to ``"drawn"`` or ``"failed"``, and `reason` says why no page
    could be made. `page` stands only while it loads, so that no notebook is saved with it.
    """

    _esm = bundle("remote_view.js")
    _css = styles("kit/frame.css", "kit/off.css", "remote_view.css")

    state = traitlets.Enum(("idle", "loading", "drawn", "failed"), "idle").tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)
    reason = traitlets.Unicode().tag(sync=True)
    patience = traitlets.Float(PATIENCE, min=0.1).tag(sync=True)
    scripts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __repr__(self) -> str:
        return self.words["sentence"]


class RemoteView(Told, ipywidgets.VBox):
    """A page that loads remote scripts only after a click, and what stands in when they fail.

    Parameters
    ----------
    kind : {"head_view", "model_view"}
        Whose words the widget takes from the message table.
    scripts : sequence of str
        The addresses that the page will load, shown beside the button.
    facts : mapping
        Fills the placeholders of the text alternative.
    build : callable
        Returns the page's HTML; called after each click.
    instead : callable
        Returns the widget to show where the scripts cannot be loaded.
    """

    def __init__(
        self,
        kind: Literal["head_view", "model_view"],
        *,
        scripts: Sequence[str],
        facts: Mapping[str, object],
        build: Callable[[], str],
        instead: Callable[[], ipywidgets.Widget],
    ) -> None:
        self.scripts = list(scripts)
        self._build, self._instead = build, instead
        own = section(f"widgets.bertviz.{kind}")
        words = section("widgets.bertviz") | {name: fill(own[name], facts) for name in own}
        self.frame = RemoteFrame(scripts=self.scripts, words=words)
        self.frame.observe(weakly(self._follow), "state")
        super().__init__([self.frame])

    def __repr__(self) -> str:
        return repr(self.frame)

    def _follow(self, change: Any) -> None:
        if change["new"] == "loading":
            self._load()
        else:
            self.frame.page = ""
        if change["new"] == "failed" and len(self.children) == 1:
            self.children = (self.frame, self._instead())

    def _load(self) -> None:
        self.frame.reason = ""
        try:
            built = self._build()
        except Exception as failure:
            said = f"{type(failure).__name__}: {failure}"
            self.frame.reason = fill(self.frame.words["not_built"], {"failure": said})
            self.frame.state = "failed"
            raise
        title = html.escape(self.frame.words["sentence"])
        self.frame.page = WATCHER.format(title=title, language=language()) + built
