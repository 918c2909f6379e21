"""A lesson's notebook in, a list of screens out: one idea each, for the slides and for presenting in JupyterLab.

Text is cut at headings and predictions, and a cell that computes and then draws is cut before the drawing. What comes
next joins the screen while there is room, but nothing ever stands below a prediction: the answer waits on the next
screen. Hints, imports and sources stay at home.
"""

import ast
import copy
import math
import re
from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from pages import ANSWER

ROOM = 580  # pixels that a screen of 1280 x 720 has for its cells, in the type of slides.css and present.css
PICTURE = 430  # the height of the highest picture
LETTERS = 76  # of text in a line
CODE_LETTERS = 104  # of code in a line, in present.css
SHORT = 6  # lines of code before a picture that are not worth a screen


def screens(notebook: NotebookNode) -> list[list[NotebookNode]]:
    """The cells of a lesson, cut and packed."""
    packed, room = [], 0
    for cell in pieces(notebook):
        starts = is_import(cell) or (cell.cell_type == "markdown" and re.match(r"#|\*\*Predict", cell.source))
        need = height(cell)
        is_below_heading = packed and re.fullmatch(r"#.*", packed[-1][-1].source)
        if not packed or (starts and not is_below_heading) or stands_last(packed[-1][-1]) or need > room:
            packed.append([])
            room = ROOM
        packed[-1].append(cell)
        room -= need
    return packed


def pieces(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The cells, cut where a screen may end."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield from pieces_of_text(cell)
        elif drawing := drawing_line(cell):
            yield from pieces_of_code(cell, drawing)
        else:
            yield copy.deepcopy(cell)


def pieces_of_text(cell: NotebookNode) -> Iterator[NotebookNode]:
    """Text before each heading and each prediction; no hints, no sources."""
    told = re.sub(r"<details>.*?</details>", "", cell.source, flags=re.S)
    for part in re.split(rf"\n\s*\n(?=#|\*\*Predict)|{re.escape(ANSWER)}", told):
        part = part.strip()
        if part and not part.startswith("## Sources"):
            yield new_markdown_cell(part)


def drawing_line(cell: NotebookNode) -> int:
    """The line before which a cell that ends in a picture is cut; 0 if it does not, or hardly does anything else."""
    if not any("image/png" in output.get("data", {}) for output in cell.outputs):
        return 0
    *before, last = ast.parse(cell.source).body
    prints = any(output.output_type == "stream" for output in cell.outputs)
    is_worth_it = prints or last.lineno > SHORT
    return last.lineno - 1 if before and is_worth_it and isinstance(last, ast.Expr) else 0


def pieces_of_code(cell: NotebookNode, line: int) -> list[NotebookNode]:
    """What computes, with what it prints, and what draws, with the picture."""
    lines = cell.source.splitlines()
    printed = [output for output in cell.outputs if output.output_type == "stream"]
    shown = [output for output in cell.outputs if output.output_type != "stream"]
    return [
        new_code_cell("\n".join(part).strip(), outputs=outputs, execution_count=cell.execution_count)
        for part, outputs in [(lines[:line], printed), (lines[line:], shown)]
    ]


def is_import(cell: NotebookNode) -> bool:
    """The cell does nothing but import."""
    return cell.cell_type == "code" and all(
        isinstance(step, ast.Import | ast.ImportFrom) for step in ast.parse(cell.source).body
    )


def stands_last(cell: NotebookNode) -> bool:
    """Nothing comes below it on its screen: a prediction, imports, a check."""
    is_check = "check" in cell.metadata.get("tags", [])
    return cell.source.startswith("**Predict") or is_import(cell) or is_check


def is_distracting(cell: NotebookNode) -> bool:
    """Of this code only the outcome is worth a look: it only draws, or it only checks."""
    return cell.cell_type == "code" and (
        "check" in cell.metadata.get("tags", [])
        or any("image/png" in o.get("data", {}) for o in cell.outputs)
    )


def height(cell: NotebookNode) -> int:
    """About how many pixels of a screen a cell takes."""
    if cell.cell_type == "markdown":
        return sum(height_of_block(block) for block in re.split(r"\n\s*\n", cell.source))
    lines = [] if is_distracting(cell) else cell.source.splitlines()
    code = 25 * sum(max(1, math.ceil(len(line) / CODE_LETTERS)) for line in lines) + (40 if lines else 0)
    return code + sum(height_of_output(output) for output in cell.outputs)


def height_of_block(block: str) -> int:
    """A paragraph, heading, list, table or formula."""
    if block.startswith("#"):
        return 85
    if block.startswith("$$"):
        return 110
    if re.match(r"[|*-] |\d+\. |\|", block):
        return sum(38 * math.ceil(len(line) / LETTERS) for line in re.split(r"\n(?! )", block)) + 20
    return 38 * math.ceil(len(block) / LETTERS) + 20


def height_of_output(output: NotebookNode) -> int:
    """A printed text, a picture or a sentence."""
    data = output.get("data", {})
    if "image/png" in data:
        return PICTURE
    told = output.get("text") or data.get("text/markdown") or data.get("text/plain", "")
    return 25 * sum(math.ceil(len(line) / CODE_LETTERS) for line in told.splitlines()) + 25
