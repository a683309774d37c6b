"""The how-tos, tried as a reader would: every block runs, in order, and gives what it promises."""

import csv
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

from gedig_edu.course.site import build
from gedig_edu.course.site.howto_pages import how_tos
from gedig_edu.lab.live import LiveReading
from gedig_edu.views.widgets.attention_explorer import AttentionExplorer

HOW_TOS = {one.name: one for one in how_tos()}
LAYERS, HEADS = 3, 5


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def pythia(tmp_path_factory):
    """Save a tiny random model of Pythia's architecture, with a tokenizer of its own."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedTokenizerFast

    byte = pre_tokenizers.ByteLevel.alphabet()
    tokenizer = Tokenizer(models.BPE({sign: n for n, sign in enumerate(sorted(byte))}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    sizes = {"hidden_size": 8 * HEADS, "intermediate_size": 16, "vocab_size": len(byte)}
    config = GPTNeoXConfig(
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        max_position_embeddings=128,
        initializer_range=0.5,
        **sizes,
    )
    folder = tmp_path_factory.mktemp("pythia") / "my-model"
    torch.manual_seed(0)
    GPTNeoXForCausalLM(config).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    return folder


def run(block, names):
    """Run a block and return its last line's value, as a notebook shows it."""
    exec(block, names)
    last = block.rstrip().splitlines()[-1]
    return eval(last, names) if re.match(r"[A-Za-z_.]+\(", last) else None


def test_own_model_gives_f_and_a_picture_three_times(here, pythia, capsys):
    (here / "my-model").symlink_to(pythia)
    names, pictures = {}, 0
    for block in HOW_TOS["own_model"].code:
        shown = run(block, names)
        if isinstance(shown, AttentionExplorer):
            pictures += 1
            assert len([line for line in block.splitlines() if line]) == 5
            assert names["maps"].weights.shape[:2] == (LAYERS, HEADS)
            assert len(names["maps"].tokens) >= 16
            assert len(re.findall(r"-\d", capsys.readouterr().out)) >= LAYERS * HEADS
    assert pictures == 3
    assert names["reading"].F.shape[0] == LAYERS


def test_the_three_ways_read_the_same(here, pythia):
    (here / "my-model").symlink_to(pythia)
    names, found = {}, []
    for block in HOW_TOS["own_model"].code:
        run(block, names)
        found.append(names["maps"].weights)
    assert len(found) > 3
    assert found[0].std() > 0.05
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], atol=1e-6)


def test_own_figure_draws_saves_and_hands_out_numbers(here):
    names = {}
    for block in HOW_TOS["own_figure"].code:
        run(block, names)
    assert isinstance(names["reading"], LiveReading)
    assert (here / "figure.pdf").read_bytes().startswith(b"%PDF")
    assert list(names["means"].columns) == ["F", "delta_random"]
    assert len(names["figure"].axes) == 4  # two maps and their colour bars
    names["figure"].canvas.draw()


def test_ten_thousand_texts_are_read_as_they_come(here, capsys):
    lines = [
        f"The cat counted {number} mice before the rain came and nobody cared for them."
        for number in range(9)
    ]
    (here / "texts.txt").write_text("\n".join([*lines, "", "short"]))
    names = {}
    for block in HOW_TOS["many_texts"].code:
        run(block, names)
    said = capsys.readouterr().out.split()
    assert (said[0], said[-1]) == ("10", "9")
    assert names["count"] == 10
    with open("heads.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10 * 36
    whole = np.array([float(row["F"]) for row in rows]).reshape(10, 6, 6).mean(axis=0)
    np.testing.assert_allclose(whole, names["total"] / 10, rtol=1e-12)


def test_the_site_has_a_page_for_each_and_every_link_leads_somewhere():
    files = build.site_files([])
    pages = ["howto.html", *(one.page for one in HOW_TOS.values())]
    assert set(pages) <= set(files)
    for name in pages:
        page = BeautifulSoup(files[name].decode(), "html.parser")
        assert len(page.find_all("h1")) == 1
        for link in page.find_all("a", href=True):
            target = link["href"].partition("#")[0]
            assert not target or ":" in target or target in files, (name, target)
    links = BeautifulSoup(files["howto.html"], "html.parser").find_all("a")
    assert {one.title for one in HOW_TOS.values()} <= {link.get_text() for link in links}
    assert 'href="howto.html"' in files["index.html"].decode()
    assert 'href="howto.html"' in files["ledger.html"].decode()
