"""What lies in a run's folder, or among its texts, and is not what a run needs there."""

import os
import shutil
import time

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab.corpus import _pieces, read_corpus, train_tokenizer
from gedig_edu.lab.pretrain import pretrain
from gedig_edu.lab.small_gpt2 import PretrainConfig
from tests.lab.test_pretrain import TINY, losses


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for stem in ("one", "kept"):
        (folder / f"{stem}.txt").write_text("the cat sat on a mat. " * 700, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def first(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    pretrain(corpus, folder, config=TINY, progress=False)
    return folder


@pytest.fixture
def finished(first, tmp_path):
    return shutil.copytree(first, tmp_path / "run")


@pytest.mark.parametrize("name", ["tokenizer.json", "log.csv", "model", "anything.txt", ".git"])
def test_a_folder_that_is_not_empty_and_no_run_is_refused_and_stays_as_it_was(
    corpus, tmp_path, name
):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(GedigError, match=r"holds .*name a new or an empty folder"):
        pretrain(corpus, tmp_path, config=TINY, progress=False)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("left", [[], ["run.json.part"], ["run.json"], ["run.json", "x.part"]])
def test_a_run_killed_while_it_claims_its_folder_begins_again(corpus, first, tmp_path, left):
    for name in left:
        content = (first / "run.json").read_bytes() if name == "run.json" else b"{"
        (folder := tmp_path / "second").mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    pretrain(corpus, tmp_path / "second", config=TINY, progress=False)
    assert losses(tmp_path / "second") == losses(first)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"3"], ids=lambda content: content[:3]
)
@pytest.mark.parametrize("name", ["run.json", "tokenizer.json", "checkpoint.pt"])
def test_a_damaged_file_of_a_run_is_named_with_what_to_do(corpus, finished, name, content):
    (finished / name).write_bytes(content)
    with pytest.raises(GedigError, match=r"delete|name a new"):
        pretrain(corpus, finished, config=TINY, progress=False)


@pytest.mark.parametrize("name", ["run.json", "tokenizer.json", "checkpoint.pt", "log.csv"])
def test_a_folder_in_the_place_of_a_file_of_a_run_is_refused(corpus, finished, name):
    (finished / name).unlink()
    (finished / name).mkdir()
    with pytest.raises(GedigError, match=r"delete|name another"):
        pretrain(corpus, finished, config=TINY, progress=False)


@pytest.mark.parametrize(
    "change",
    [{"step": "nine"}, {"step": 99}, {"step": -1}, {"rows": []}, {"rows": [{"step": 1}]},
     {"model": {}}, {"optimizers": []}, {"optimizers": [{}, {}]}],
    ids=str,
)  # fmt: skip
def test_a_checkpoint_that_is_not_ours_is_refused(corpus, finished, change):
    state = torch.load(finished / "checkpoint.pt", weights_only=True)
    torch.save(state | change, finished / "checkpoint.pt")
    with pytest.raises(GedigError, match=r"checkpoint\.pt is damaged"):
        pretrain(corpus, finished, config=TINY, progress=False)


def test_a_finished_run_whose_log_was_deleted_writes_it_again(corpus, finished):
    before = losses(finished)
    (finished / "log.csv").unlink()
    pretrain(corpus, finished, config=TINY, progress=False)
    assert losses(finished) == before


def folder_in_place(path):
    path.mkdir()


def link_to_nowhere(path):
    path.symlink_to(path.parent / "gone")


@pytest.mark.parametrize("make", [folder_in_place, link_to_nowhere, os.mkfifo])
def test_what_is_called_a_text_and_is_none_is_named(tmp_path, make):
    (tmp_path / "a.txt").write_text("some words " * 400, encoding="utf-8")
    make(tmp_path / "b.txt")
    with pytest.raises(GedigError, match=r"b\.txt is (a folder|no file)"):
        read_corpus(tmp_path)


@pytest.mark.parametrize("content", [b"\xff", b"[" * 100_000, b"{}", b"3", b""])
def test_what_is_no_recipe_is_refused(tmp_path, content):
    (tmp_path / "recipe.json").write_bytes(content)
    with pytest.raises(GedigError, match="no recipe"):
        PretrainConfig.read(tmp_path / "recipe.json")


@pytest.mark.parametrize("sign", ["x", "ab", "1", "-", "\n", "語"])
def test_a_word_eight_times_as_long_takes_no_more_than_sixteen_times_as_long(sign):
    def seconds(length):
        word = "".join(np.random.default_rng(3).choice([*sign, *"qrst"], size=length))
        start = time.process_time()
        tokenizer = train_tokenizer([word], vocabulary=400)
        assert tokenizer.decode(tokenizer.encode(word).ids) == word
        return time.process_time() - start

    seconds(1_000)
    short = min(seconds(10_000) for _ in range(3))
    assert seconds(80_000) < 16 * max(short, 0.02)


def test_words_of_usual_length_are_learned_from_as_before():
    text = "the cat sat on the mat " * 50 + "w" * 256 + "\n" * 256 + "end"
    assert list(_pieces(text)) == [text]
    long = "so " + "x" * 700 + " it goes" + " " * 600 + "on"
    pieces = list(_pieces(long))
    assert "".join(pieces) == long
    assert len(pieces) == 5


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("nowhere", "is no folder"), ("file.txt", "is no folder"), ("empty", "holds no .txt file")],
)
def test_a_corpus_that_is_no_folder_of_texts_is_named(tmp_path, place, sentence):
    (tmp_path / "file.txt").write_text("some words")
    (tmp_path / "empty").mkdir()
    with pytest.raises(GedigError, match=rf"{place}' {sentence}"):
        read_corpus(tmp_path / place)


@pytest.mark.parametrize("given", [(None, "run"), ("texts", None), (3, "run")])
def test_what_is_no_folder_is_refused(given):
    with pytest.raises(GedigError, match="is no folder; give a path"):
        pretrain(*given)
