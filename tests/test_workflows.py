"""The workflows of GitHub, read without running them."""

from pathlib import Path

import pytest
import yaml

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
