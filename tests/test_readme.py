"""The front door: what F is, whose, and a picture of it that moves."""

import re
from pathlib import Path

from gedig_edu.course.sources import texts
from gedig_edu.words import word

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOP = README.split("\n## ")[0]


def test_the_top_says_what_the_gauge_is_and_whose():
    assert word("site.landing.formula") in TOP
    for term in ("density", "entropy", "path_gain"):
        assert f"*{word(f'site.landing.term.{term}')}*" in TOP.lower()
    author = next(text.author for text in texts() if text.id == "gauge")
    assert " ".join(author.split()[:2]) in TOP


def test_every_file_that_it_leads_to_is_there():
    files = [name for name in re.findall(r"\]\(([^)]+)\)", README) if "://" not in name]
    assert len(files) >= 5
    assert [name for name in files if not (ROOT / name).is_file()] == []
