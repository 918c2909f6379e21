"""Build the course as static pages in build/site: executed, without solutions, readable without a kernel or a network.

python solutions/build_site.py            all lessons
python solutions/build_site.py 03 06      lessons whose name starts so; the front page lists only these
"""

import functools
import re
import sys
from pathlib import Path

from nbformat import NotebookNode

from build_notebooks import sources
from pages import BUILD, STYLE, cells_as_html, fill, read_lesson, text, title_of, words


@functools.cache
def rendered(source: Path) -> tuple[NotebookNode, str]:
    """The lesson without solutions, and its cells as HTML; a page and the front page need both."""
    notebook = read_lesson(source)
    return notebook, cells_as_html(notebook)


def lesson_page(source: Path, before: Path | None, after: Path | None) -> str:
    """One lesson as a page, with ways to its neighbours, to the front page and to its own sections."""
    notebook, body = rendered(source)
    neighbours = [("prev", before, "← {}"), ("next", after, "{} →")]
    links = [
        f'<a rel="{rel}" href="{path.stem}.html">{arrow.format(path.stem[:2])}</a>'
        for rel, path, arrow in neighbours
        if path
    ]
    ways = " ".join(['<a href="index.html">All lessons</a>', *links])
    return fill("lesson.html", title=text(title_of(notebook)), ways=ways, sections=sections(body), body=body)


def sections(body: str, page: str = "") -> str:
    """The headings of a page as a list of links."""
    found = re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', body, flags=re.S)
    return "\n".join(f'<li><a href="{page}#{name}">{heading}</a></li>' for name, heading in found)


def entry(source: Path) -> str:
    """A lesson on the front page: its question, what it says of itself, and its sections."""
    notebook, body = rendered(source)
    number, _, question = title_of(notebook).partition(" · ")
    page = f"{source.stem}.html"
    told = words(notebook.cells[0].source.split("\n\n")[1])
    inside = sections(body, page)
    return (
        f'<section><h2><span class="number">{number}</span> <a href="{page}">{text(question)}</a></h2>'
        f"{told}<details><summary>Sections</summary><ul>{inside}</ul></details></section>"
    )


def build(folder: Path, lessons: list[Path]) -> None:
    """Write the front page, the style, and a page for each lesson."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.html"):
        old.unlink()
    (folder / "site.css").write_text((STYLE / "site.css").read_text())
    for source, before, after in zip(lessons, [None, *lessons], [*lessons[1:], None], strict=False):
        (folder / f"{source.stem}.html").write_text(lesson_page(source, before, after))
    (folder / "index.html").write_text(fill("front.html", lessons="\n".join(map(entry, lessons))))


if __name__ == "__main__":
    build(BUILD / "site", sources(sys.argv[1:]))
    print("Open", BUILD / "site" / "index.html")
