"""A second language has the keys and the placeholders of English; its lessons, the same code."""

import ast
import re
from pathlib import Path

import pytest

from gedig_edu import words
from gedig_edu.course import workspace
from gedig_edu.models.registry import ENTRIES
from tests.words import pseudo
from tests.words.lessons import code_differences
from tests.words.tables import differences

SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?:,? [a-z]+){2,}")
CELL = """# %% [markdown]
# # {title}

# %%
# {remark}
found = check("01.2", {number})
print(f"{said} {{found}}", "{title}")
"""


@pytest.fixture
def other(english, tmp_path):
    return pseudo.write(english, tmp_path / "xx")


def change(folder: Path, old: str, new: str) -> None:
    table = folder / "course.toml"
    text = table.read_text(encoding="utf-8")
    assert text.count(old) == 1
    table.write_text(text.replace(old, new), encoding="utf-8")


def test_every_language_beside_english_has_its_keys_and_placeholders(english, tables):
    shipped = {Path(str(one)) for one in words.FOLDER.iterdir() if one.is_dir()}
    languages = [one for one in (*shipped, tables / "xx") if any(one.glob("*.toml"))]
    assert len(languages) >= 2
    assert {one.name: differences(english, one) for one in languages if one.name != "en"} == {
        one.name: [] for one in languages if one.name != "en"
    }


def test_a_dropped_key_is_named(english, other):
    change(other, '"answer"."ragged" =', '"answer"."rugged" =')
    assert differences(english, other) == [
        "foreign: course.toml.answer.rugged", "missing: course.toml.answer.ragged"
    ]  # fmt: skip


def test_a_renamed_placeholder_is_named(english, other):
    change(other, "{bytes}", "{octets}")
    assert differences(english, other) == ["placeholders of course.toml.sentence.bytes"]


def test_a_format_that_nobody_knows_is_named(english, other):
    change(other, "{bytes}", "{bytes:three_}")
    assert differences(english, other) == ["placeholders of course.toml.sentence.bytes"]


def test_a_dropped_file_is_named_key_by_key(english, other):
    (other / "words.toml").unlink()
    assert differences(english, other) == [
        "missing: words.toml.example",
        "missing: words.toml.unspoken",
    ]


def lesson(title="A title", remark="Look here.", said="It is", number=3) -> str:
    return CELL.format(title=title, remark=remark, said=said, number=number)


def test_a_lesson_in_another_language_may_say_everything_else():
    assert code_differences(lesson(), lesson("題", "ここ", "これは")) == []


def test_a_lesson_in_another_language_runs_the_same_code():
    assert code_differences(lesson(), lesson("題", number=4)) == [
        "cell 1: found = check('', 4) | print('', '')"
    ]
    assert code_differences(lesson(), lesson() + "\n# %%\nprint(found)\n") == [
        "cell 2: print(found)"
    ]


def spoken(source: str) -> str:
    """Return a lesson with its prose and comments in the pseudo-language."""
    head, *cells = source.split("# %%")
    lines = "# %%".join(cells).splitlines()
    said = (pseudo.translated(one) if re.match(r"# (?!%%)", one) else one for one in lines)
    return head + "# %%" + "\n".join(said)


def test_every_lesson_runs_the_same_code_in_every_language():
    folder = workspace.lessons_source()
    written = {one.name: one.read_text(encoding="utf-8") for one in folder.glob("[0-9][0-9]_*.py")}
    others = [(name, spoken(text)) for name, text in written.items()]
    assert len(others) >= 7
    others += [(one.name, one.read_text("utf-8")) for one in folder.glob("*/[0-9][0-9]_*.py")]
    assert [name for name, text in others if code_differences(written[name], text)] == []


def sentences(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the strings of three words and more, without docstrings, shapes and what is raised."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Raise | ast.Subscript)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.Call) and ast.unparse(node.func) == "GedigError")
        ):
            silent.update(map(id, ast.walk(node)))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in silent and SENTENCE.search(node.value)
    ]


def test_no_sentence_for_a_learner_stands_in_code():
    package = Path(words.__file__).parents[1]
    ids = {*words.section("course.level"), *words.section("claims.verdict"), "outside upper left"}
    ids |= {"queries, keys, values", *(entry.licence for entry in ENTRIES)}
    rooms = [package / room for room in ("course", "models", "views/plots", "views/widgets")]
    files = [package / "cli.py", *(path for room in rooms for path in room.rglob("*.py"))]
    found = {path.stem: sentences(ast.parse(path.read_text(encoding="utf-8"))) for path in files}
    assert len(found.pop("sentences")) > 50  # the texts that everything is measured on
    assert len(found.pop("reviews")) > 3  # the patterns of those that a classifier learns from
    shown = [
        [text for _, text in said if not text.startswith("gedig-edu ")] for said in found.values()
    ]
    assert [said for said in shown if set(said) - ids] == []


def test_no_refusal_that_a_learner_meets_is_worded_in_code():
    package = Path(words.__file__).parents[1]
    met = [package / "cli.py", *(package / "course").rglob("*.py")]
    calls = [
        (path.name, node)
        for path in met
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    worded = {"GedigError", "check_choice", "check_number", "check_whole", "check_together"}
    assert [(name, node.lineno) for name, node in calls if ast.unparse(node.func) in worded] == []
    assert sum(ast.unparse(node.func) == "refusal" for _, node in calls) > 30


def test_a_language_with_one_room_is_a_language(tmp_path, monkeypatch):
    (tmp_path / "en").symlink_to(str(words.FOLDER / "en"))
    (tmp_path / "xy").mkdir()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "xy" / "words.toml").write_text('example = "{count} qx."\n', encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    monkeypatch.setenv("GEDIG_LANG", "xy")
    words._room.cache_clear()
    said = words.word("words.example", count=3), words.word("claims.verdict.holds")
    words._room.cache_clear()
    assert said == ("3 qx.", "holds")
    assert words.languages() == ("en", "xy")
