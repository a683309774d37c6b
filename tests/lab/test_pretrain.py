"""Training is a run in a folder: seeded, resumable, and read back by transformers."""

import csv
import json

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.corpus import Batches, read_corpus, train_tokenizer
from gedig_edu.lab.pretrain import Run, pretrain
from gedig_edu.lab.small_gpt2 import PretrainConfig

TINY = PretrainConfig(
    layers=2, heads=3, width=24, context=23, vocabulary=300, rows=5, steps=13, warmup=3,
    validation_rows=7, points=6, held_out=("kept",), seed=11,
)  # fmt: skip


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(7)
    words = ["the", "cat", "sat", "on", "a", "mat", "and", "slept.\r\n"]
    for stem in ("one", "two", "kept"):
        text = " ".join(rng.choice(words, size=3000))
        (folder / f"{stem}.txt").write_text(text, newline="")
    return folder


def losses(folder):
    with (folder / "log.csv").open() as stream:
        return [(row["step"], row["train"], row["validation"]) for row in csv.DictReader(stream)]


def test_a_killed_and_resumed_run_has_the_losses_of_an_unbroken_one(corpus, tmp_path):
    pretrain(corpus, tmp_path / "whole", config=TINY, progress=False)

    class PowerCutError(Exception):
        pass

    broken = Run(tmp_path / "broken", TINY, corpus)
    advance = broken._advance

    def advance_until_the_cut():
        if broken.step == 9:
            raise PowerCutError
        return advance()

    broken._advance = advance_until_the_cut
    with pytest.raises(PowerCutError), broken.claimed():
        broken.train(checkpoint_every=4, progress=False)
    resumed = Run(tmp_path / "broken", TINY, corpus)
    with resumed.claimed():
        assert resumed.step == 8
        resumed.train(checkpoint_every=4, progress=False)
    assert losses(tmp_path / "broken") == losses(tmp_path / "whole")


def test_training_lowers_the_validation_loss(corpus, tmp_path):
    pretrain(corpus, tmp_path, config=TINY, progress=False)
    log = losses(tmp_path)
    assert float(log[-1][2]) < float(log[0][2]) - 0.5
    assert [int(row[0]) for row in log] == TINY.measured_steps()


def test_the_model_folder_opens_in_transformers(corpus, tmp_path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model_folder = pretrain(corpus, tmp_path, config=TINY, progress=False)
    model = AutoModelForCausalLM.from_pretrained(model_folder)
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    text = "the cat sat on a mat, naïvely 🙂"
    assert type(model).__name__ == "GPT2LMHeadModel"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert model.lm_head.weight is model.transformer.wte.weight
    assert json.loads((model_folder / "recipe.json").read_text())["seed"] == 11


def test_another_config_in_the_same_folder_is_refused(corpus, tmp_path):
    with Run(tmp_path, TINY, corpus).claimed():
        pass
    with (
        pytest.raises(GedigError, match=r"with config\..*="),
        Run(tmp_path, PretrainConfig(steps=17), corpus).claimed(),
    ):
        raise AssertionError


def test_held_out_books_stay_out_and_splits_do_not_overlap(corpus):
    books = read_corpus(corpus, held_out=["kept"], validation_share=0.05)
    assert set(books.train) == {"one", "two"}
    assert set(books.held_out) == {"kept"}
    whole = (corpus / "one.txt").read_text()
    assert books.train["one"] + books.validation["one"] == whole


@pytest.mark.parametrize("stems", [["absent"], ["one", "two", "kept"]])
def test_a_split_that_leaves_nothing_is_refused(corpus, stems):
    with pytest.raises(GedigError, match="at least one"):
        read_corpus(corpus, held_out=stems)


def test_the_tokenizer_gives_back_any_text():
    tokenizer = train_tokenizer(["plain words only"] * 5, vocabulary=280)
    text = "Ωmega — 12% 🙂\n\ttab"
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_batches_depend_on_seed_and_step_alone():
    tokens = np.arange(997) % 101
    make = lambda seed: Batches(tokens, context=31, rows=7, vocabulary=101, seed=seed)  # noqa: E731
    first, _ = make(5).batch(3)
    assert np.array_equal(first, make(5).batch(3)[0])
    assert not np.array_equal(first, make(5).batch(4)[0])
    assert not np.array_equal(first, make(6).batch(3)[0])


def test_targets_are_the_next_tokens():
    batches = Batches(np.arange(997) % 101, context=31, rows=7, vocabulary=101)
    inputs, targets = batches.batch(0)
    assert inputs.shape == targets.shape == (7, 31)
    assert np.array_equal(inputs[:, 1:], targets[:, :-1])
    assert np.array_equal((inputs + 1) % 101, targets)


def test_random_rows_repeat_and_score_only_what_could_be_known():
    tokens = np.zeros(997, dtype=np.int64)
    batches = Batches(tokens, context=41, rows=13, vocabulary=5003, repeated_random=[(0, 1.0)])
    inputs, targets = batches.batch(2)
    for row, target in zip(inputs, targets, strict=True):
        period = int(np.sum(target == -100)) + 1
        assert 4 <= period <= 20
        assert np.array_equal(row[period:], row[:-period])
        assert np.array_equal(target[period - 1 : -1], row[period:])


def test_passage_rows_end_with_something_said_before():
    tokens = np.random.default_rng(0).integers(5003, size=997)
    batches = Batches(tokens, context=41, rows=13, vocabulary=5003, repeated_passages=1.0)
    inputs, targets = batches.batch(2)
    for row, target in zip(inputs, targets, strict=True):
        whole = np.append(row, target[-1])
        tail = whole[-4:]
        windows = np.lib.stride_tricks.sliding_window_view(whole[:-4], 4)
        assert (windows == tail).all(axis=1).any()


def test_the_share_of_random_rows_follows_its_schedule():
    shares = [(0, 0.0), (3, 1.0), (5, 0.0)]
    batches = Batches(np.zeros(997, dtype=np.int64), 41, 13, 5003, repeated_random=shares)
    random_rows = [(batches.batch(step)[1] == -100).any(axis=1).mean() for step in range(7)]
    assert random_rows == [0, 0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize("shares", [(), ((5, 0.1),)])
def test_a_schedule_that_does_not_cover_the_start_is_refused(shares):
    with pytest.raises(GedigError, match="step 0"):
        PretrainConfig(repeated_random=shares)


def test_another_corpus_in_the_same_folder_is_refused(corpus, tmp_path):
    with Run(tmp_path / "run", TINY, corpus).claimed():
        pass
    other = tmp_path / "other"
    other.mkdir()
    for path in corpus.glob("*.txt"):
        (other / path.name).write_text(path.read_text().replace("cat", "dog"))
    with (
        pytest.raises(GedigError, match="holds a run with corpus="),
        Run(tmp_path / "run", TINY, other).claimed(),
    ):
        raise AssertionError


def test_a_refused_run_leaves_nothing_behind(tmp_path):
    for stem in ("one", "kept"):
        (tmp_path / f"{stem}.txt").write_text("too short")
    with pytest.raises(GedigError, match="more text"):
        Run(tmp_path / "run", TINY, tmp_path)
    assert not (tmp_path / "run").exists()


def test_text_in_another_encoding_is_named(tmp_path):
    (tmp_path / "old.txt").write_bytes("naïve".encode("latin-1"))
    with pytest.raises(GedigError, match=r"old\.txt is no UTF-8 text"):
        read_corpus(tmp_path)


def test_an_output_that_is_a_file_is_refused(corpus, tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(GedigError, match="is a file, or a link"):
        Run(tmp_path / "run", TINY, corpus)


@pytest.mark.parametrize(
    "wrong",
    [{"learning_rate": -1}, {"clip": 0}, {"warmup": -3}, {"steps": 2.5}, {"vocabulary": 5},
     {"context": 7}, {"repeated_random": ((0, 7.0),)}, {"validation_rows": 0}],
)  # fmt: skip
def test_a_config_that_cannot_train_is_refused(wrong):
    with pytest.raises(GedigError, match=next(iter(wrong))):
        PretrainConfig(**wrong)


def test_a_recipe_is_read_back_as_it_was(corpus, tmp_path):
    model = pretrain(corpus, tmp_path / "run", config=TINY, progress=False)
    assert PretrainConfig.read(model / "recipe.json") == TINY
    with pytest.raises(GedigError, match="is no recipe"):
        PretrainConfig.read(model / "config.json")
