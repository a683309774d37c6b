"""Widgets and memory: what a cell shows is freed when the cell shows it anew, and no sooner."""

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from jupyter_client.manager import start_new_kernel

from gedig_edu.lab.live import live
from gedig_edu.theory.heads import head_scores
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views import AttentionExplorer
from gedig_edu.views.widgets.live_f import LiveF

TIMES = 20
ROOM = 20e6  # bytes
SETUP = """
from tests.views.widgets.test_freed import explored, open_explorers, resident
"""


def heavy_maps() -> AttentionMaps:
    """Return maps of 38 MB."""
    return AttentionMaps(
        tokens=("a",) * 256, weights=np.full((12, 12, 256, 256), 1 / 256, np.float32),
        causal=False, special=np.zeros(256, bool), offsets=np.zeros((256, 2), int), model="even",
    )  # fmt: skip


def explored() -> AttentionExplorer:
    return AttentionExplorer(heavy_maps())


def lived() -> LiveF:
    return LiveF(lambda _text, _model: heavy_maps(), live, models=["even"], text="a")


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    with open("/proc/self/statm", encoding="ascii") as counts:
        return int(counts.read().split()[1]) * 4096


def open_explorers() -> int:
    return sum(isinstance(one, AttentionExplorer) for one in list(_instances.values()))


@pytest.mark.parametrize("make", [explored, lived])
def test_shown_twenty_times_in_a_plain_process_the_memory_stays_flat(make):
    before = 0
    for time in range(TIMES):
        make()._repr_mimebundle_()
        if time == 1:
            before = resident()
    assert resident() - before < ROOM


@pytest.fixture(scope="module")
def notebook():
    """Run a cell by its id, as JupyterLab does, and return what it prints."""
    manager, client = start_new_kernel()

    def run(source, *, cell):
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False,
                   "user_expressions": {}, "stop_on_error": True}  # fmt: skip
        message = client.session.msg("execute_request", content, metadata={"cellId": cell})
        client.shell_channel.send(message)
        printed = []
        while True:
            heard = client.get_iopub_msg(timeout=60)
            if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            assert heard["msg_type"] != "error", heard["content"]
            if heard["msg_type"] == "stream":
                printed.append(heard["content"]["text"])
            if heard["content"].get("execution_state") == "idle":
                return "".join(printed).strip()

    run(SETUP, cell="setup")
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_cell_that_shows_it_again_frees_the_one_before(notebook):
    held = []
    for _ in range(TIMES):
        notebook("explored()", cell="shows")
        held.append(int(notebook("print(resident())", cell="measures")))
    assert held[-1] - held[1] < ROOM
    assert notebook("print(open_explorers())", cell="measures") == "1"


def test_what_another_cell_shows_or_a_variable_has_lives_on(notebook):
    others = int(notebook("print(open_explorers())", cell="measures"))  # of the tests before

    def added():
        return int(notebook("print(open_explorers())", cell="measures")) - others

    notebook("kept = explored()", cell="makes")
    for cell in ("one", "two", "one"):
        notebook("kept", cell=cell)
    notebook("kept = explored(); kept", cell="one")
    assert added() == 2
    notebook("kept", cell="two")
    assert added() == 1
    notebook("again = explored(); again", cell="one")
    notebook("again", cell="two")
    assert added() == 2
    assert notebook("kept.set_state({'lam': 0.25}); print(kept.lam)", cell="measures") == "0.25"


def test_a_widget_is_known_by_its_id_and_hears_its_page_until_it_goes():
    widget = explored()
    name = widget.model_id
    assert _instances[name].about == widget.about
    widget.comm.handle_msg({"content": {"data": {"method": "update", "state": {"lam": 0.25}}}})
    assert widget.lam == 0.25
    del widget
    assert name not in _instances


def test_reading_where_heads_look_makes_no_copy_of_all_weights():
    import tracemalloc

    maps = heavy_maps()
    tracemalloc.start()
    head_scores(maps)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < maps.weights.nbytes / 10
