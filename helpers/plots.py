"""Numbers in, ink out: the one figure style of the course, free of pyplot.

A colour always means the same thing, and never stands alone: a label, a marker or a dash says it too.
"""

import base64
import io

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

__all__ = [
    "ADVANTAGE",
    "CRITIC",
    "MAP",
    "POLICY",
    "REWARD",
    "SAMPLES",
    "SECONDARY",
    "SIGNED_MAP",
    "TRUTH",
    "TRUTH_LINE",
    "YOURS",
    "Shown",
    "label_line",
    "new_figure",
    "show",
    "text_colour",
]

POLICY = "#0072B2"  # blue
CRITIC = "#D55E00"  # vermillion: the critic and every value
REWARD = "#009E73"  # green
ADVANTAGE = "#CC79A7"  # purple: advantages and baselines
YOURS = "#E69F00"  # orange, for fills and markers only: too pale for a thin line or a word
SAMPLES = "#56B4E9"  # sky, for fills and markers only
TRUTH = "#000000"
SECONDARY = "#555555"
TRUTH_LINE = {"color": TRUTH, "linestyle": (0, (5, 3)), "linewidth": 1.5}
MAP = "cividis"
SIGNED_MAP = "PuOr"  # centre it at 0

PIXELS_PER_INCH = 100  # on the page; a figure 6.4 in wide is 640 pixels wide
SHARPNESS = 2  # stored pixels per pixel on the page
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 12.0, 10.0, 9.0


def new_figure(
    title: str,
    *,
    xlabel: str | list[str] = "",
    ylabel: str | list[str] = "",
    width: float = 6.4,
    height: float = 3.6,
    rows: int = 1,
    columns: int = 1,
    **subplots,
) -> tuple[Figure, Axes | np.ndarray]:
    """Make a figure in the style of the course: `figure, ax = new_figure("More samples, less noise")`.

    Args:
        title: states the finding; a long one is wrapped.
        xlabel: quantity and unit; one for all axes, or a list with one each, row by row.
        ylabel: likewise.
        width: inches.
        height: inches.
        subplots: passed on to `Figure.subplots` (`sharey=True`, `width_ratios=[2, 1]`, ...).

    Returns:
        The figure and its axes: one `Axes`, or an array [columns], [rows] or [rows, columns] of them.

    Raises:
        ValueError: if a list of labels has not one label for each axes.
    """
    figure = Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, **subplots)
    if title:
        figure.suptitle(title, x=0.012, ha="left", wrap=True, fontsize=TITLE_SIZE, fontweight="bold")
    panels = list(np.ravel(axes))
    xlabels, ylabels = _one_each("xlabel", xlabel, len(panels)), _one_each("ylabel", ylabel, len(panels))
    for ax, below, beside in zip(panels, xlabels, ylabels, strict=True):
        _style(ax)
        ax.set_xlabel(below, fontsize=TEXT_SIZE)
        ax.set_ylabel(beside, fontsize=TEXT_SIZE)
    return figure, axes


def label_line(line: Line2D, text: str, *, at: float | None = None, above: float = 0.0) -> Annotation:
    """Write the name of a line beside it, in its colour, instead of a legend.

    Args:
        line: what `ax.plot` returned, one of them.
        at: the x where the label stands; left out, the label stands right of the line's last point.
        above: points by which the label is lifted, to keep two labels apart.
    """
    x, y = np.asarray(line.get_xdata(), dtype=float), np.asarray(line.get_ydata(), dtype=float)
    order = np.argsort(x)
    point = (x[-1], y[-1]) if at is None else (at, np.interp(at, x[order], y[order]))
    return line.axes.annotate(
        text,
        point,
        xytext=(5, above) if at is None else (0, 4 + above),
        textcoords="offset points",
        ha="left" if at is None else "center",
        va="center" if at is None else "bottom",
        color=text_colour(line.get_color()),
        fontsize=TEXT_SIZE,
        annotation_clip=False,
    )


def text_colour(colour: str) -> tuple[float, float, float]:
    """Darken a colour until words in it can be read on white (contrast 4.5 : 1, WCAG 2.1, 1.4.3)."""
    rgb = np.array(to_rgb(colour))
    while 1.05 / (_luminance(rgb) + 0.05) < 4.5:
        rgb = rgb * 0.97
    return tuple(float(part) for part in rgb)


class Shown:
    """A figure as a cell shows it: the picture, and under it the sentence that says what it shows."""

    def __init__(self, figure: Figure, sentence: str):
        if not sentence.strip():
            raise ValueError("expected a sentence that says what the figure shows, got an empty one")
        self.sentence = " ".join(sentence.split())
        self.png = _png(figure)
        self.width = round(figure.get_figwidth() * PIXELS_PER_INCH)

    def __repr__(self) -> str:
        return f"[figure] {self.sentence}"

    def _ipython_display_(self) -> None:
        # Two outputs: a front end shows one form of an output only, and drops alternative texts in metadata.
        picture = {"image/png": base64.b64encode(self.png).decode(), "text/plain": repr(self)}
        display(picture, raw=True, metadata={"image/png": {"width": self.width}})
        display({"text/markdown": self.sentence, "text/plain": self.sentence}, raw=True)


def show(figure: Figure, sentence: str) -> Shown:
    """End a cell with a figure and one visible sentence that says what it shows (and what its band is).

    The sentence is the figure's alternative text: whoever cannot see the picture learns the finding from it.

    Raises:
        ValueError: if the sentence is empty.
    """
    return Shown(figure, sentence)


def _style(ax: Axes) -> None:
    """Take away the ink that says nothing."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(SECONDARY)
    ax.tick_params(labelsize=SMALL_SIZE, color=SECONDARY)


def _one_each(name: str, labels: str | list[str], count: int) -> list[str]:
    """One label for each axes."""
    labels = [labels] * count if isinstance(labels, str) else list(labels)
    if len(labels) != count:
        raise ValueError(f"{name}: expected one string, or a list of {count} (one each), got {len(labels)}")
    return labels


def _png(figure: Figure) -> bytes:
    """The figure as PNG: same figure, same bytes (no version and no date inside)."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=SHARPNESS * PIXELS_PER_INCH, metadata={"Software": None})
    return out.getvalue()


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.1)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
