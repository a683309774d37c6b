"""The how-tos, tried as a reader would: every block runs, in order, and gives what it promises."""

import csv
import json
import re
import shlex
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import torch
from bs4 import BeautifulSoup
from matplotlib.axes import Axes
from typer.testing import CliRunner

from gedig_edu import AttentionMaps, Gauge, cli, load
from gedig_edu.course.site import build
from gedig_edu.course.site.howto_pages import how_tos
from gedig_edu.errors import GedigError
from gedig_edu.lab import grokking_tables, runner
from gedig_edu.lab.experiments.catalogue import NAMES
from gedig_edu.lab.experiments.head_roles import ROLES
from gedig_edu.lab.experiments.interventions import INTERVENTIONS
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.hub_texts import SETS
from gedig_edu.lab.labelled import read_labelled
from gedig_edu.lab.live import LiveReading
from gedig_edu.lab.streams import read_stream
from gedig_edu.views.widgets.attention_explorer import AttentionExplorer
from tests.lab.clusters import cluster

HOW_TOS = {one.name: one for one in how_tos()}
LAYERS, HEADS = 3, 5
TEXT = "In the rain the cat sat on a mat and the dog lay by it."


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def pythia(tmp_path_factory):
    """Save a tiny random model of Pythia's architecture, with a tokenizer of its own."""
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
    names, pictures = {}, []
    for block in HOW_TOS["own_model"].code:
        shown = run(block, names)
        if "report(" in block:
            shown = names["left"]
        if not isinstance(shown, AttentionExplorer | Axes):
            continue
        pictures.append(isinstance(shown, Axes))
        assert len([line for line in block.splitlines() if line]) == 5
        assert names["maps"].weights.shape[:2] == (LAYERS, HEADS)
        assert len(names["maps"].tokens) >= 16
        said = capsys.readouterr().out if isinstance(shown, AttentionExplorer) else cells(shown)
        assert len(re.findall(r"[-−]\d", said)) >= LAYERS * HEADS
    assert pictures == [False, False, True]  # two that answer in a notebook, one figure
    assert names["reading"].F.shape[0] == LAYERS


def cells(axes):
    """Return what the cells of a drawn map say."""
    return " ".join(text.get_text() for text in axes.texts)


def test_a_tuple_of_tensors_bears_its_model_s_name_and_tokens_as_people_read_them(here, pythia):
    (here / "my-model").symlink_to(pythia)
    names = {}
    for block in HOW_TOS["own_model"].code:
        run(block, names)
    assert "of my model (" in names["left"].figure.get_suptitle()
    assert "".join(names["maps"].tokens) == TEXT


def test_a_padded_batch_without_its_mask_is_read_wrong_and_with_it_right(here, pythia):
    (here / "my-model").symlink_to(pythia)
    names = {}
    for block in HOW_TOS["own_model"].code:
        run(block, names)
    gauge, alone, tokens = names["Gauge"].paper(), names["maps"], names["tokens"]
    names["tokenizer"].pad_token = "a"
    both = [TEXT, "a" * 90]
    asked = names["tokenizer"](both, return_tensors="pt", padding=True)
    outputs = names["network"](**asked, output_attentions=True)
    tokens = tokens + ["a"] * (90 - len(tokens))
    mask = asked["attention_mask"]
    with pytest.warns(UserWarning, match="pass the tokenizer's attention_mask"):
        padded = AttentionMaps.from_transformers(outputs, tokens, causal=True).read(gauge).F
    masked = AttentionMaps.from_transformers(outputs, tokens, causal=True, mask=mask).read(gauge).F
    np.testing.assert_allclose(masked, alone.read(gauge).F, atol=1e-5)
    assert (abs(padded - masked) > 0.01).all()


def test_transformers_says_that_it_returns_no_attention_from_sdpa(here, pythia, caplog):
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logger = logging.get_logger("transformers")
    logger.addHandler(caplog.handler)
    network = AutoModelForCausalLM.from_pretrained(pythia)
    assert network.config._attn_implementation == "sdpa"
    outputs = network(torch.arange(20)[None], output_attentions=True)
    logger.removeHandler(caplog.handler)
    assert outputs.attentions == ()
    assert "`sdpa` attention does not support" in caplog.text


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


def test_own_figure_draws_saves_and_hands_out_numbers(here, capsys):
    names = {}
    for block in HOW_TOS["own_figure"].code:
        run(block, names)
    assert isinstance(names["reading"], LiveReading)
    fair, paper = map(int, re.findall(r"(\d+)%", capsys.readouterr().out))
    assert fair < paper == 100
    assert (here / "figure.pdf").read_bytes().startswith(b"%PDF")
    assert list(names["means"].columns) == ["F", "delta_random"]
    assert len(names["figure"].axes) == 4  # two maps and their colour bars
    names["figure"].canvas.draw()


def test_ten_thousand_texts_are_read_as_they_come(here, capsys):
    lines = [
        f"The cat counted {number} mice before the rain came and nobody cared for them."
        for number in range(9)
    ]
    (here / "texts.txt").write_text("\n".join([*lines[:4], "", "short", *lines[4:]]))
    names = {}
    for block in HOW_TOS["many_texts"].code:
        run(block, names)
    said = capsys.readouterr().out.split()
    assert said[0] == "10"
    assert names["kept"] == [1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert names["count"] == 10
    assert numbers_in("heads.csv") == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    whole = np.array([float(row["F"]) for row in table("heads.csv")]).reshape(10, 6, 6).mean(axis=0)
    np.testing.assert_allclose(whole, names["total"] / 10, rtol=1e-9)


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def numbers_in(path):
    """Return the lines of a table's texts, each of which has all its heads."""
    counted = Counter(int(row["line"]) for row in table(path))
    assert set(counted.values()) == {36}
    return list(counted)


def test_a_run_that_stopped_goes_on_where_its_table_ends_and_keeps_it(here):
    text = "The cat counted mice before the rain came and nobody cared for them.\n"
    first, second, *_ = HOW_TOS["many_texts"].code
    (here / "texts.txt").write_text(f"{text}\n{text}" + "long " * 999 + f"\n{text}")
    names = {"read_stream": read_stream}
    run(first.partition("model, gauge")[0], names)
    run("model, gauge = load('gpt2-mini'), Gauge.released()", names)
    with pytest.raises(GedigError, match="Text 2 of the stream"):
        run(second, names)
    stopped = (here / "heads.csv").read_bytes()
    assert numbers_in("heads.csv") == [1, 3]
    (here / "texts.txt").write_text(f"{text}\n{text}{text}{text}")
    run(second, names)
    assert numbers_in("heads.csv") == [1, 3, 4, 5]
    assert (here / "heads.csv").read_bytes().startswith(stopped)
    run(second, names)
    assert numbers_in("heads.csv") == [1, 3, 4, 5]


def test_lines_that_no_model_reads_are_left_out_by_their_numbers(here, capsys):
    text = "The cat counted mice before the rain came and nobody cared for them.\n"
    (here / "texts.txt").write_text(text + "long " * 999 + f"\n{text}short\n{text}")
    names = {"model": load("gpt2-mini"), "gauge": Gauge.released(), "read_stream": read_stream}
    _, table_block, readable, *_ = HOW_TOS["many_texts"].code
    run(table_block.partition('with open("heads')[0], names)
    run(readable, names)
    said = capsys.readouterr().out
    assert "Line 2 is left out: The text has" in said
    assert names["kept"] == [1, 3, 5]


LOCAL = "127.0.0.1:8786"
LINES = [f"The cat counted {number} mice before the rain came to the sea." for number in range(4)]


def test_an_experiment_runs_stops_goes_on_and_is_kept_as_it_is_told(
    here, pythia, capsys, tmp_path_factory
):
    (here / "my-model").symlink_to(pythia)
    (here / "texts.txt").write_text("\n".join(LINES))
    names = {}
    with cluster(tmp_path_factory.mktemp("workers")) as address:
        for language, block in HOW_TOS["experiment"].blocks:
            if language == "python":
                run(block, names)
                continue
            program, *words = shlex.split(block.replace(LOCAL, address).replace("\\\n", ""))
            assert program == "gedig-edu"
            result = CliRunner().invoke(cli.app, words)
            assert result.exit_code == 0, result.output
    said = capsys.readouterr().out
    assert re.search(r"released +row_shuffled +matched", said)
    one = pd.read_parquet(here / "out" / "rows.parquet")
    assert len(one) == len(LINES) * LAYERS * HEADS * 2
    assert len(names["by_layer"]) == LAYERS
    two, many = (pd.read_parquet(here / folder / "rows.parquet") for folder in ("two", "many"))
    pd.testing.assert_frame_equal(two, many)
    assert "my-model prose layers 4" in said
    assert len(names["table"]) == 2 * LAYERS
    assert "rows: 2,385,979,392" in said


def words_in(how_to):
    return set(re.findall(r"`([^`\n]+)`", how_to.text))


def stem(column):
    """Return a column's name without its end of an interval, its mask and what it was varied by."""
    varied = r"(_(quantile|fixed|top|any|noise))?_[\d.]+(?=$|_matched$)"
    column = re.sub(r"_(low|high)$", "", re.sub(varied, "", column))
    column = re.sub(r"^(share_positive|published|role)_.*", r"\1", column)
    return re.sub(
        r"^(density|entropy|path)_delta_.*", r"\1_delta_", re.sub("_matched$", "", column)
    )


def test_every_column_that_an_experiment_writes_is_explained(here):
    said = words_in(HOW_TOS["experiment"]) | {"role"}
    (here / "texts.txt").write_text("\n".join(LINES[:2]))
    written = set()
    for name in NAMES:
        setting = Setting(experiment=name, model="gpt2-mini", texts="texts.txt")
        out = runner.run(setting, here / name).out
        written |= set(pd.read_parquet(out / "rows.parquet"))
        for table in out.glob("tables/*.csv"):
            written |= {table.name, *pd.read_csv(table, nrows=0)}
    assert len(written) > 150
    assert {column for column in written if not {column, stem(column)} & said} == set()


def test_every_column_of_the_runs_of_sums_is_explained():
    said = words_in(HOW_TOS["experiment"])
    tables = [grokking_tables.runs(), grokking_tables.curves(), grokking_tables.definitions()]
    written = {column for table in tables for column in table}
    assert len(written) > 30
    assert written - said - {"step"} == set()


def test_each_role_and_each_kind_of_intervention_is_explained():
    said = HOW_TOS["experiment"].text
    kinds = {one.kind for one in INTERVENTIONS}
    assert [name for name in (*ROLES, *kinds) if f'"{name}"' not in said] == []


SPLITS = {"train": ("so dull ", "a joy ", "no life "), "validation": ("no charm ", "warm ")}


def sst_2(repository, *, split):
    """Return rows as the hub has them: sentences end with a space."""
    assert repository == SETS["sst2"].repository
    return [{"idx": n, "sentence": said, "label": n % 2} for n, said in enumerate(SPLITS[split])]


def test_training_runs_goes_on_and_is_judged_as_it_is_told(here, capsys, monkeypatch):
    monkeypatch.setattr("datasets.load_dataset", sst_2)
    names, said = {}, []
    for language, block in HOW_TOS["train"].blocks:
        if language == "python":
            run(block, names)
            continue
        program, *words = shlex.split(block.replace("\\\n", ""))
        assert program == "gedig-edu"
        result = CliRunner().invoke(cli.app, words)
        assert result.exit_code == 0, result.output
        said.append(result.output)
    assert [text.count(" right, F ") for text in said] == [4, 2]
    assert "runs.jsonl too: 2." in said[1]
    assert names["arms"]["alpha"].tolist() == [0.0, 0.1]
    explained = words_in(HOW_TOS["train"])
    assert set(map(stem, names["arms"].columns)) <= explained
    assert {path.name for path in (here / "sweep").iterdir()} <= explained
    run_lines = (here / "sweep" / "runs.jsonl").read_text().splitlines()
    assert set(json.loads(run_lines[0])) <= explained
    assert all("each run: 12 of 12." in text for text in said)
    learned, held = (read_labelled(here / "sst-2" / f"{name}.tsv") for name in ("train", "dev"))
    assert (learned.sentences, learned.labels.tolist()) == (
        ("so dull", "a joy", "no life"),
        [0, 1, 0],
    )
    assert (held.sentences, held.classes) == (("no charm", "warm"), ("0", "1"))
    assert "penalty" in capsys.readouterr().out


def test_what_a_large_model_takes_adds_up(here):
    names = {}
    run(HOW_TOS["experiment"].code[-1], names)
    per_text = names["days"](1, 1) * 86_400
    forward = 2 * 8e9 * 128 / 8e10
    assert per_text == pytest.approx(forward + 2048 * 0.0008 + 128 * 0.010)
    assert names["days"](2_000, 16) == pytest.approx(names["days"](1_000, 8))


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
