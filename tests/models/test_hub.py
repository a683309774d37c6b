"""The path through a hub, served on this machine, well behaved and not."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from transformers import GPT2Config, GPT2LMHeadModel

from gedig_edu import models
from tests.fake_hub import serving, unused_address
from tests.helpers import require
from tests.models import tiny
from tests.models.client import ask, tree

pytestmark = pytest.mark.hub

REPOSITORY = "openai-community/gpt2"
FETCH = "str(models.fetch('gpt2', progress=False))"
NAMESPACES = (("unshare", "--mount"), ("unshare", "--map-root-user", "--mount"))
SMALL_DISK = ("sh", "-c", 'mount -t tmpfs -o size=64k tmpfs "$GEDIG_CACHE" && exec "$@"', "sh")
NOBODY = 65534


@pytest.fixture
def cache():
    """Give a cache that any user may look into, with one model in it already."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cache"
        resident = place / "models" / "distilgpt2" / "hub"
        resident.mkdir(parents=True)
        (resident / "model.safetensors").write_bytes(b"resident")
        Path(folder).chmod(0o755)
        yield place


def one_sentence(text):
    return text.endswith(".") and "\n" not in text and ". " not in text


def test_what_is_fetched_is_what_the_hub_has_and_stays_when_the_hub_is_gone(folders, cache):
    with serving(folders["gpt2"], REPOSITORY) as hub:
        fetched = ask(FETCH, cache=cache, HF_ENDPOINT=hub.address)
        again = ask(FETCH, cache=cache, HF_ENDPOINT=hub.address)
        asked = len(hub.asked)
    assert Path(fetched.value) == cache / "models" / "gpt2" / "hub"
    assert again.value == fetched.value
    assert hub.asked[asked:] == []
    assert not fetched.heavy
    served = tree(folders["gpt2"])
    assert tree(Path(fetched.value)) == {name: served[name] for name in tree(Path(fetched.value))}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(tree(Path(fetched.value)))
    loss = "models.load('gpt2', device='cpu').next_token_loss('Eleven boats')"
    offline = ask(loss, cache=cache, HF_ENDPOINT=unused_address(), HF_HUB_OFFLINE="1")
    expected = models.load(folders["gpt2"], device="cpu").next_token_loss("Eleven boats")
    assert offline.value == pytest.approx(expected, abs=1e-6)


def test_gpt2_in_its_own_size_goes_from_hub_to_attention(tmp_path, folders, cache):
    GPT2LMHeadModel(GPT2Config(vocab_size=50257)).save_pretrained(tmp_path)
    tiny.byte_level_tokenizer().save(str(tmp_path / "tokenizer.json"))
    read = (
        "[list(maps.weights.shape), float(maps.weights.sum()), model.context] "
        "for model in [models.load('gpt2', download=True, device='cpu')] "
        "for maps in [model.attend('Eleven boats came down')]"
    )
    with serving(tmp_path, REPOSITORY) as hub:
        answer = ask(f"next({read})", cache=cache, HF_ENDPOINT=hub.address)
    assert answer.refusal is None
    shape, total, context = answer.value
    assert shape[:2] == [12, 12]
    assert context == 1024
    assert total == pytest.approx(np.prod(shape[:3]), rel=1e-5)
    assert "gpt2: 498 MB from" in answer.stderr
    assert f"{hub.address}/{REPOSITORY} (licence MIT)" in answer.stderr.replace("\n", "")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("truncated", "broke off after"),
        ("short", "not the"),
        ("wrong hash", "size or checksum differ"),
        ("no repository", "has no model 'openai-community/gpt2' (404)"),
        ("gated", "does not open 'openai-community/gpt2' to you (401)"),
        ("changing", "changed while it was being read"),
        ("broken", "did not answer within 3 s"),
    ],
)
def test_trouble_at_the_hub_leaves_the_cache_as_it_was(folders, cache, trouble, said):
    before = tree(cache)
    with serving(folders["gpt2"], REPOSITORY, trouble=trouble) as hub:
        answer = ask(FETCH, cache=cache, HF_ENDPOINT=hub.address)
    assert answer.refusal is not None
    assert said in answer.refusal
    assert one_sentence(answer.refusal)
    assert tree(cache) == before
    assert sorted(path.name for path in (cache / "models").iterdir()) == ["distilgpt2"]


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_repository_without_a_needed_file_is_refused(tmp_path, folders, cache, missing):
    for file in folders["gpt2"].iterdir():
        if file.name != missing:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with serving(tmp_path, REPOSITORY) as hub:
        answer = ask(FETCH, cache=cache, HF_ENDPOINT=hub.address)
    assert f"has no {missing}" in str(answer.refusal)
    assert not (cache / "models" / "gpt2").exists()


def test_weights_in_several_files_are_fetched_and_read(tmp_path, cache):
    tiny.network("gpt2").save_pretrained(tmp_path, max_shard_size="100KB")
    tiny.byte_level_tokenizer().save(str(tmp_path / "tokenizer.json"))
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    with serving(tmp_path, "some/one") as hub:
        fetch = "str(models.fetch('some/one', progress=False))"
        answer = ask(fetch, cache=cache, HF_ENDPOINT=hub.address)
    fetched, served = (
        models.load(folder, device="cpu").next_token_loss("Eleven boats")
        for folder in (answer.value, tmp_path)
    )
    assert fetched == served


@pytest.mark.parametrize("source", [None, "hub"])
def test_a_hub_that_never_answers_is_given_up_within_four_seconds(folders, cache, source):
    before = tree(cache)
    fetch = f"str(models.fetch('gpt2', source={source!r}, progress=False))"
    with serving(folders["gpt2"], REPOSITORY, trouble="silent") as hub:
        answer = ask(fetch, cache=cache, HF_ENDPOINT=hub.address)
    assert "did not answer within 3 s" in str(answer.refusal)
    assert "smollm2, minilm" in str(answer.refusal)
    assert one_sentence(answer.refusal)
    assert answer.seconds < 4
    assert tree(cache) == before


@pytest.mark.parametrize(
    ("offline", "said"),
    [("0", "did not answer within 3 s"), ("1", "was not asked (HF_HUB_OFFLINE is set)")],
)
def test_without_a_hub_the_refusal_names_the_way_out(cache, offline, said):
    answer = ask(FETCH, cache=cache, HF_ENDPOINT=unused_address(), HF_HUB_OFFLINE=offline)
    assert "set HF_ENDPOINT to a mirror, or use one of smollm2, minilm" in str(answer.refusal)
    assert said in str(answer.refusal)
    assert one_sentence(answer.refusal)
    assert answer.seconds < 4


def test_a_model_that_is_not_here_is_not_fetched_unasked(folders, cache):
    with serving(folders["gpt2"], REPOSITORY) as hub:
        answer = ask("models.load('gpt2')", cache=cache, HF_ENDPOINT=hub.address)
    assert hub.asked == []
    assert "fetch it (548 MB, MIT) with `gedig-edu models fetch gpt2`" in str(answer.refusal)
    assert not answer.heavy


def test_a_cache_that_may_not_be_written_is_named(folders, cache, tmp_path):
    before = tree(cache)
    for folder in (cache, cache / "models"):
        folder.chmod(0o555)
    with_every_module_read = f"""
os.environ["GEDIG_CACHE"] = {str(tmp_path)!r}
{FETCH}
os.environ["GEDIG_CACHE"] = {str(cache)!r}
if os.geteuid() == 0:
    os.setuid({NOBODY})
"""
    with serving(folders["gpt2"], REPOSITORY) as hub:
        answer = ask(FETCH, cache=cache, before=with_every_module_read, HF_ENDPOINT=hub.address)
    for folder in (cache, cache / "models"):
        folder.chmod(0o755)
    assert f"The cache {cache} could not be written (Permission denied)" in str(answer.refusal)
    assert "set GEDIG_CACHE" in str(answer.refusal)
    assert one_sentence(answer.refusal)
    assert tree(cache) == before


def small_disk(cache):
    """Return a command that gives a process a cache on a disk of 64 kB, or None."""
    for namespace in NAMESPACES:
        command = (*namespace, *SMALL_DISK)
        try:
            ask("'here'", cache=cache, prefix=command)
        except (AssertionError, FileNotFoundError):
            continue
        return command
    return None


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("", "66 kB free and "),
        ("shutil.disk_usage = lambda _: types.SimpleNamespace(free=10**12)", "No space left"),
    ],
    ids=["full from the start", "full on the way"],
)
def test_a_full_disk_is_said_and_leaves_nothing(folders, cache, before, said):
    command = small_disk(cache)
    require(command is not None, "a mount namespace for a small disk")
    with serving(folders["gpt2"], REPOSITORY) as hub:
        answer = ask(FETCH, cache=cache, before=before, prefix=command, HF_ENDPOINT=hub.address)
    assert said in str(answer.refusal)
    assert "free space there, or set GEDIG_CACHE" in str(answer.refusal)
    assert one_sentence(answer.refusal)


def test_a_quota_met_on_the_way_leaves_the_cache_as_it_was(folders, cache):
    before = tree(cache)
    quota = "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    with serving(folders["gpt2"], REPOSITORY) as hub:
        answer = ask(FETCH, cache=cache, before=quota, HF_ENDPOINT=hub.address)
    assert "could not be written (File too large)" in str(answer.refusal)
    assert tree(cache) == before
    assert sorted(path.name for path in (cache / "models").iterdir()) == ["distilgpt2"]


def test_progress_counts_up_to_the_announced_size(folders, cache):
    with serving(folders["gpt2"], REPOSITORY) as hub:
        answer = ask(
            "[models.fetch('gpt2', progress=lambda *step: steps.append(step)) and steps][0]",
            cache=cache,
            before="steps = []",
            HF_ENDPOINT=hub.address,
        )
    done, totals = zip(*answer.value, strict=True)
    assert list(done) == sorted(done)
    assert set(totals) == {done[-1]}
    assert done[-1] >= (folders["gpt2"] / "model.safetensors").stat().st_size
