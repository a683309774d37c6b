"""Memory is asked for before it is taken, and a text that does not fit is told how much does."""

import subprocess
import sys

import pytest

from gedig_edu import GedigError
from gedig_edu.models import memory
from gedig_edu.models.memory import Shape, available, bytes_needed, most_tokens

SHAPE = Shape(name="some", layers=30, heads=9, width=576, vocabulary=49152)
TEXT = "a boat came down before noon and the miller's daughter counted four boats"
READINGS = ("attend", "attend_many", "queries_keys", "stream", "lens", "logits", "embed")
CALLS = {
    "attend": lambda model: model.attend(TEXT),
    "many": lambda model: list(model.attend_many([TEXT, "a boat", TEXT])),
    "queries_keys": lambda model: model.queries_keys(TEXT, 0),
    "queries_keys_all": lambda model: model.queries_keys_all(TEXT),
    "stream": lambda model: model.stream(TEXT),
    "lens": lambda model: model.lens(TEXT),
    "logits": lambda model: model.logits(TEXT),
    "next_token_loss": lambda model: model.next_token_loss(TEXT),
    "generate": lambda model: model.generate(TEXT, tokens=20),
    "embed": lambda model: model.embed([TEXT, TEXT]),
}


@pytest.fixture
def small(monkeypatch):
    """Give a function that says how many bytes this machine has left."""
    monkeypatch.setattr(memory, "_UNASKED", 0)

    def leave(count):
        monkeypatch.setattr(memory, "available", lambda device="cpu": count)

    return leave


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_does_not_fit_is_refused_and_what_fits_is_read(loaded, small, call):
    small(1000)
    with pytest.raises(GedigError, match=r"0 MiB are free on cpu; end what else takes memory"):
        call(loaded["gpt2"])
    small(bytes_needed("stream", [3], loaded["gpt2"].shape))
    with pytest.raises(GedigError, match=r"'gpt2'.* MiB are free on cpu; .*[1-9]\d* tokens"):
        call(loaded["gpt2"])
    small(10**9)
    call(loaded["gpt2"])


def test_the_number_of_tokens_that_fit_is_right(loaded, small):
    model = loaded["gpt2"]
    shape = model.shape
    count = len(model.encode(TEXT))
    small(bytes_needed("attend", [count - 3], shape))
    with pytest.raises(
        GedigError, match=rf"shorten the text to {count - 3} tokens, or read it lay"
    ):
        model.attend(TEXT)
    small(bytes_needed("attend", [count], shape))
    assert model.attend(TEXT).weights.shape[-1] == count


def test_a_batch_is_told_to_be_smaller(loaded, small):
    model = loaded["gpt2"]
    small(bytes_needed("attend_many", [len(model.encode(TEXT))], model.shape))
    assert len(list(model.attend_many([TEXT, TEXT], batch_size=1))) == 2
    with pytest.raises(GedigError, match=r"2 texts at once, .* give a smaller batch_size, or text"):
        list(model.attend_many([TEXT, TEXT]))


def test_where_nobody_can_tell_nothing_is_refused(loaded, small):
    small(None)
    assert loaded["gpt2"].attend(TEXT).weights.size > 0


def test_three_thousand_words_for_a_model_of_thirty_layers():
    needed = bytes_needed("attend", [4000], SHAPE)
    assert needed > 30 * 9 * 4000**2 * 4  # the maps alone
    assert most_tokens("attend", 4000, 1, SHAPE, device="cpu", free=needed - 1) == 3999
    assert most_tokens("attend", 4000, 1, SHAPE, device="cpu", free=0) == 0


@pytest.mark.parametrize("reading", READINGS)
def test_longer_texts_and_larger_batches_need_more(reading):
    sizes = [bytes_needed(reading, lengths, SHAPE) for lengths in ([9], [10], [10, 9], [10, 10])]
    assert sizes == sorted(set(sizes))


def test_on_an_accelerator_the_pass_is_there_and_the_maps_are_here():
    there = Shape(name="some", layers=30, heads=9, width=576, vocabulary=49152, device="cuda:0")
    parts = [bytes_needed("attend", [99], there, device=device) for device in ("cpu", "cuda:0")]
    assert abs(sum(parts) - bytes_needed("attend", [99], SHAPE)) <= 1
    assert min(parts) > 0


def test_this_machine_has_some_memory_left():
    assert available() > 2**20
    assert available("mps") is None


def machine(root, cgroup, files):
    """Lay out the files in which Linux says what a process may take."""
    texts = {"proc/self/cgroup": cgroup, "proc/meminfo": "MemTotal: 9 kB\nMemAvailable: 5 kB\n"}
    for name, text in (texts | files).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_control_group_of_the_second_version_counts_with_those_around_it(tmp_path):
    files = {
        "sys/fs/cgroup/a/memory.max": "1000\n",
        "sys/fs/cgroup/a/memory.current": "600\n",
        "sys/fs/cgroup/a/memory.stat": "anon 500\nactive_file 30\ninactive_file 20\n",
        "sys/fs/cgroup/a/b/memory.max": "max\n",
        "sys/fs/cgroup/a/b/memory.current": "70\n",
    }
    root = machine(tmp_path, "0::/a/b\n", files)
    assert memory._in_groups(root) == 1000 - 600 + 50
    assert memory._in_system(root) == 5 * 1024
    assert memory._in_groups(machine(tmp_path, "0::/\n", {})) is None


def test_a_control_group_of_the_first_version_counts(tmp_path):
    place = "sys/fs/cgroup/memory"
    files = {
        f"{place}/x/memory.limit_in_bytes": "5000\n",
        f"{place}/x/memory.usage_in_bytes": "4000\n",
        f"{place}/x/memory.stat": "cache 9\ntotal_active_file 7\ntotal_inactive_file 1\n",
        f"{place}/memory.limit_in_bytes": "9223372036854771712\n",
        f"{place}/memory.usage_in_bytes": "1\n",
    }
    root = machine(tmp_path, "9:cpu:/x\n4:memory:/x\n0::/\n", files)
    assert memory._in_groups(root) == 1000 + 8


def test_a_limit_of_the_address_space_is_kept_to():
    code = (
        "import resource; from gedig_edu.models.memory import available;"
        "before = available();"
        "resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31));"
        "print(before, available())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, said.stdout.split())
    assert 0 < after < 2**31
    assert before > 0
