"""The reference made from docstrings: complete, at home in the site, and left out without pdoc."""

import ast
import importlib
import inspect
import json
import posixpath
from collections import Counter
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup

import gedig_edu
from gedig_edu.course.site import build, pages, reference
from tests.course.small_course import Nesting, remote_loads

NAMES = [name for chapter in reference.CHAPTERS.values() for name in chapter]


@pytest.fixture(scope="module")
def files():
    """Make the pages of a site without lessons."""
    return build.site_files([])


@pytest.fixture(scope="module")
def soups(files):
    paths = [path for path in files if path.startswith("api/")]
    return {path: BeautifulSoup(files[path].decode(), "html.parser") for path in paths}


def page_of(name):
    return f"api/gedig_edu/{name.replace('.', '/')}.html"


def test_every_module_has_a_page_and_the_index_leads_to_it(soups):
    assert set(soups) == {"api/index.html", *map(page_of, NAMES)}
    led = {link["href"].removeprefix("../") for link in soups["api/index.html"].select("li a")}
    assert set(map(page_of, NAMES)) <= led


@pytest.mark.parametrize("name", NAMES)
def test_everything_public_with_a_docstring_stands_there_with_its_signature(soups, name):
    module = importlib.import_module(f"gedig_edu.{name}")
    page = soups[page_of(name)]
    offered = getattr(module, "__all__", vars(module))
    own = {
        key: thing
        for key, thing in vars(module).items()
        if key in offered
        and not key.startswith("_")
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__ == module.__name__
        and inspect.getdoc(thing)
    }
    assert own
    for key, thing in own.items():
        section = page.find(id=key)
        assert section is not None, key
        said = section.select_one(".highlight").get_text()
        assert said.startswith(f"{'class' if inspect.isclass(thing) else 'def'} {key}")
        if inspect.isfunction(thing):
            ast.parse(f"{said.rstrip()}: ...")
            assert set(inspect.signature(thing).parameters) <= set(said.translate(APART).split())


APART = str.maketrans(dict.fromkeys("():,*=", " "))


def test_shapes_are_written_as_in_the_source(soups):
    said = soups[page_of("theory.gauge")].find(id="Gauge.read").select_one(".highlight").get_text()
    assert 'Float[Any, "*batch L L"]' in said.replace("'", '"')
    assert "jaxtyping" not in said


def test_pages_are_those_of_the_site(soups, files):
    for path, page in soups.items():
        assert len(page.find_all("h1")) == len(page.find_all("title")) == 1
        assert len(page.find_all("main")) == len(page.find_all("header")) == 1
        counted = Counter(element["id"] for element in page.find_all(id=True))
        assert [one for one, times in counted.items() if times > 1] == [], path
        Nesting().check(files[path].decode())


def test_every_link_and_file_of_a_page_is_in_the_site(soups, files):
    for path, page in soups.items():
        wanted = [one["href"] for one in page.find_all(href=True)]
        wanted += [one["src"] for one in page.find_all(src=True)]
        for address in wanted:
            if ":" in address:
                continue
            place, anchor = urldefrag(address)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), place or "."))
            target = target if place else path
            assert target in files, (path, address)
            if anchor and target in soups:
                assert soups[target].find(id=anchor) is not None, (path, address)


def test_nothing_is_loaded_from_outside(files, tmp_path):
    for path in files:
        if path.startswith("api/"):
            (tmp_path / "page.html").write_bytes(files[path])
            assert remote_loads(tmp_path / "page.html") == []


def test_the_top_of_every_page_leads_to_how_tos_and_reference(files):
    for path in (one for one in files if one.endswith(".html")):
        links = BeautifulSoup(files[path].decode(), "html.parser").select("header a")
        above = "../" * path.count("/")
        assert {f"{above}howto.html", f"{above}api/index.html"} <= {one["href"] for one in links}


def test_the_way_around_leads_there(files):
    assert 'href="api/index.html"' in files["sources.html"].decode()
    assert 'href="../index.html"' in files["api/index.html"].decode()


@pytest.fixture(scope="module")
def searched(files):
    """Return what the search of the site looks through."""
    text = files["headings.js"].decode()
    return json.loads(text.removeprefix("window.gedigHeadings = ").rstrip(";\n"))


def test_the_search_holds_how_tos_and_names_as_they_are_typed(searched):
    found = {entry["text"]: entry["page"] for entry in searched}
    assert found["Gauge.read"] == page_of("theory.gauge")
    assert found["AttentionMaps.from_transformers"] == page_of("theory.maps")
    assert found["load"] == page_of("models.loading")
    assert found["read_stream"] == page_of("lab.streams")
    assert found["Read F of your own model"] == "howto_own_model.html"
    assert found["Make your own figure"] == "howto_own_figure.html"
    assert found["Keep a table, and go on where it ends"] == "howto_many_texts.html"
    assert not any(part.startswith("_") for name in found for part in name.split("."))


def test_each_place_that_the_search_names_is_there_once(searched, files):
    made = {page: BeautifulSoup(files[page].decode(), "html.parser")
            for page in {entry["page"] for entry in searched}}  # fmt: skip
    for entry in searched:
        assert made[entry["page"]].find(id=entry["id"]) is not None, entry
    counted = Counter((entry["page"], entry["id"]) for entry in searched)
    assert set(counted.values()) == {1}


def test_the_index_says_what_the_package_itself_offers(soups):
    said = soups["api/index.html"].get_text()
    assert f"from gedig_edu import {', '.join(gedig_edu.__all__)}" in said


def test_without_pdoc_the_site_has_no_reference_and_no_way_to_it(monkeypatch):
    monkeypatch.setattr(reference, "find_spec", lambda name: None)
    assert pages.reference_pages() == {}
    files = build.site_files([])
    assert not any(path.startswith("api/") for path in files)
    assert b"howto_own_model" in files["headings.js"]
    assert b"api/" not in files["headings.js"]
    assert "api/" not in files["sources.html"].decode() + files["index.html"].decode()
