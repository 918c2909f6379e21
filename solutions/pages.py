"""A lesson's executed notebook in, pieces of HTML without solutions out: what the site and the slides share.

nbconvert does the work. Nothing is executed and nothing is loaded from elsewhere: formulas become MathML, pictures
stand in the page, a widget shows its fallback picture with the sentence that belongs to it.
"""

import base64
import functools
import html
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from pygments.formatters import HtmlFormatter

from build_notebooks import ROOT, without_solutions

STYLE = Path(__file__).parent / "style"
BUILD = ROOT / "build"
ANSWER = '<textarea rows="2" aria-label="Your answer" placeholder="Your answer"></textarea>'
INSIDE = r"((?:(?!<mover>|</mover>).|<mover accent=\"true\">(?:(?!<mover).)*?</mover>)*?)"
OVERLINE = rf'<mover>{INSIDE}<mo accent="true">&#x02015;</mo></mover>'
BAR = r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>'
MENDED = (  # what latex2mathml writes, and what browsers draw as TeX would
    (r"(?<!<munder>)<mo>(\w{2,})</mo>", r"<mi>\1</mi>"),  # names of functions: no wide space on both sides
    (r"<mo[^>]*>(&#x0007C;|&#x02016;)</mo>", BAR),  # bars in pairs, of one height
    (
        OVERLINE,
        r'<mrow style="border-top: 0.06em solid; padding-top: 0.12em">\1</mrow>',
    ),  # not all fonts stretch it
)
# nbconvert rewrites headings as XML: a formula in one is to stay <math>, not <ns0:math>, which no browser draws.
ElementTree.register_namespace("", "http://www.w3.org/1998/Math/MathML")

WIDGET_SHARPNESS = 1.5  # stored pixels per pixel on the page, as helpers.live draws them


class Page(HTMLExporter):
    """nbconvert's plain HTML of the cells, formulas as MathML."""

    def __init__(self):
        super().__init__(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)

    def markdown2html(self, context, source: str) -> str:
        return words(source)

    # nbconvert marks its filters for Jinja, and an override must carry the mark as well.
    markdown2html.__dict__.update(HTMLExporter.markdown2html.__dict__)


class MathMLRenderer(IPythonRenderer):
    """Markdown to HTML that needs no script to show a formula."""

    def block_math(self, body: str) -> str:
        return mathml(body, "block")

    def inline_math(self, body: str) -> str:
        return mathml(body, "inline")


def words(source: str) -> str:
    """Markdown as HTML."""
    return MarkdownWithMath(renderer=MathMLRenderer(escape=False)).render(source)


def mathml(tex: str, display: str) -> str:
    """A formula as MathML; a command that is not known stops the build, so that no page shows a backslash."""
    tex = re.sub(r"\\[bB]ig+[lr]?(?![a-z])", "", tex).replace(r"\arg\max", r"\operatorname{argmax}")
    tex = re.sub(r"(\\[a-z]+|\w)'", r"{\1\\text{′}}", tex)  # at full size: fonts have raised it already
    tex = tex.replace(r"\max_", r"\max\limits_") if display == "block" else tex
    tex = re.sub(r"(\\log|\\operatorname\{\w+\})\s+(?=[\w\\])", r"\1\\,", tex)  # the thin space that TeX adds
    markup = convert(tex, display=display)
    for found, better in MENDED:
        markup = re.sub(found, better, markup)
    if "\\" in markup:
        raise ValueError(f"expected commands that latex2mathml knows, got {tex!r}")
    return markup


def read_lesson(source: Path) -> NotebookNode:
    """The stored, executed notebook of a lesson, with stubs and empty places instead of solutions and answers."""
    notebook = without_solutions(nbformat.read(source.with_suffix(".ipynb"), as_version=4))
    for cell in notebook.cells:
        if {"exercise", "check"} & set(cell.metadata.get("tags", [])):
            cell.outputs = []
        elif cell.cell_type == "markdown":
            cell.source = cell.source.replace("*Your answer here.*", ANSWER)
        else:
            cell.outputs = [told for output in cell.outputs for told in describe(output, cell.outputs)]
    return notebook


def describe(output: NotebookNode, others: list[NotebookNode]) -> list[NotebookNode]:
    """A picture with its sentence as alternative text, and below it too where no other output says it."""
    data = output.get("data", {})
    if "image/png" not in data:
        return [output]
    kind, sentence = re.fullmatch(r"(?:\[(.*?)\] )?(.*)", data["text/plain"], flags=re.S).groups()
    picture = output.metadata.setdefault("image/png", {})
    picture["alt"] = sentence
    if kind not in (None, "figure"):
        width, _ = struct.unpack(">II", base64.b64decode(data["image/png"][:32])[16:24])
        picture["width"] = round(width / WIDGET_SHARPNESS)
        sentence = f"*A still of a widget, alive in the notebook.* {sentence}"
    if any(other.get("data", {}).get("text/markdown") == sentence for other in others):
        return [output]
    return [output, new_output("display_data", {"text/markdown": sentence})]


def title_of(notebook: NotebookNode) -> str:
    """The first heading of a lesson: '06 · Why ...?'."""
    return re.match(r"# (.+)", notebook.cells[0].source).group(1)


@functools.cache
def exporter() -> Page:
    """One for all cells: to make it takes longer than to use it."""
    return Page()


def cells_as_html(notebook: NotebookNode) -> str:
    """All cells; links from lesson to lesson lead to pages."""
    body, _ = exporter().from_notebook_node(notebook)
    return re.sub(r'href="(\d\d_\w+)\.ipynb', r'href="\1.html', body)


def fill(template: str, **parts: str) -> str:
    """A page of solutions/style with its {{parts}} filled in, and the colours of code added to its style."""
    page = (STYLE / template).read_text()
    parts["code_colours"] = HtmlFormatter(style="vs").get_style_defs(".highlight")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found.group(1)], page)


def text(markup: str) -> str:
    """Plain words for a title: no tags, special characters escaped."""
    return html.escape(html.unescape(re.sub(r"<[^>]+>", "", markup)))
