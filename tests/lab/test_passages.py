"""Which texts an experiment takes, under which number, and what it says of those it cannot."""

import sys
import time
from types import SimpleNamespace

import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab import hub_texts, runner
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.passages import books, open_texts
from gedig_edu.models import load

LINES = (
    " = A Title = ",
    "",
    "short one",
    "x" * 119,
    "x" * 120,
    "the king sat down and " * 4 + "he did",
)


@pytest.fixture(scope="module")
def tokenizer():
    return load("gpt2-mini").tokenizer


@pytest.fixture
def opened(tmp_path, tokenizer):
    """Open bytes, or a set of texts by its name, with the options of a setting."""

    def opened(given, **asked):
        file = tmp_path / "texts"
        if isinstance(given, bytes):
            file.write_bytes(given)
        texts = given if isinstance(given, str) else str(file)
        setting = Setting(experiment="table2", model="gpt2-mini", texts=texts, **asked)
        return open_texts(setting, tokenizer).texts

    return opened


@pytest.mark.parametrize(
    ("only", "limit", "lines"),
    [
        (None, None, [0, 2, 3, 4, 5]),
        ("short", None, [0, 2, 3, 5]),
        ("short", 2, [0, 2]),
        ("prose", None, [3, 4, 5]),
        ("prose", 9, [3, 4, 5]),
    ],
)
def test_a_set_keeps_the_numbers_of_the_file(opened, only, limit, lines):
    taken = opened("\n".join(LINES).encode(), only=only, limit=limit)
    assert [one.line for one in taken] == lines
    assert [one.text for one in taken] == [LINES[line].strip() for line in lines]


@pytest.mark.parametrize("most", [1, 2, 7, 31])
def test_a_cut_text_is_a_beginning_of_at_most_so_many_tokens(opened, tokenizer, most):
    text = "Émile saw the 🙂 at two o'clock, and incomprehensibly said: no. " * 3
    (cut,) = opened(text.encode(), cut=most)
    assert text.startswith(cut.text)
    assert most - 6 < len(tokenizer.encode(cut.text)) <= most


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_endings_and_marks_of_a_file_are_no_part_of_its_texts(opened, ending, encoding):
    taken = opened(ending.join(["one", "", "two", ""]).encode(encoding))
    assert [(one.line, one.text) for one in taken] == [(0, "one"), (2, "two")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No line could be read"),
        (b"\n \r\n", "No line could be read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is no text"),
        ("one\n".encode("utf-16-le"), r"is no text \(byte 2 is 0\)"),
    ],
)
def test_what_is_no_text_is_refused(opened, content, said):
    with pytest.raises(GedigError, match=said):
        opened(content)


def test_a_missing_file_and_an_empty_set_are_refused(opened):
    with pytest.raises(GedigError, match=r"No such file or directory.*books, wikitext, sst2"):
        opened("nowhere.txt")
    with pytest.raises(GedigError, match=r"Of the 1 texts of .* none belongs to --only prose"):
        opened(b"short", only="prose")


def test_books_are_long_enough_for_every_length_that_is_asked(opened, tokenizer):
    taken = opened("books", cut=128)
    assert len(taken) == len(set(books())) >= 200
    counts = {len(tokenizer.encode(one.text)) for one in taken}
    assert min(counts) > 124
    assert max(counts) <= 128


def test_texts_of_the_hub_are_numbered_by_their_rows(opened, monkeypatch):
    asked = []

    def load_dataset(*given, split):
        asked.append((*given, split))
        return {"text": ["", " = A Title = \n", "It was so . \n"]}

    fake = SimpleNamespace(load_dataset=load_dataset, config=SimpleNamespace(HF_HUB_OFFLINE=False))
    monkeypatch.setitem(sys.modules, "datasets", fake)
    assert [(one.line, one.text) for one in opened("wikitext")] == [
        (1, "= A Title ="),
        (2, "It was so ."),
    ]
    assert asked == [("Salesforce/wikitext", "wikitext-2-v1", "validation")]
    assert fake.config.HF_HUB_OFFLINE is False


@pytest.mark.parametrize("name", hub_texts.SETS)
def test_a_silent_hub_is_told_at_once(opened, monkeypatch, tmp_path, name):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    begun = time.monotonic()
    with pytest.raises(GedigError, match=f"The hub did not answer .*'{name}'.*--texts books"):
        opened(name)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("scarce", ["memory", "disk"])
def test_a_run_that_does_not_fit_says_so_before_it_begins(tmp_path, monkeypatch, scarce):
    monkeypatch.setattr(runner, "available", lambda: 1000 if scarce == "memory" else 1 << 40)
    usage = SimpleNamespace(total=1 << 40, free=1000 if scarce == "disk" else 1 << 40)
    monkeypatch.setattr("gedig_edu.lab.room.shutil.disk_usage", lambda _place: usage)
    setting = Setting(experiment="table2", model="gpt2-mini", texts="books")
    with pytest.raises(GedigError, match=f"{'needs' if scarce == 'memory' else 'need'} .* MiB of"):
        runner.run(setting, tmp_path / "run")
    assert not (tmp_path / "run").exists()
