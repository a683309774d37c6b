"""The rule by which lessons are chosen for the costly runs: never none, and the changed ones."""

import os
import subprocess

import pytest

from tests.chosen import ALWAYS, chosen, lessons_to_run

NUMBERS = [f"{number:02}" for number in range(13)]
IDENTITY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull} | {
    f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}
LESSON_02 = ["lessons/02_rotary.py", "lessons/ja/02_回転.ipynb", "lessons/pt-BR/02_r.py",
             "gedig_edu/words/en/lesson_02.toml",
             "gedig_edu/course/lessons/l02/claims.py"]  # fmt: skip


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Give a repository of one commit, on a branch named main."""
    for name in ("GEDIG_ALL_LESSONS", "GEDIG_BASE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    write(tmp_path, "README.md")
    return tmp_path


def git(root, *words):
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


def write(root, *names, commit=True):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{os.urandom(4).hex()}\n", encoding="utf-8")
    if commit:
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message=a step")


def numbers(root):
    return chosen(NUMBERS, root=root)[0]


@pytest.mark.parametrize("name", LESSON_02)
@pytest.mark.parametrize("commit", [True, False])
def test_a_lesson_is_run_when_a_file_of_it_changed(root, name, commit):
    write(root, "a/other.py")
    write(root, name, commit=commit)
    assert numbers(root) == ["02", ALWAYS]


@pytest.mark.parametrize("name", ["gedig_edu/theory/l2.py", "tests/test_02.py", "lessons/99_x.py"])
def test_what_belongs_to_no_lesson_leaves_the_fixed_one(root, name):
    write(root, name)
    assert numbers(root) == [ALWAYS]


def test_on_main_what_counts_is_the_last_commit(root):
    write(root, "lessons/01_a.py")
    write(root, "lessons/03_a.py")
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert numbers(root) == ["03", ALWAYS]


def test_on_main_all_commits_of_a_push_count_where_it_is_said_where_main_stood(root, monkeypatch):
    before = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True)
    write(root, "lessons/01_a.py")
    write(root, "lessons/03_a.py")
    monkeypatch.setenv("GEDIG_BASE", before.stdout.strip())
    assert numbers(root) == ["01", "03", ALWAYS]
    monkeypatch.setenv("GEDIG_BASE", "0" * 40)  # of a branch that was not there
    assert numbers(root) == ["03", ALWAYS]


def test_on_a_branch_what_counts_is_everything_since_it_left_main(root):
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    write(root, "lessons/01_a.py")
    write(root, "lessons/03_a.py")
    assert numbers(root) == ["01", "03", ALWAYS]


def test_without_a_commit_to_compare_with_the_fixed_one_is_run(root, tmp_path_factory):
    assert numbers(root) == [ALWAYS]
    write(root, "lessons/01_a.py")
    shallow = tmp_path_factory.mktemp("shallow") / "clone"
    git(root, "clone", "--quiet", "--depth=1", f"file://{root}", shallow)
    assert numbers(shallow) == [ALWAYS]
    (folder := tmp_path_factory.mktemp("archive")).joinpath("README.md").touch()
    assert chosen(NUMBERS, root=folder) == (
        [ALWAYS], f"{ALWAYS} always; git names no commit to compare with"
    )  # fmt: skip


def test_all_are_run_when_asked_for(root, monkeypatch):
    monkeypatch.setenv("GEDIG_ALL_LESSONS", "1")
    assert numbers(root) == NUMBERS


def test_the_fixed_lesson_is_one_of_this_course():
    assert ALWAYS in [path.name[:2] for path in lessons_to_run()[0]]
