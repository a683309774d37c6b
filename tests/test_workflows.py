"""The workflows of GitHub, read without running them."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from gedig_edu import cli
from gedig_edu.lab.experiments.catalogue import EXPERIMENTS
from gedig_edu.models.registry import names

WORKFLOWS = sorted((Path(__file__).parents[1] / ".github" / "workflows").glob("*.yml"))


def steps(path: Path) -> list[dict]:
    """Return every step of a workflow's jobs."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_action_names_its_version(path):
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    assert [name for name in used if not name.partition("@")[2].startswith("v")] == []


def test_the_folder_that_is_published_is_the_one_the_site_is_written_to():
    (pages,) = [path for path in WORKFLOWS if path.name == "pages.yml"]
    (uploaded,) = [step for step in steps(pages) if "upload" in step.get("uses", "")]
    commands = [step["run"] for step in steps(pages) if "run" in step]
    assert commands[-1].split()[-2:] == ["--out", uploaded["with"]["path"]]


def test_what_is_measured_weekly_is_what_the_command_line_and_the_catalogue_know():
    (weekly,) = [path for path in WORKFLOWS if path.name == "weekly.yml"]
    jobs = yaml.safe_load(weekly.read_text(encoding="utf-8"))["jobs"]
    matrix = jobs["published"]["strategy"]["matrix"]["include"]
    assert {one["model"] for one in matrix} == {"gpt2", "bert"} <= set(names())
    for one in matrix:
        assert set(one["experiments"].split()) <= set(EXPERIMENTS)
        assert ("quality" in one["experiments"]) == (one["model"] == "gpt2")  # BERT has no loss
    text = "\n".join(step.get("run", "") for step in steps(weekly))
    ((line,),) = [re.findall(r"gedig-edu experiment (.*)", text)]
    line = line.replace("${{ matrix.model }}", "gpt2").replace("$only", "prose")
    command = get_command(cli.app).commands["experiment"]
    asked = command.make_context("experiment", shlex.split(line)).params
    assert (asked["texts"], asked["limit"], asked["only"].value) == ("wikitext", 200, "prose")
