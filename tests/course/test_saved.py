"""What is saved of the widgets: those an output shows, with all that they name."""

import json
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.services.contents.manager import ContentsManager
from traitlets.config import Config

from gedig_edu.course import saved, workspace
from gedig_edu.course.site.widgets import STATE, VIEW


def notebook(*shown, **states):
    outputs = [{"output_type": "display_data", "data": {VIEW: {"model_id": one}}} for one in shown]
    return {
        "cells": [
            {"cell_type": "markdown", "source": "words"},
            {"cell_type": "code", "outputs": outputs},
            {"cell_type": "code", "outputs": [{"output_type": "stream", "text": "said"}]},
        ],
        "metadata": {"widgets": {STATE: {"version_major": 2, "state": states}}},
    }


def kept(content):
    saved.prune(model={"type": "notebook", "content": content}, path="a.ipynb")
    return set(content["metadata"]["widgets"][STATE]["state"])


def test_a_widget_of_an_earlier_run_is_not_saved_again():
    assert kept(notebook("new", new={"state": {}}, old={"state": {}})) == {"new"}


def test_what_a_shown_widget_is_made_of_stays():
    states = {
        "box": {"state": {"children": ["IPY_MODEL_inner"], "layout": "IPY_MODEL_room"}},
        "inner": {"state": {"outputs": [{"data": {VIEW: {"model_id": "printed"}}}]}},
        "room": {"state": {}},
        "printed": {"state": {"parent": "IPY_MODEL_box"}},
        "other": {"state": {}},
    }
    assert kept(notebook("box", "gone", **states)) == {"box", "inner", "room", "printed"}


@pytest.mark.parametrize(
    "model",
    [
        {"type": "file", "content": "text"},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"cells": [], "metadata": {}}},
        {"type": "notebook", "content": {"cells": [], "metadata": {"widgets": {}}}},
        {"type": "directory"},
    ],
)
def test_what_holds_no_widgets_stays_as_it_is(model):
    before = deepcopy(model)
    saved.prune(model=model, path="a")
    assert model == before


def test_the_server_of_the_course_loads_it():
    folder = Path(workspace.jupyter_environment()["JUPYTER_CONFIG_PATH"].split(":")[-1])
    config = json.loads((folder / "jupyter_server_config.d" / "gedig_edu.json").read_text())
    (extension,) = config["ServerApp"]["jpserver_extensions"]
    assert extension == saved.__name__
    assert saved._jupyter_server_extension_points() == [{"module": extension}]


@pytest.mark.filterwarnings("ignore:Overriding existing pre_save_hook")  # by itself, at its start
def test_a_manager_that_another_extension_makes_anew_prunes_too():
    server = SimpleNamespace(config=Config(), contents_manager=ContentsManager())
    saved._load_jupyter_server_extension(server)
    for manager in (server.contents_manager, ContentsManager(config=server.config)):
        model = {"type": "notebook", "content": notebook(old={"state": {}})}
        manager.run_pre_save_hooks(model=model, path="a.ipynb")
        assert model["content"]["metadata"]["widgets"][STATE]["state"] == {}
