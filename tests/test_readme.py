"""The front door: what F is, whose, and a picture of it that moves."""

import re
from pathlib import Path

from PIL import Image

from gedig_edu.course.sources import texts
from gedig_edu.words import word

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE = ROOT / ".github" / "live-f.webp"
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


def test_a_picture_at_the_top_moves_calmly_for_some_seconds_and_weighs_little():
    assert PICTURE.stat().st_size < 900_000
    with Image.open(PICTURE) as picture:
        assert picture.info["loop"] == 0
        lengths = []
        for number in range(picture.n_frames):
            picture.seek(number)
            picture.load()
            lengths.append(picture.info["duration"])
    assert 5_000 < sum(lengths) < 12_000
    assert min(lengths) >= 40
    assert lengths[-1] >= 1_000  # before it begins again


def test_what_the_picture_shows_is_said_in_words():
    (said,) = re.findall(rf"!\[([^\]]+)\]\({PICTURE.relative_to(ROOT).as_posix()}\)", TOP)
    assert {"sentence", "head", "threshold"} <= set(re.findall(r"\w+", said))
