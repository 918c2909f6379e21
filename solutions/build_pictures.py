"""Write the pictures of the README: figures that stand in the executed lessons, so that they show what the lessons show.

    python solutions/build_pictures.py

solutions/pictures/*.png   the same bytes as in the notebooks; `make notebooks` writes them too
"""

import base64
from pathlib import Path

import nbformat

from build_notebooks import ROOT

FOLDER = ROOT / "solutions" / "pictures"
PICTURES = {  # file -> the lesson, and the line that draws it
    "plus_100.png": ("06", "figures.crowds("),
    "learning.png": ("00", "figures.learning_curves("),
    "balancing.png": ("00", "figures.episode_on_film("),
}


def picture(lesson: str, line: str) -> tuple[bytes, str]:
    """The picture under the one cell that holds a line, and the sentence that belongs to it."""
    (path,) = ROOT.glob(f"solutions/{lesson}_*.ipynb")
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if line in cell.source]
    (data,) = (o.data for cell in cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {}))
    return base64.b64decode(data["image/png"]), data["text/plain"].removeprefix("[figure] ")


def build(folder: Path) -> None:
    """Write every picture."""
    folder.mkdir(exist_ok=True)
    for name, place in PICTURES.items():
        (folder / name).write_bytes(picture(*place)[0])


if __name__ == "__main__":
    build(FOLDER)
