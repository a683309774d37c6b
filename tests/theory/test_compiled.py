"""The compiled engine where its cache is damaged, cannot be written, or numba does not work."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from gedig_edu.theory.engines import compiled
from gedig_edu.theory.engines.kernels import kept, paths
from gedig_edu.theory.gauge import warm_up

KERNEL = """
import numba
from gedig_edu.theory.engines.kernels.kept import kept

SIGNATURES = [numba.int64(numba.int64), numba.float64(numba.float64)]

@kept
def next_after(number):
    return number + 1
"""

READ = """
import numpy as np
from gedig_edu.theory.gauge import Gauge
reading = Gauge.paper().read(np.eye(200), causal=True)
print(reading.engine, float(reading.F))
"""


@pytest.fixture
def fresh(tmp_path):
    """Give a function that imports a kernel anew, as a new process would."""
    source = tmp_path / "small.py"
    source.write_text(KERNEL, encoding="utf-8")

    def kernel():
        spec = importlib.util.spec_from_file_location("small", source)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.next_after, module.SIGNATURES

    return kernel


def made_ready(fresh):
    kernel, signatures = fresh()
    done = kept.ready(kernel, *signatures)
    assert (done(4), done(0.5)) == (5, 1.5)
    return done


def hits(kernel):
    return sum(kernel.stats.cache_hits.values())


def flip_machine_code(path):
    content = bytearray(path.read_bytes())
    start = content.find(b"\x7fELF") + 700
    content[start : start + 200] = bytes(byte ^ 0x5A for byte in content[start : start + 200])
    path.write_bytes(content)


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:50]),
    "other bytes": lambda path: path.write_bytes(b"\x80\x05garbage" * 30),
    "one byte more": lambda path: path.write_bytes(path.read_bytes() + b"."),
    "gone": lambda path: path.unlink(),
}


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGE)
    @pytest.mark.parametrize("which", [".nbi", ".1.nbc", ".2.nbc"])
    def test_a_damaged_file_is_a_miss_and_is_named(self, fresh, damage, which):
        first = made_ready(fresh)
        assert hits(first) == 0
        assert hits(made_ready(fresh)) == 2
        (victim,) = [path for path in kept.files(first) if path.name.endswith(which)]
        DAMAGE[damage](victim)
        kernel, _ = fresh()
        assert kept.damaged(kernel) == [victim.name]
        assert not kept.whole(kernel)
        with pytest.warns(UserWarning, match=f"is damaged .*{victim.name}.* compiled again"):
            again = made_ready(fresh)
        assert hits(again) == 0
        assert kept.whole(again)
        assert hits(made_ready(fresh)) == 2

    def test_machine_code_with_wrong_bytes_is_never_run(self, fresh):
        first = made_ready(fresh)
        flip_machine_code(next(path for path in kept.files(first) if path.suffix == ".nbc"))
        with pytest.warns(UserWarning, match="is damaged"):
            assert hits(made_ready(fresh)) == 0

    def test_files_that_no_list_speaks_for_are_compiled_again(self, fresh):
        first = made_ready(fresh)
        kept._list(first).unlink()
        assert not kept.whole(first)
        assert hits(made_ready(fresh)) == 0
        assert hits(made_ready(fresh)) == 2

    @pytest.mark.parametrize("listed", [b"", b"\xff\xfe", b"no digest", b"0 ../../x\n"])
    def test_a_list_that_is_damaged_itself_loads_nothing(self, fresh, listed, recwarn):
        first = made_ready(fresh)
        kept._list(first).write_bytes(listed)
        assert hits(made_ready(fresh)) == 0
        assert hits(made_ready(fresh)) == 2
        assert all("is damaged" in str(one.message) for one in recwarn)

    def test_what_can_neither_be_read_nor_replaced_is_left_alone(self, fresh):
        first = made_ready(fresh)
        index = next(path for path in kept.files(first) if path.suffix == ".nbi")
        index.unlink()
        index.mkdir()  # in the way, even for a user who may do all
        with pytest.warns(UserWarning, match="is damaged"):
            again = made_ready(fresh)
        assert again.stats.cache_path is None


class TestFolder:
    def test_kernels_compile_where_no_folder_can_hold_a_cache(self, fresh, monkeypatch):
        njit = kept.njit

        def without_folder(*, cache=False, **options):
            if cache:
                raise RuntimeError("cannot cache function: no locator available")
            return njit(**options)

        monkeypatch.setattr(kept, "njit", without_folder)
        assert made_ready(fresh).stats.cache_path is None

    def test_a_cache_without_room_costs_a_compilation(self, fresh, monkeypatch):
        def full(self, *_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(numba.core.caching.IndexDataCacheFile, "save", full)
        assert made_ready(fresh).stats.cache_path is None


class TestState:
    def test_a_warm_engine_is_whole(self):
        warm_up()
        found = compiled.state()
        assert (found.usable, found.compiled, found.trouble) == (True, True, "")
        assert found.folder.is_dir()

    def test_damage_is_named_and_nothing_is_mended(self, monkeypatch):
        monkeypatch.setattr(
            kept, "damaged", lambda kernel: ["paths.nbi"] if kernel is links else []
        )
        links = paths.read_links
        found = compiled.state()
        assert (found.usable, found.compiled) == (True, False)
        assert "(paths.nbi)" in found.trouble

    def test_without_a_folder_it_says_so(self, monkeypatch):
        from gedig_edu.theory.engines.kernels import cells

        plain = numba.njit(cells.read_cells.py_func)
        monkeypatch.setattr(cells, "read_cells", plain)
        found = compiled.state()
        assert (found.usable, found.folder) == (True, None)
        assert found.trouble.startswith("No folder can hold what numba compiles")


def run(script, folder, **environment):
    """Run a script in a process of its own; return what it says on either stream."""
    shown = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.getcwd()} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout.split(), shown.stderr


class TestNumpyTakesOver:
    """Long maps, which numba reads where it can."""

    @pytest.mark.parametrize(
        ("before", "said"),
        [
            ("import sys; sys.modules['numba'] = None", ""),
            ("import numba; numba.njit = None", "TypeError: 'NoneType' object is not callable"),
            ("import numba; numba.from_dtype = lambda _: 1 / 0", "ZeroDivisionError"),
        ],
    )
    def test_where_numba_does_not_work(self, before, said, tmp_path):
        (engine, F), warned = run(f"{before}\n{READ}", tmp_path)
        assert (engine, float(F)) == ("numpy", pytest.approx(-0.495, abs=1e-3))
        assert said in warned
        assert ("numba cannot be used here" in warned) == bool(said)

    def test_where_its_compiler_is_switched_off(self, tmp_path):
        script = f"{READ}from gedig_edu.theory.engines import compiled\nprint(compiled.state())\n"
        printed, warned = run(script, tmp_path, NUMBA_DISABLE_JIT="1")
        assert printed[0] == "numpy"
        assert "usable=False," in " ".join(printed)
        assert warned.count("numba cannot be used here (NUMBA_DISABLE_JIT is set); NumPy") == 1


def test_a_reading_in_a_process_of_its_own_survives_a_damaged_index(tmp_path):
    warm_up()
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    where = "from gedig_edu.theory.engines import compiled; print(compiled.state().folder)"
    (folder,), _ = run(where, tmp_path, **cache)
    shutil.copytree(compiled.state().folder, folder, dirs_exist_ok=True)
    index = next(path.name for path in kept.files(paths.read_links) if path.suffix == ".nbi")
    (Path(folder) / index).write_bytes(b"")
    (engine, _), warned = run(READ, tmp_path, **cache)
    assert engine == "numba"
    assert f"({index})" in warned
