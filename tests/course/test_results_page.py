"""The page of results, from results that are made up, and from those that the package keeps."""

import io
import json
import re
import shlex

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from typer.main import get_command

from gedig_edu import cli
from gedig_edu.course import findings
from gedig_edu.course.claims import recall
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.site import pages
from gedig_edu.course.site.results import page as results
from gedig_edu.course.site.results.baselines import PRINTED
from gedig_edu.course.site.results.kept import Kept
from gedig_edu.course.site.results.questions import QUESTIONS
from gedig_edu.lab.results import runs
from gedig_edu.words import word
from tests.course.kept_results import write_results, write_sweep

MEASURED = ["table2", "layers", "thresholds", "decomposition", "fingerprint", "quality"]
PARTS = ["verdicts", "runs", *MEASURED, "training", "elsewhere"]


def page_of(folder, monkeypatch) -> tuple[BeautifulSoup, dict[str, bytes]]:
    found = results.parts(folder)
    monkeypatch.setattr(results, "parts", lambda: found)
    files = pages.results_page()
    return BeautifulSoup(files[results.PAGE].decode(), "html.parser"), files


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sweep(write_results(tmp_path_factory.mktemp("kept")))


@pytest.fixture
def made(folder, monkeypatch):
    return page_of(folder, monkeypatch)


def section(page, name):
    return page.select_one(f'section[aria-labelledby="{name}"]')


def tables(part):
    """Return the tables of a section by caption, each a dict of first cells to the others."""
    return {
        table.caption.get_text(): {
            row.th.get_text(): [cell.get_text() for cell in row.find_all("td")]
            for row in table.tbody.find_all("tr")
        }
        for table in part.find_all("table")
    }


def test_without_a_result_every_part_says_so_and_what_was_printed_stands(tmp_path, monkeypatch):
    page, _ = page_of(tmp_path, monkeypatch)
    assert [one["aria-labelledby"] for one in page.select("section")] == PARTS
    for name in PARTS[:-1]:
        assert word("results.page.nothing") in section(page, name).get_text()
    for name in MEASURED:
        assert section(page, name).pre.get_text().startswith(f"gedig-edu experiment {name} --model")
    printed = tables(section(page, "table2"))
    ((_, rows),) = printed.items()
    assert rows["Llama 3.0, as printed"] == ["+0.116", "+0.108", "+0.190", "+0.074", "0.995", "–"]
    assert rows["Phi-3, as printed"] == ["+0.060", "+0.052", "+0.144", "+0.018", "0.730", "–"]
    assert rows["BERT, as printed"] == ["+0.110", "–", "–", "–", "–", "2.30"]
    ((_, rows),) = tables(section(page, "training")).items()
    assert rows["α = 0.001"] == ["86.3 [85.2,\xa087.5]", "−0.447"]
    assert rows["α = 1"] == ["78.9 [74.0,\xa083.9]", "−0.515"]
    assert "gedig-edu train" in section(page, "training").pre.get_text()


def test_each_verdict_follows_from_the_number_beside_it_model_by_model(made):
    page, _ = made
    short, prose, _, rules = tables(section(page, "verdicts")).values()
    assert short == prose
    question = {one.id: one.text for one in QUESTIONS}
    assert list(short) == list(question.values()) == list(rules)
    high, low = "+0.100 [+0.080,\xa0+0.120]", "−0.100 [−0.120,\xa0−0.080]"
    answers = {
        "random": [f"✓ holds: {high}", f"✗ does not hold: {low}"],
        "degrees": ["? undecided: +0.001 [−0.019,\xa0+0.021]"] * 2,
        "effect": [
            "? undecided: +2.000 [+1.500,\xa0+2.500]",
            "✗ does not hold: −2.000 [−2.500,\xa0−1.500]",
        ],
        "formula": ["? undecided: 0.000 [−0.040,\xa0+0.040]"] * 2,
        "fixed": [f"✓ holds: {low}", f"✗ does not hold: {high}"],
        "depth": [
            "✓ holds: +1.000 [+0.980,\xa0+1.020]",
            "✗ does not hold: −1.000 [−1.020,\xa0−0.980]",
        ],
        "step": ["? undecided: 0.000 [−0.020,\xa0+0.020]"] * 2,
        "quality_mean": ["✓ holds: +0.100 [+0.050,\xa0+0.150]", "not run"],
        "quality_zero": ["✗ does not hold: −0.100 [−0.150,\xa0−0.050]", "not run"],
    }
    assert {name: short[question[name]] for name in answers} == answers
    assert short[question["quantiles"]][0] == (
        "✓ holds: from +0.105 [+0.085,\xa0+0.125] to +0.109 [+0.089,\xa0+0.129]"
    )


def test_what_the_lessons_found_of_h3_and_of_head_diversity_stands_beside(made):
    page, _ = made
    claims = list(tables(section(page, "verdicts")).values())[2]
    said = {name.split()[0]: cells for name, cells in claims.items()}
    for claim in ("07.head_diversity", "08.strong_harms", "08.weak_helps"):
        found = recall([claim], "minilm")[0].verdict
        assert said[claim][findings.models().index("minilm")].endswith(f" {found}")
    assert said["07.h1_matched"][-1] == f"⇄ {Verdict.CONTRADICTORY}"


def test_the_numbers_that_are_judged_stand_in_the_parts_below(made):
    page, _ = made
    found = tables(section(page, "verdicts"))
    judged = {
        number
        for rows in (*found.values(),)
        for cells in rows.values()
        for cell in cells
        for number in re.findall(r"[+−]\d\.\d{3} \[[^]]+\]", cell)
    }
    below = page.get_text().replace(section(page, "verdicts").get_text(), "")
    assert {one for one in judged if one not in below} == set()
    assert len(judged) > 8


def test_both_sets_of_texts_stand_apart_in_every_measured_part(made):
    page, _ = made
    for name in MEASURED:
        captions = list(tables(section(page, name)))
        for texts in ("short lines", "prose"):
            assert any(texts in caption for caption in captions), (name, texts)
        assert not any("short lines" in caption and "prose" in caption for caption in captions)


def test_what_was_printed_stands_beside_what_was_measured_on_the_same_kind_of_texts(made):
    page, _ = made
    found = tables(section(page, "table2"))
    first = next(rows for caption, rows in found.items() if "short lines: the author" in caption)
    assert first["one"][0] == "+0.100 [+0.080,\xa0+0.120]"
    assert first["Phi-3, as printed"][0] == "+0.060"
    for caption, rows in found.items():
        assert caption.count("prose") == 0 or not any("printed" in name for name in rows)


def test_every_number_has_its_command_and_the_command_line_takes_each(made, folder):
    page, _ = made
    for name in PARTS[1:-1]:
        assert section(page, name).pre, name
    commands = {line for pre in page.find_all("pre") for line in pre.get_text().splitlines()}
    assert {run.command for run in runs(folder)} <= commands
    commands |= {one.command for one in PRINTED}
    for command in sorted(commands):
        program, name, *words = shlex.split(command)
        assert program == "gedig-edu"
        get_command(cli.app).commands[name].make_context(name, words)


def test_what_needs_a_hub_stands_with_one_command_and_is_marked_as_not_run(made):
    page, _ = made
    ((_, rows),) = tables(section(page, "elsewhere")).items()
    assert list(rows) == ["BERT", "GPT-2", "Llama 3.0", "Llama 3.1", "Phi-3"]
    for one in PRINTED:
        assert rows[one.name] == ["not run by us", one.command]


def test_what_was_run_says_model_set_texts_file_day_and_versions(made):
    page, _ = made
    assert "Prose is read to at most 128 tokens." in section(page, "table2").get_text()
    table = section(page, "runs").table
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.select("tr")]
    said = ["one", "prose", "197", "3", "wikitext-2/valid.txt"]
    assert rows[1][:7] == [*said, "128", "2026-11-28"]
    assert "numpy 2.3.0" in rows[1][7]
    assert rows[1][8].split() == sorted(MEASURED)
    assert len(rows) == 5


def test_figures_come_for_a_light_and_a_dark_page_with_their_numbers_in_words(made):
    page, files = made
    for name in ("table2", "layers", "thresholds", "training"):
        light, dark = section(page, name).select("img")
        assert light["alt"] == dark["alt"]
        assert len(re.findall(r"[+−]?\d\.\d{3}", light["alt"])) > 6
        grounds = []
        for picture in (light, dark):
            with Image.open(io.BytesIO(files[picture["src"]])) as drawn:
                grounds.append(sum(drawn.convert("RGB").getpixel((0, 0))))
        assert grounds[0] > 3 * 200 > 3 * 60 > grounds[1]


def test_training_is_judged_in_pairs_with_equality_and_whether_f_moved(made):
    page, _ = made
    levels, pairs = tables(section(page, "training")).values()
    assert levels["α = 0"][:2] == ["86.0 [84.7,\xa087.3]", "−0.448"]
    assert levels["entropy alone, α = 0.01"][:2] == ["–", "–"]
    assert [row[-1] for row in levels.values()] == ["5"] * 4
    assert "α = 0" not in pairs
    said = {arm: [row[2], row[4]] for arm, row in pairs.items()}
    assert said == {
        "α = 0.01": ["no prediction changed", "by less than 0.001"],
        "α = 1": ["less accurate", "down"],
        "entropy alone, α = 0.01": ["more accurate", "up"],
    }
    assert pairs["α = 0.01"][1].startswith("0 of ")
    assert "minilm, 2000 sentences for training and 872 for evaluation" in page.get_text()


def test_the_part_on_training_leads_to_how_its_files_are_made(made):
    (link,) = section(made[0], "training").select('a[href^="howto_train"]')
    page, _, anchor = link["href"].partition("#")
    assert BeautifulSoup(pages.howto_pages()[page], "html.parser").find(id=anchor) is not None


def test_it_is_found_from_front_page_ledger_every_foot_and_the_search():
    (link,) = re.findall(r'href="(results[^"]*)"', pages.landing_page([])["index.html"].decode())
    assert link == results.PAGE
    assert 'href="results.html"' in pages.ledger_page([])["ledger.html"].decode()
    assert 'href="results.html"' in pages.sources_page([])
    text = pages.shared_files([])["headings.js"].decode()
    index = json.loads(text.removeprefix("window.gedigHeadings = ").rstrip(";\n"))
    ids = [one["id"] for one in index if one["page"] == results.PAGE]
    assert ids == ["content", *PARTS]


def test_the_page_of_the_package_shows_every_result_that_it_keeps():
    text = pages.results_page()[results.PAGE].decode()
    page = BeautifulSoup(text, "html.parser").get_text()
    assert [run.command for run in runs() if run.command not in page] == []


def test_every_number_of_the_package_that_is_judged_has_its_interval():
    kept = Kept.of()
    found = [
        (one.id, cell.read(tables))
        for run in kept.runs
        for one in QUESTIONS
        if one.experiment == run.experiment
        for tables in [kept.tables(run.experiment, run.model, run.texts)]
        for cell in one.cells
    ]
    assert [one for one in found if not one[1].low <= one[1].value <= one[1].high] == []
    assert found
