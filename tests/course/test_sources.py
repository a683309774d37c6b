"""Every statement of the five texts is met by something, and what meets it exists."""

import tomllib
from importlib import import_module, resources

import nbformat
import pytest

from gedig_edu.course import claims, sources, workspace
from gedig_edu.course.sources import MET, Statement, count_table, counts, statements, texts

ALL = [statement for text in texts() for statement in statements(text.id)]
LEDGER = {claim.id: claim for claim in claims.all_claims()}
NAMED = {name for statement in ALL for name in statement.claims}


def headings(lesson: str) -> set[str]:
    """Return the headings of a lesson, without their signs."""
    (path,) = workspace.lessons_source().glob(f"{lesson}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    lines = [line for cell in cells if cell.cell_type == "markdown"
             for line in cell.source.splitlines()]  # fmt: skip
    return {line.lstrip("#").strip() for line in lines if line.startswith("#")}


def exists(name: str) -> bool:
    """Return whether a dotted name is a module, or something in one."""
    try:
        import_module(name)
    except ModuleNotFoundError:
        module, _, inner = name.rpartition(".")
        return bool(module) and hasattr(import_module(module), inner)
    return True


def test_a_statement_says_one_sentence_and_where():
    assert [s.id for s in ALL if not s.says.endswith(".") or ". " in s.says or not s.place] == []


def test_something_meets_every_statement():
    assert [statement.id for statement in ALL if statement.met not in MET] == []


def test_what_meets_a_statement_exists():
    assert NAMED - set(LEDGER) == set()
    shown = {(statement.lesson, statement.section) for statement in ALL} - {("", "")}
    assert [(n, section) for n, section in shown if section not in headings(n)] == []
    built = {statement.system for statement in ALL} - {""}
    assert [name for name in built if not exists(name)] == []


def test_what_nobody_can_test_is_not_promised_elsewhere():
    elsewhere = {s.id for s in ALL if s.claims or s.lesson or s.system}
    refused = {statement.id for statement in ALL if statement.none}
    assert elsewhere & refused == set()


def test_a_statement_that_nothing_meets_is_noticed():
    assert Statement("gauge.999", "F is blue.", "1").met is None


@pytest.mark.parametrize(
    ("named", "when"),
    [
        ({"claims": ("03.dipole",)}, "taken_up"),
        ({"claims": ("03.dipole", "04.constellations")}, "taken_up"),
        ({"lesson": "03", "section": "A first law"}, "taken_up"),
        ({"system": "gedig_edu.theory.gates"}, "taken_up"),
        ({"claims": ("04.constellations",)}, "nobody"),
        ({"none": "It is a hope."}, "nobody"),
    ],
)
def test_a_statement_is_taken_up_by_whatever_of_it_can_be_tested_or_seen(named, when):
    assert Statement("gauge.999", "F is blue.", "1", **named).met == when


@pytest.mark.parametrize("name", ["gedig_edu.theory.nothing", "gedig_edu.nothing", "nothing"])
def test_a_name_that_is_nowhere_is_noticed(name):
    assert not exists(name)


def test_every_claim_that_a_text_makes_is_named_by_a_statement():
    theirs = {name for name, claim in LEDGER.items() if claim.source != "ours"}
    assert theirs - NAMED == set()


def test_a_claim_names_a_text_that_states_it():
    unsaid = [
        name
        for name, claim in LEDGER.items()
        if claim.source != "ours"
        and not any(name in statement.claims for statement in statements(claim.source))
    ]
    assert unsaid == []


def test_statements_are_numbered_from_one_without_a_gap():
    for text in texts():
        numbers = [statement.id for statement in statements(text.id)]
        assert numbers == [f"{text.id}.{n}" for n in range(1, len(numbers) + 1)]


def test_no_statement_stands_twice():
    said = [statement.says for statement in ALL]
    assert sorted(said) == sorted(set(said))


def test_a_number_given_twice_does_not_load():
    twice = "[gauge.1]\nsays = 'a'\n[gauge.1]\nsays = 'b'\n"
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(twice)
    table = resources.files("gedig_edu.words").joinpath("en", "sources.toml")
    assert tomllib.loads(table.read_text(encoding="utf-8"))


def test_the_counts_add_up():
    assert {name: found.total() for name, found in counts().items()} == {
        text.id: len(statements(text.id)) for text in texts()
    }
    assert count_table().rows[-1][1:] == tuple(
        str(len([one for one in ALL if when in ("any", one.met)])) for when in ("any", *MET)
    )


def test_the_five_texts_are_those_that_claims_name():
    assert {text.id for text in texts()} == {claim.source for claim in LEDGER.values()} - {"ours"}


def test_the_readme_cites_every_text_in_full():
    readme = (workspace.lessons_source().parent / "README.md").read_text(encoding="utf-8")
    for text in texts():
        for part in (text.author, text.title, text.english, text.published, text.where):
            assert part.rstrip(".") in readme, part


def test_a_language_without_a_translation_reads_english(monkeypatch):
    monkeypatch.setenv("GEDIG_LANG", "ja")
    assert sources.statements("field") == tuple(one for one in ALL if one.id.startswith("field."))
