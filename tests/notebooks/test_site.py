"""The static pages hold every lesson, hold no solution, lead nowhere that does not exist, and load nothing from elsewhere."""

import base64
import functools
import io
import re
from urllib.parse import unquote

import pytest
from PIL import Image

from build_notebooks import without_solutions
from build_site import build
from html_reader import Reader
from notebooks import ROOT, SOURCES, name_of, read

LOADING = {
    "src",
    "srcset",
    "data",
    "poster",
    "action",
}  # attributes that fetch; of links only those of <link>


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build(folder, SOURCES)
    return folder


@pytest.fixture(scope="module")
def pages(folder) -> dict[str, Reader]:
    return {path.name: Reader(path.read_text()) for path in folder.glob("*.html")}


def test_every_lesson_has_a_page_and_a_place_on_the_front_page(pages):
    wanted = {f"{source.stem}.html" for source in SOURCES}
    assert set(pages) == wanted | {"index.html"}
    assert wanted <= {link["href"] for link in pages["index.html"].all("a")}


def test_every_internal_link_leads_somewhere(folder, pages):
    count = 0
    for name, page in pages.items():
        for link in page.all("a") + page.all("link"):
            target, _, place = link["href"].partition("#")
            if re.match(r"https?:", target):
                assert link in page.all("a"), "a link may lead out, but nothing is loaded"
                continue
            count += 1
            assert (folder / (target or name)).is_file(), f"{name}: {link['href']}"
            assert not place or {place, unquote(place)} & pages[target or name].ids, f"{name}: {link['href']}"
    assert count > 3 * len(SOURCES)


def test_nothing_is_loaded_from_elsewhere_and_every_picture_opens(folder, pages):
    for name, page in pages.items():
        assert not page.all("script") + page.all("iframe"), name
        for tag, attributes in page.tags:
            for attribute in LOADING & set(attributes):
                kind, _, content = attributes[attribute].partition(",")
                assert (tag, kind) == ("img", "data:image/png;base64"), f"{name}: {tag} {attribute}"
                Image.open(io.BytesIO(base64.b64decode(content))).verify()
    for path in folder.iterdir():
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:)", path.read_text()), path.name


def test_every_picture_has_words_and_every_formula_is_mathml(pages):
    formulas = {
        f"{source.stem}.html": count_formulas(without_solutions(read(source.with_suffix(".ipynb"))))
        for source in SOURCES
    }
    introductions = [
        read(source.with_suffix(".ipynb")).cells[0].source.split("\n\n")[1] for source in SOURCES
    ]
    formulas["index.html"] = sum(map(count_in, introductions))
    for name, page in pages.items():
        assert all(image.get("alt", "").strip() for image in page.all("img")), name
        assert len(page.all("math")) == formulas[name], name
        assert "$$" not in page.said


def count_formulas(notebook) -> int:
    return count_in("\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown"))


def count_in(told: str) -> int:
    return len(re.findall(r"\$\$.+?\$\$|\$[^$\n]+?\$", told, flags=re.S))


@functools.cache
def source_cells(stem: str) -> list:
    return read(ROOT / "solutions" / f"{stem}.ipynb").cells


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_no_solution_is_left_and_predictions_keep_a_place_for_an_answer(source, pages):
    page, inside = pages[f"{source.stem}.html"], r"BEGIN SOLUTION.*?\n(.*?)\n[^\n]*END SOLUTION"
    assert "SOLUTION" not in page.said
    words, questions = " ".join(page.said.split()), 0
    cells = source_cells(source.stem)
    for cell in cells:
        elsewhere = "\n".join(other.source for other in cells if other is not cell)
        for hidden in re.findall(inside, cell.source, flags=re.S):
            questions += cell.cell_type == "markdown"
            for line in map(str.strip, hidden.splitlines()):
                assert len(line) < 12 or line in elsewhere or " ".join(line.split()) not in words, line
    assert len(page.all("textarea")) == questions > 0


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_the_outputs_are_there_but_not_those_of_exercises_and_checks(source, pages):
    page = pages[f"{source.stem}.html"]
    assert not [tag for tag, attributes in page.tags if attributes.get("role") == "status"], (
        "a check's verdict"
    )
    stored = [cell for cell in read(source.with_suffix(".ipynb")).cells if cell.cell_type == "code"]
    outputs = [output for cell in stored for output in cell.outputs]
    assert len(page.all("img")) == sum("image/png" in output.get("data", {}) for output in outputs)
    for output in outputs:
        if output.output_type == "stream":
            assert output.text.strip() in page.said
