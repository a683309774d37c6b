"""Options of `gedig-edu claims` that do not go together."""

import pytest
from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.course import claims


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--table", "x.json"], "add --run"), (["--sources", "--table", "x.json"], "give it alone"),
     (["--sources", "--run"], "give it alone")],
)  # fmt: skip
def test_options_of_claims_that_would_do_nothing_are_refused(monkeypatch, options, said):
    monkeypatch.setattr(claims, "run", lambda *_, **__: pytest.fail("measured"))
    answer = CliRunner().invoke(cli.app, ["claims", *options])
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert said in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
