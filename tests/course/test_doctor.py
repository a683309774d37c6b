"""The doctor: what counts as wrong, what is a note, and which remedy is named."""

from importlib.metadata import PackageNotFoundError, version

from gedig_edu.course import doctor


def test_refuses_an_old_python():
    assert doctor.check_python("3.10.13").state == "wrong"
    assert "3.11" in doctor.check_python("3.10.13").remedy
    assert doctor.check_python("3.11.0").state == "good"


def test_names_an_old_package_and_a_missing_one():
    def installed(name: str) -> str:
        if name == "gguf":
            raise PackageNotFoundError(name)
        return "1.26.4" if name == "numpy" else version(name)

    findings = {finding.subject: finding for finding in doctor.check_packages(installed)}
    assert set(findings) == {"numpy", "gguf"}
    assert findings["numpy"].found == "1.26.4"
    assert findings["gguf"].remedy.startswith("pip install 'gguf>=")


def test_reports_a_silent_hub_as_a_note(monkeypatch):
    monkeypatch.setattr(doctor.hub, "answers", lambda _: False)
    assert doctor.find_hub().state == "note"
    monkeypatch.setattr(doctor.hub, "answers", lambda _: True)
    assert doctor.find_hub().state == "good"


def test_a_lesson_model_that_is_nowhere_is_wrong_with_a_remedy(monkeypatch):
    monkeypatch.setenv("GEDIG_MODEL", "nonsense/of-a-name")
    finding = doctor.find_model()
    assert finding.state == "wrong"
    assert "GEDIG_MODEL" in finding.remedy
    monkeypatch.setenv("GEDIG_MODEL", "./no/such/folder")
    assert doctor.find_model().state == "wrong"
    monkeypatch.delenv("GEDIG_MODEL")
    assert doctor.find_model().state == "good"


def test_a_cache_that_can_only_be_read_is_a_note_where_it_holds_models(monkeypatch, tmp_path):
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path))
    assert doctor.check_cache().state == "good"
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    assert doctor.check_cache().state == "wrong"
    (tmp_path / "models" / "minilm" / "wheel").mkdir(parents=True)
    assert doctor.check_cache().state == "note"


def test_a_compile_cache_that_numba_would_pass_over_is_wrong(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert doctor.check_compiled().state == "good"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    closed = tmp_path / "kernels_5fbb"
    closed.mkdir()
    assert doctor.check_compiled().state == "good"
    monkeypatch.setattr(doctor.os, "access", lambda folder, _mode: folder != closed)
    finding = doctor.check_compiled()
    assert (finding.state, finding.found) == ("wrong", str(tmp_path))
    assert "chmod 1777" in finding.remedy
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "nowhere"))
    assert doctor.check_compiled().state == "wrong"
