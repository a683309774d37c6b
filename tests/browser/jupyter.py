"""JupyterLab or Notebook 7 as a learner opens it: a server, a notebook, and what went wrong."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import nbformat

from gedig_edu.course import workspace
from tests.chosen import lessons_to_run

LESSONS = [path.name for path in lessons_to_run()[0]]
TOKEN = "learner"
START = 180  # seconds that a slow or loaded machine may need
APPS = {"lab": ("LabApp", "lab/tree"), "notebook": ("JupyterNotebookApp", "notebooks")}
# JupyterLab asks a new kernel for its widgets before any is imported, and the kernel says so.
TOO_EARLY = re.compile(r"No such comm( target registered: jupyter\.widget\.control|: \w+)")
ALL_IN_THE_PAGE = {"windowingMode": "none"}

READY = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  const { kernel } = panel.sessionContext.session;
  await kernel.info;
  window.complaints = [];
  kernel.anyMessage.connect((_, { msg, direction }) => {
    const bad = msg.header.msg_type === "error" || msg.content.name === "stderr";
    if (direction === "recv" && bad) window.complaints.push(JSON.stringify(msg.content));
  });
  if (app.shell.collapseLeft && !app.shell.leftCollapsed) app.shell.collapseLeft();
}"""
PLACES = """(line) => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, at) =>
  cell.model.sharedModel.getSource() === line ? [at] : [])"""
RUN = """async ([at, source]) => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const { sharedModel, outputs } = content.widgets[at].model;
  const before = sharedModel.getSource();
  content.activeCellIndex = at;
  content.deselectAll();
  sharedModel.setSource(source);
  await window.jupyterapp.commands.execute("notebook:run-cell");
  sharedModel.setSource(before);
  return outputs.toJSON().map(({ output_type: kind }) => kind);
}"""
UNDRAWN = """() => [...document.querySelectorAll(".jp-OutputArea-output")]
  .map((node) => node.textContent).filter((text) => text.startsWith("Loading widget"))"""
IDLE = """() => {
  const { session, pendingInput } = window.jupyterapp.shell.currentWidget.sessionContext;
  return session.kernel.status === "idle" && !pendingInput;
}"""


class Server:
    """One Jupyter server over a folder of notebooks, with its log."""

    def __init__(self, app: str, folder: Path, log: Path, *arguments: str):
        self.app, self.folder, self.log = app, folder, log
        self.read = 0
        _write_settings()
        commands = {
            "lab": ["gedig_edu", "lab", f"--folder={folder}"],
            "notebook": ["notebook", f"--ServerApp.root_dir={folder}"],
        }
        options = [
            "--no-browser", "--allow-root", f"--{APPS[app][0]}.expose_app_in_browser=True",
            f"--IdentityProvider.token={TOKEN}", "--ServerApp.port=0", *arguments,
        ]  # fmt: skip
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *commands[app], *options],
                env=_environment(log.with_suffix(".home")),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        runtime = Path(os.environ["JUPYTER_RUNTIME_DIR"])
        self.address = self._wait(runtime / f"jpserver-{self.process.pid}.json")

    def _wait(self, record: Path) -> str:
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and self.process.poll() is None:
            try:  # the record is there before it is whole, and whole before the server listens
                address = json.loads(record.read_text())["url"]
                with urlopen(f"{address}api?token={TOKEN}", timeout=START):
                    return address
            except (FileNotFoundError, json.JSONDecodeError, URLError):
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def page_of(self, notebook: str) -> str:
        return f"{self.address}{APPS[self.app][1]}/{notebook}?token={TOKEN}&reset"

    def complaints(self) -> list[str]:
        """What the server and its kernels logged that a learner would call an error."""
        text = self.log.read_text()[self.read :]
        return re.findall(r"^.*(?:Traceback|Exception|\[E )(?:.*\n?){1,12}", text, re.MULTILINE)

    def forget(self) -> None:
        """Leave out of account what has been logged so far."""
        self.read = len(self.log.read_text())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(START)


def serve(app: str, tmp_path_factory):
    """Serve a copy of the lessons in a folder of its own, as long as a fixture lasts."""
    folder = tmp_path_factory.mktemp(app)
    workspace.copy_lessons(folder)
    server = Server(app, folder, tmp_path_factory.mktemp("log") / f"{app}.log")
    yield server
    server.stop()


class Notebook:
    """One notebook open in a page; `problems` gathers whatever must not happen."""

    def __init__(self, page, server: Server, name: str):
        self.page, self.server = page, server
        self.problems: list[str] = []
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._note_request)
        page.on("requestfailed", self._note_failure)
        page.goto(server.page_of(name), timeout=1000 * START)
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context")
        page.evaluate(READY)

    def run(self) -> None:
        """Run every cell, and wait until the last widget stands."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.settle()

    def unfold(self) -> None:
        """Unfold every optional section."""
        self.page.evaluate(
            "() => window.jupyterapp.commands.execute('notebook:expand-all-headings')"
        )
        self.settle()

    def cell_of(self, line: str) -> int:
        """Return the place of the one cell whose source is a line."""
        (place,) = self.page.evaluate(PLACES, line)
        return place

    def run_instead(self, at: int, source: str) -> list[str]:
        """Run one cell with another source, and return the kinds of its outputs."""
        return self.page.evaluate(RUN, [at, source])

    def save(self) -> None:
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def wait_for_widgets(self) -> None:
        """Wait until no output waits for its widget any more."""
        drawn = f"() => ({UNDRAWN})().length === 0"
        self.page.wait_for_function(drawn, timeout=1000 * START)
        self.settle()

    def settle(self, *, milliseconds: int = 200) -> None:
        """Give a change this long to reach the kernel, then wait until that is idle."""
        self.page.evaluate(
            "(pause) => new Promise((done) =>"
            " setTimeout(() => requestAnimationFrame(done), pause))",
            milliseconds,
        )
        self.page.wait_for_function(IDLE, timeout=1000 * START)

    def close(self) -> None:
        """End the kernel, which would outlive the page."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    def complaints(self) -> list[str]:
        """Everything that went wrong so far: in the page, in a cell or callback, in the log."""
        return self.faults() + self.server.complaints()

    def faults(self) -> list[str]:
        """What went wrong in the page, in a cell or in a callback."""
        said = self.page.evaluate("() => window.complaints")
        return self.problems + [one for one in said if not TOO_EARLY.search(one)]

    def _note_console(self, line) -> None:
        if line.type == "error":
            self.problems.append(line.text)

    def _note_request(self, request) -> None:
        at = urlsplit(request.url)
        home = urlsplit(self.server.address).netloc
        if at.scheme in {"http", "https", "ws", "wss"} and at.netloc != home:
            self.problems.append(f"request to {request.url}")

    def _note_failure(self, request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left ends its own requests
            self.problems.append(f"{request.url}: {request.failure}")


def _environment(home: Path) -> dict[str, str]:
    """Return a learner's environment: figures are drawn where they are, not as tests draw them."""
    kept = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return {**kept, "GEDIG_HOME": str(home)}


def _write_settings() -> None:
    """Have every cell of a notebook in the page at once, so that each widget can be reached."""
    folder = Path(os.environ["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / "notebook-extension"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tracker.jupyterlab-settings").write_text(json.dumps(ALL_IN_THE_PAGE))


def write(path, source):
    """Write a notebook of one code cell."""
    cells = [nbformat.v4.new_code_cell(source)]
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
