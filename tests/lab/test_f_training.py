"""Training with F in the loss: it moves F, in pairs that differ in the penalty alone."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel
from typer.testing import CliRunner

from gedig_edu.cli import app
from gedig_edu.errors import GedigError
from gedig_edu.lab.classifier import open_classifier
from gedig_edu.lab.f_sweep import Job, jobs_of, read_runs, sweep
from gedig_edu.lab.f_training import (
    PENALTIES,
    Outcome,
    TrainingSetting,
    _penalty,
    _steepness,
    train_one,
)
from gedig_edu.lab.labelled import labelled, read_labelled
from gedig_edu.models import load
from tests.lab.clusters import HERE

GOOD = "a warm and funny film", "she plays it with great charm", "I laughed and then I cried"
BAD = "a dull and empty film", "he plays it without any life", "I yawned and then I left"


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini", backend="torch", device="cpu")


@pytest.fixture(scope="module")
def sentences():
    texts = [f"{one} {end}" for end in (".", "!", ", again .") for one in (*GOOD, *BAD)]
    return labelled(texts, 3 * (3 * ["1"] + 3 * ["0"]))


@pytest.fixture(scope="module")
def pass_(model, sentences):
    torch.manual_seed(0)
    classifier = open_classifier("", model=model, classes=2, device="cpu")
    ids = [classifier.ids(text, 64) for text in sentences.sentences[:5]]
    _, maps, mask = classifier(ids, attentions=True)
    return classifier, maps, mask


def small(**changes):
    return TrainingSetting(
        **{"model": "gpt2-mini", "examples": 17, "epochs": 2, "rows": 5, "learning_rate": 1e-3}
        | changes
    )


def run(model, sentences, setting=None, **how):
    how = {"alpha": 0.0, "seed": 3} | how
    return train_one(setting or small(), sentences, sentences, model=model, device="cpu", **how)


class TestOneRun:
    def test_it_learns_and_writes_down_what_it_measured(self, model, sentences):
        outcome = run(model, sentences, small(epochs=8))
        assert outcome.accuracy > 0.8
        assert outcome.accuracy == outcome.right.count("1") / len(sentences)
        assert len(outcome.F_layers) == model.layers
        assert np.mean(outcome.F_layers) == pytest.approx(outcome.F)
        by_terms = outcome.density - 0.5 * (outcome.entropy + 0.5 * outcome.path_gain)
        assert pytest.approx(by_terms) == outcome.F
        assert Outcome.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome

    def test_the_same_seed_gives_the_same_run_and_another_one_another(self, model, sentences):
        first, again, other = (run(model, sentences, seed=seed) for seed in (3, 3, 4))
        assert first.loss == again.loss
        assert first.loss != other.loss

    def test_alpha_moves_the_gauge_down_and_a_minus_sign_up(self, model, sentences):
        F = {
            (penalty, alpha): run(model, sentences, penalty=penalty, alpha=alpha).F
            for penalty, alpha in (("F", 0.0), ("F", 3.0), ("minus_F", 3.0), ("entropy", 3.0))
        }
        assert F["F", 3.0] < F["F", 0.0] < F["minus_F", 3.0]
        assert F["entropy", 3.0] < F["F", 0.0]

    def test_a_vanishing_alpha_is_the_run_without(self, model, sentences):
        without, nearly = run(model, sentences), run(model, sentences, alpha=1e-9)
        assert nearly.loss == pytest.approx(without.loss, abs=1e-5)
        assert nearly.penalty == without.penalty == "F"

    def test_the_network_of_the_model_is_not_trained(self, model, sentences):
        before = [one.clone() for one in model.network.parameters()]
        run(model, sentences, alpha=0.1)
        assert all(map(torch.equal, before, model.network.parameters()))
        assert model.attend("as before").weights.shape[0] == model.layers

    def test_progress_is_told_each_step_and_may_end_the_run(self, model, sentences):
        told = []
        run(model, sentences, progress=lambda *at: told.append(at))
        assert told == [(step, 8) for step in range(1, 9)]

        class EnoughError(Exception):
            pass

        def stop(step, _):
            if step == 2:
                raise EnoughError

        with pytest.raises(EnoughError):
            run(model, sentences, progress=stop)

    def test_an_encoder_trains_too(self, model, sentences):
        size = {"hidden_size": 21, "num_attention_heads": 3, "intermediate_size": 35}
        vocabulary = model.network.config.vocab_size
        config = BertConfig(vocab_size=vocabulary, num_hidden_layers=2, **size)
        encoder = load(BertModel(config), model.tokenizer)
        outcome = run(encoder, sentences, small(epochs=1), alpha=0.1)
        assert 0 <= outcome.accuracy <= 1


class TestPenalties:
    @pytest.mark.parametrize("name", PENALTIES)
    def test_each_reaches_the_parameters_with_a_finite_gradient(self, pass_, name):
        classifier, maps, mask = pass_
        parameters = list(classifier.body.parameters())
        value = _penalty(name, small(), True, seed=3)(maps, mask, parameters)
        assert 0 < float(_steepness(value, parameters)) < np.inf

    def test_the_random_field_pulls_as_hard_as_the_gauge(self, pass_):
        classifier, maps, mask = pass_
        parameters = list(classifier.body.parameters())
        F, field = (
            _penalty(name, small(), True, seed=3)(maps, mask, parameters)
            for name in ("F", "random_field")
        )
        pulls = [float(_steepness(value, parameters)) for value in (F, field)]
        assert pulls[1] == pytest.approx(pulls[0], rel=1e-5)

    def test_penalties_do_not_see_padding(self, model):
        torch.manual_seed(0)
        classifier = open_classifier("", model=model, classes=2, device="cpu").eval()
        short, long = (classifier.ids(text, 64) for text in ("a short one", "one that is longer"))
        parameters = list(classifier.body.parameters())
        for name in ("F", "entropy"):
            penalty = _penalty(name, small(), True, seed=3)
            alone = [
                penalty(*classifier([one], attentions=True)[1:], parameters)
                for one in (short, long)
            ]
            both = penalty(*classifier([short, long], attentions=True)[1:], parameters)
            assert both.item() == pytest.approx(np.mean([one.item() for one in alone]), abs=1e-6)

    def test_nothing_is_dropped_from_attention_while_training(self, pass_):
        classifier, _, _ = pass_
        classifier.train()
        _, maps, _ = classifier([classifier.ids("a b c d e f", 64)], attentions=True)
        assert torch.stack(maps).sum(dim=-1).detach().numpy() == pytest.approx(1, abs=1e-5)


class TestSweep:
    JOBS = (Job(0.0, 1), Job(0.5, 1), Job(0.01, 1, "entropy"))

    def test_the_jobs_of_the_paper_and_its_controls(self):
        jobs = jobs_of()
        assert len(jobs) == len(set(jobs)) == 25 + 15
        assert {job.penalty for job in jobs[25:]} == {"entropy", "minus_F", "random_field"}

    def test_it_goes_on_where_it_stopped_and_takes_out_half_a_line(self, sentences, tmp_path):
        out, told = tmp_path / "sweep", []
        setting = small(examples=6, epochs=1)
        how = {"device": "cpu", "told": lambda outcome, *at: told.append(at)}
        first = sweep(setting, sentences, sentences, out, jobs=self.JOBS[:1], **how)
        with (out / "runs.jsonl").open("a") as runs:
            runs.write('{"penalty": "F", "alp')
        everything = sweep(setting, sentences, sentences, out, jobs=self.JOBS, workers=2, **how)
        assert everything[0] == first[0]
        assert told == [(1, 1), (2, 3), (3, 3)]
        written = {(run.alpha, run.penalty): run for run in read_runs(out / "runs.jsonl")}
        assert written == {(run.alpha, run.penalty): run for run in everything}
        assert not [path for path in out.iterdir() if path.suffix == ".part"]
        with pytest.raises(GedigError, match=r"training\.epochs=1, and 2 is asked for"):
            sweep(small(examples=6), sentences, sentences, out, jobs=self.JOBS)

    def test_a_folder_of_something_else_is_left_alone(self, sentences, tmp_path):
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(GedigError, match=r"holds 'mine\.txt', which no run"):
            sweep(small(), sentences, sentences, tmp_path, jobs=self.JOBS)
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

    def test_a_damaged_line_is_named(self, tmp_path):
        (tmp_path / "runs.jsonl").write_text("{}\n")
        with pytest.raises(GedigError, match=r"Line 1 of .* is no run"):
            read_runs(tmp_path / "runs.jsonl")


class TestRefusals:
    @pytest.mark.parametrize(
        "change",
        [
            {"examples": 0},
            {"epochs": 1.5},
            {"rows": -1},
            {"learning_rate": 0.0},
            {"softness": 2.0},
            {"beta": -1.0},
            {"convention": "script"},
            {"evaluation": 0},
        ],
    )
    def test_a_setting_out_of_range_names_it(self, change):
        with pytest.raises(GedigError, match=next(iter(change))):
            TrainingSetting(**change)

    @pytest.mark.parametrize("how", [{"alpha": -1.0}, {"seed": -1}, {"penalty": "G"}])
    def test_a_run_out_of_range_names_it(self, model, sentences, how):
        with pytest.raises(GedigError, match=next(iter(how))):
            run(model, sentences, **how)

    def test_more_examples_than_sentences_are_refused(self, model, sentences):
        with pytest.raises(
            GedigError, match=r"there are 18 training .* at most 18 \(--examples 18\)"
        ):
            run(model, sentences, small(examples=99))

    @pytest.mark.parametrize("name", ["examples", "evaluation"])
    def test_a_sweep_of_more_sentences_than_there_are_claims_no_folder(
        self, sentences, tmp_path, name
    ):
        with pytest.raises(GedigError, match=rf"{name}=99 and there are 18 \w+ sentences"):
            sweep(small(**{name: 99}), sentences, sentences, tmp_path / "out", jobs=[Job(0.0, 1)])
        assert not (tmp_path / "out").exists()


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.tsv", "label\tsentence\n1\tgood\n0\tbad\n1\tfine\n"),
            ("b.tsv", "good\t1\nbad\t0\nfine\t1\n\n"),
            ("c.csv", 'text,label\n"good",1\n"bad",0\nfine,1\n'),
            ("d.tsv", "\ufeff1\tgood\r\n0\tbad\r\n1\tfine\r\n"),
        ],
    )
    def test_two_columns_are_read_in_any_order_with_or_without_a_header(self, tmp_path, name, text):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        read = read_labelled(tmp_path / name)
        assert read.sentences == ("good", "bad", "fine")
        assert read.labels.tolist() == [1, 0, 1]

    @pytest.mark.parametrize(
        ("name", "text", "sentences"),
        [
            ("glue.tsv", "sentence\tlabel\nso dull\t0\na joy\t1\n", ("so dull", "a joy")),
            ("first.tsv", "label\tsentence\n0\tdull\n1\tdull\n0\tdull\n", ("dull",) * 3),
            ("alone.tsv", "label\tsentence\nx\tgood\n1\tbad\n1\tfine\n", ("good", "bad", "fine")),
            ("lower.csv", "Text, Label\nso dull,0\na joy,1\n", ("so dull", "a joy")),
            ("signs.tsv", "1\tone\u2028line\n0\tb\x0cc\n1\td\n", ("one\u2028line", "b\x0cc", "d")),
        ],
    )
    def test_a_header_names_the_labels_and_no_sentence_is_lost(
        self, tmp_path, name, text, sentences
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert read_labelled(tmp_path / name).sentences == sentences

    def test_labels_that_training_knows_say_which_column_is_theirs(self, tmp_path):
        (tmp_path / "a.tsv").write_text("1\tgood\n0\tbad\n")
        read = read_labelled(tmp_path / "a.tsv", classes=("0", "1"))
        assert read.sentences == ("good", "bad")

    def test_quotes_of_a_tsv_are_letters(self, tmp_path):
        (tmp_path / "a.tsv").write_text('1\t"good\n0\tbad"\n1\tfine\n')
        assert read_labelled(tmp_path / "a.tsv").sentences[0] == '"good'

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (b"", "has 0 lines"),
            (b"one line alone\n", "line 1 has 1"),
            (b"1\tgood\n0\tbad\tworse\n", "line 2 has 3"),
            (b"\n\n1\tgood\n0\tbad\tworse\n", "line 4 has 3"),
            (b"1\tgood\n0\tbad\n", "Both columns .* 2 different values.*calls that column 'label'"),
            (
                b"x\tgood\n1\tbad\n1\tfine\n",
                "first line .* may be a header.* no other line has 'x'",
            ),
            (b"text\tmood\ngood\t1\nbad\t0\nfine\t1\nworse\t0\n", "may be a header"),
            (b"1\tgood\n1\tfine\n1\tbest\n", "of at least two kinds"),
            (b"1\tcaf\xe9\n0\tbad\n", "no text in UTF-8"),
            (b"1\tgood\n0\t \n1\tfine\n0\tbad\n", "a.tsv is"),
        ],
    )
    def test_what_is_no_such_file_is_refused(self, tmp_path, text, said):
        (tmp_path / "a.tsv").write_bytes(text)
        with pytest.raises(GedigError, match=said):
            read_labelled(tmp_path / "a.tsv")

    def test_a_quote_that_does_not_end_is_refused(self, tmp_path):
        (tmp_path / "a.csv").write_text('label,sentence\n1,"good\n0,bad\n')
        with pytest.raises(GedigError, match=r"Line 3 of .* is no line of a \.csv"):
            read_labelled(tmp_path / "a.csv")

    def test_a_label_that_training_does_not_know_is_refused(self, tmp_path):
        (tmp_path / "a.tsv").write_text("label\tsentence\n1\tgood\n2\tbad\n1\tfine\n")
        with pytest.raises(GedigError, match=r"Sentence 2 of .*a\.tsv is 'bad' with the label '2'"):
            read_labelled(tmp_path / "a.tsv", classes=("0", "1"))


class TestCommand:
    def test_it_trains_says_what_it_comes_to_and_goes_on(self, tmp_path):
        rows = "".join(f"1\t{text}\n" for text in GOOD) + "".join(f"0\t{text}\n" for text in BAD)
        (tmp_path / "some.tsv").write_text(rows)
        some = [f"--{name}={tmp_path / 'some.tsv'}" for name in ("train", "evaluate")]
        arguments = [
            "train", "--model=gpt2-mini", *some, f"--out={tmp_path / 'out'}", "--examples=6",
            "--epochs=1", "--seeds=2", "--alpha=0", "--alpha=0.5", "--no-controls",
        ]  # fmt: skip
        first, again = (CliRunner().invoke(app, arguments) for _ in range(2))
        assert first.exit_code == again.exit_code == 0, first.output
        assert first.output.count(" right, F ") == 4
        assert again.output.count(" right, F ") == 0
        assert "α = 0.5 times F" in again.output
        assert (tmp_path / "out" / "arms.csv").read_text().count("\n") == 3
        fewer = CliRunner().invoke(app, [*arguments[:-3], "--alpha=0.25", "--no-controls"])
        assert fewer.output.count(" right, F ") == 2
        assert "α = 0.25 times F: " in fewer.output, fewer.output
        assert "α = 0.5 times" not in fewer.output, fewer.output
        assert f"stand in {tmp_path / 'out' / 'runs.jsonl'} too: 2." in fewer.output
        dose = ["--control=minus_F", "--control-alpha=2"]
        strong = CliRunner().invoke(app, [*arguments[:-1], *dose])
        found = read_runs(tmp_path / "out" / "runs.jsonl")
        assert strong.exit_code == 0
        assert {one.alpha for one in found if one.penalty == "minus_F"} == {2.0}
        both = CliRunner().invoke(app, [*arguments, "--control=entropy"])
        assert "--control and --no-controls contradict" in both.output

    def test_without_a_number_of_examples_it_learns_from_what_there_is(self, tmp_path):
        rows = "".join(f"1\t{text}\n" for text in GOOD) + "".join(f"0\t{text}\n" for text in BAD)
        (tmp_path / "some.tsv").write_text(rows)
        some = [f"--{name}={tmp_path / 'some.tsv'}" for name in ("train", "evaluate")]
        arguments = ["train", "--model=gpt2-mini", *some, f"--out={tmp_path / 'out'}",
                     "--epochs=1", "--seeds=1", "--alpha=0", "--no-controls"]  # fmt: skip
        first = CliRunner().invoke(app, arguments)
        assert first.exit_code == 0, first.output
        assert f"each run: {len(GOOD + BAD)} of {len(GOOD + BAD)}." in first.output
        same = CliRunner().invoke(app, [*arguments, f"--examples={len(GOOD + BAD)}"])
        assert same.output.count(" right, F ") == 0  # the same sweep, which is done
        more = CliRunner().invoke(app, [*arguments, "--examples=99"])
        assert (more.exit_code, f"(--examples {len(GOOD + BAD)})" in more.output) == (1, True)
        assert more.output.count("\n") == 1  # and nothing was said to begin

    def test_one_that_is_killed_leaves_no_worker(self, tmp_path):
        rows = "".join(f"{label}\t{text}\n" for label in "10" for text in (GOOD, BAD)[label == "0"])
        (tmp_path / "some.tsv").write_text(rows)
        some = [f"--{name}={tmp_path / 'some.tsv'}" for name in ("train", "evaluate")]
        command = [
            sys.executable, "-m", "gedig_edu", "train", "--model=gpt2-mini", *some,
            f"--out={tmp_path / 'out'}", "--examples=6", "--epochs=1", "--seeds=9", "--alpha=0",
            "--no-controls", "--workers=2", "--device=cpu",
        ]  # fmt: skip
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen(command, env=HERE, **pipes) as process:
            assert any("1 of 9" in line for line in process.stdout)
            process.kill()
            process.communicate(timeout=20)  # what it started has its stdout, to the last of them
            assert process.returncode == -signal.SIGKILL
