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
