"""The front door: what F is, whose, and a picture of it that moves."""

import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from typer.main import get_command
from typer.testing import CliRunner

from gedig_edu import cli, load
from gedig_edu.course.sources import texts
from gedig_edu.lab.live import SHORT
from gedig_edu.views.widgets.attention_explorer import AttentionExplorer
from gedig_edu.words import word

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE = ROOT / ".github" / "live-f.webp"
TOP = README.split("\n## ")[0]


def test_the_top_says_what_the_gauge_is_and_whose():
    assert word("site.landing.formula") in TOP
    for term in ("density", "entropy", "path_gain"):
        assert f"*{word(f'site.landing.term.{term}')}*" in TOP.lower()
    author = next(text.author for text in texts() if text.id == "gauge")
    assert " ".join(author.split()[:2]) in TOP


def test_every_file_that_it_leads_to_is_there():
    files = [name for name in re.findall(r"\]\(([^)]+)\)", README) if "://" not in name]
    assert len(files) >= 5
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_a_picture_at_the_top_moves_calmly_for_some_seconds_and_weighs_little():
    assert PICTURE.stat().st_size < 900_000
    with Image.open(PICTURE) as picture:
        assert picture.info["loop"] == 0
        lengths = []
        for number in range(picture.n_frames):
            picture.seek(number)
            picture.load()
            lengths.append(picture.info["duration"])
    assert 5_000 < sum(lengths) < 12_000
    assert min(lengths) >= 40
    assert lengths[-1] >= 1_000  # before it begins again


def test_what_the_picture_shows_is_said_in_words():
    (said,) = re.findall(rf"!\[([^\]]+)\]\({PICTURE.relative_to(ROOT).as_posix()}\)", TOP)
    assert {"sentence", "head", "threshold"} <= set(re.findall(r"\w+", said))


def code(language):
    return [block.splitlines() for block in re.findall(rf"```{language}\n(.*?)```", README, re.S)]


def commands():
    """Return every call of ours in the page: the lines of its blocks, and those in backticks."""
    lines = [part for block in code("bash") for line in block for part in line.split(" && ")]
    lines += re.findall(r"`(gedig-edu [^`]+)`", README)
    return [shlex.split(line)[1:] for line in lines if line.startswith("gedig-edu ")]


ONCE = list({tuple(command): command for command in commands()}.values())
ELSEWHERE = {
    "experiment",
    "lab",
    "site",
    "models fetch",
    "progress",
    "train",
}  # run by tests of their own


@pytest.mark.parametrize("words", ONCE, ids=" ".join)
def test_every_command_is_understood(words):
    command, name = get_command(cli.app), "gedig-edu"
    while words and words[0] in getattr(command, "commands", ()):
        name, *words = words
        command = command.commands[name]
    if not words:  # its name alone
        return
    command.make_context(name, list(words))  # refuses what it does not know
    if name != "lab":  # which hands on what it does not know
        with pytest.raises(Exception, match="No such option: --nothing"):
            command.make_context(name, [*words, "--nothing"])


@pytest.mark.parametrize(
    "words",
    [w for w in ONCE if not {w[0], " ".join(w[:2])} & ELSEWHERE and "--run" not in w],
    ids=" ".join,
)
def test_every_command_that_only_reads_runs(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts.txt").write_text("The cat sat on the mat.\nSo did the dog.\n")
    said = CliRunner().invoke(cli.app, words)
    assert (said.exit_code, said.exception) == (0, None), said.output
    for option, path in pairwise(words):
        if option == "--out":
            assert (tmp_path / path).stat().st_size > 1_000


def test_the_python_runs_line_by_line():
    (lines,) = code("python")
    names = {}
    for line in lines:
        exec(line, names)
    assert names["maps"].weights.shape[0] == 6
    assert isinstance(eval(lines[-1], names), AttentionExplorer)


def test_its_example_is_long_enough_to_read_f():
    (live,) = [words for words in ONCE if words[0] == "live" and "--file" not in words]
    (lines,) = code("python")
    assert len(load("gpt2-mini").attend(live[1])) >= SHORT
    assert f'text = "{live[1]}"' in lines


def test_what_pip_is_told_to_install_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pips = [line for block in code("bash") for line in block if line.startswith("pip install")]
    assert len(pips) >= 2
    for line in pips:
        assert (ROOT / re.findall(r"-c (\S+)", line)[0]).is_file()
        assert set(re.findall(r"\[(\w+)\]", line)) <= set(project["optional-dependencies"])
