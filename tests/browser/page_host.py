"""A page that stands in for the notebook: one anywidget, its traits, and its Python half."""

import base64
import shutil

from anywidget import AnyWidget

from tests.helpers import require

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-features=IsolateSandboxedIframes",  # so that what such a frame loads is seen
]  # fmt: skip

HOST = """
async ([source, style, state]) => {
  const decode = (value) => {
    if (value && typeof value === "object" && "base64" in value) {
      const letters = atob(value.base64);
      const bytes = new Uint8Array(letters.length);
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
      return new DataView(bytes.buffer);
    }
    if (Array.isArray(value)) return value.map(decode);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, decode(part)]));
    }
    return value;
  };
  const values = decode(state);
  const heard = {};
  const tell = (name) => (heard[`change:${name}`] ?? []).forEach((listener) => listener());
  let changed = {};
  const model = {
    get: (name) => values[name],
    set: (name, value) => {  // as Backbone does, which tells and sends nothing of an equal value
      if (JSON.stringify(values[name]) === JSON.stringify(value)) return;
      values[name] = value;
      changed[name] = value;
      tell(name);
    },
    on: (name, listener) => { (heard[name] ??= []).push(listener); },
    off: (name, listener) => {
      heard[name] = (heard[name] ?? []).filter((one) => one !== listener);
    },
    save_changes: async () => {
      const sent = changed;
      changed = {};
      model.receive(await window.kernel(sent));
    },
    receive: (answer) => {
      for (const [name, value] of Object.entries(answer)) {
        values[name] = decode(value);
        tell(name);
      }
    },
  };
  document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const module = await import(url);
  const el = document.body.appendChild(document.createElement("div"));
  window.shown = { model, module, close: module.default.render({ model, el }) };
}
"""


def require_chromium() -> None:
    require(shutil.which(CHROMIUM) is not None, CHROMIUM)


def encode(value):
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: encode(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [encode(part) for part in value]
    return value


class Host:
    """Shows a widget in a browser page and carries trait changes both ways."""

    def __init__(self, page, widget, *, kernel: bool = True):
        self.page, self.widget = page, widget
        shared = set(AnyWidget.class_traits())
        self.names = sorted(
            name
            for name in widget.traits(sync=True)
            if name not in shared and not name.startswith("_")
        )
        self.problems: list[str] = []
        page.on("console", lambda line: line.type == "error" and self.problems.append(line.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._note_request)
        page.expose_function("kernel", self._receive if kernel else (lambda _changes: {}))

    def show(self):
        state = encode(self._state(self.names))
        self.page.evaluate(HOST, [self.widget._esm, self.widget._css, state])
        self.settle()
        return self

    def settle(self):
        """Wait until two frames have been drawn after the last change."""
        self.page.evaluate(
            "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() =>"
            " requestAnimationFrame(done)), 30))"
        )

    def fade(self):
        """Wait until whatever is being dimmed is dim."""
        self.settle()
        self.page.evaluate(
            "() => Promise.allSettled(document.getAnimations()"
            ".filter((one) => one.transitionProperty === 'opacity').map((one) => one.finished))"
        )

    def push(self, **changes):
        """Change traits in Python and send the page whatever follows from it."""
        known = self._state(self.names)
        with self.widget.hold_trait_notifications():
            for name, value in changes.items():
                setattr(self.widget, name, value)
        self.page.evaluate("(answer) => window.shown.model.receive(answer)", self._news(known))
        self.settle()

    def _receive(self, changes):
        changes = {name: value for name, value in changes.items() if name in self.names}
        known = self._state(self.names) | changes
        self.widget.set_state(changes)
        return self._news(known)

    def _news(self, known):
        """Return what of the state differs from what the page knows."""
        now = self._state(self.names)
        return encode({name: now[name] for name in self.names if now[name] != known[name]})

    def _state(self, names):
        return {name: getattr(self.widget, name) for name in names}

    def _note_request(self, request):
        if not request.url.startswith(("data:", "blob:", "about:")):
            self.problems.append(f"request to {request.url}")
