"""The figure style: the same bytes, no pyplot, words that can be read, a sentence that is seen."""

import io

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from PIL import Image

from helpers import plots
from helpers.plots import label_line, new_figure, show, text_colour

COLOURS = {
    name: getattr(plots, name)
    for name in ("POLICY", "CRITIC", "REWARD", "ADVANTAGE", "YOURS", "SAMPLES", "TRUTH", "SECONDARY")
}


def a_figure(title="Twice as many samples, half the variance", **options):
    figure, ax = new_figure(title, xlabel="samples", ylabel="variance", **options)
    ax.plot([1, 2, 4], [1.0, 0.5, 0.25], color=plots.POLICY)
    return figure


def test_size_spines_and_labels():
    figure, ax = new_figure("A finding", xlabel="steps", ylabel="return")
    assert tuple(figure.get_size_inches()) == (6.4, 3.6)
    assert {name for name, spine in ax.spines.items() if spine.get_visible()} == {"left", "bottom"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("steps", "return")
    assert figure.get_suptitle() == "A finding"


def test_one_label_for_each_axes_or_an_error():
    _, axes = new_figure("Two", xlabel=["left", "right"], columns=2)
    assert [ax.get_xlabel() for ax in axes] == ["left", "right"]
    _, axes = new_figure("Four", rows=2, columns=2)
    assert axes.shape == (2, 2)
    with pytest.raises(ValueError, match=r"expected one string, or a list of 2 .* got 3"):
        new_figure("Two", xlabel=["a", "b", "c"], columns=2)


def test_no_pyplot_state():
    pyplot.close("all")
    show(a_figure(), "The variance halves.")
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("width", [4.0, 6.4, 8.0])
def test_a_long_title_fits_the_figure(width):
    figure = a_figure("Wherever many words stand in a title " * 3, width=width)
    figure.canvas.draw()
    box = figure._suptitle.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1
    assert box.y0 >= figure.axes[0].get_window_extent().y1


def test_same_figure_same_bytes():
    assert show(a_figure(), "One.").png == show(a_figure(), "One.").png
    assert show(a_figure(), "One.").png != show(a_figure("Another title"), "One.").png


def test_picture_is_twice_as_sharp_as_the_page():
    shown = show(a_figure(), "One.")
    assert Image.open(io.BytesIO(shown.png)).size == (2 * shown.width, 720)
    assert shown.width == 640


def test_sentence_stands_under_the_picture_and_is_its_text(monkeypatch):
    outputs = []
    monkeypatch.setattr(plots, "display", lambda data, **options: outputs.append(data))
    shown = show(a_figure(), "The variance\n    halves.")
    shown._ipython_display_()
    picture, words = outputs
    assert set(picture) == {"image/png", "text/plain"}
    assert picture["text/plain"] == repr(shown) == "[figure] The variance halves."
    assert words == {"text/markdown": "The variance halves.", "text/plain": "The variance halves."}


@pytest.mark.parametrize("sentence", ["", "  \n"])
def test_a_figure_without_a_sentence_is_refused(sentence):
    with pytest.raises(ValueError, match="expected a sentence"):
        show(a_figure(), sentence)


def contrast_with_white(colour) -> float:
    """WCAG 2.1 written out channel by channel: (1 + 0.05) / (luminance + 0.05)."""
    luminance = 0.0
    for part, weight in zip(to_rgb(colour), (0.2126, 0.7152, 0.0722), strict=True):
        luminance += weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 1.05 / (luminance + 0.05)


@pytest.mark.parametrize("name", COLOURS)
def test_words_in_every_colour_can_be_read(name):
    assert contrast_with_white(text_colour(COLOURS[name])) >= 4.5


def test_dark_colours_stay_as_they_are():
    for name in ("POLICY", "TRUTH", "SECONDARY"):
        assert text_colour(COLOURS[name]) == pytest.approx(to_rgb(COLOURS[name]))
    assert contrast_with_white(plots.YOURS) < 4.5  # so the darkening is needed


def test_label_stands_right_of_the_last_point_and_inside_the_figure():
    figure = a_figure()
    ax = figure.axes[0]
    label = label_line(ax.lines[0], "batch mean")
    figure.canvas.draw()
    end = ax.transData.transform((4, 0.25))
    box, room = label.get_window_extent(), figure.bbox
    assert box.x0 > end[0]
    assert abs((box.y0 + box.y1) / 2 - end[1]) < 3
    assert room.x0 <= box.x0 < box.x1 <= room.x1


def test_label_stands_on_the_line_where_asked():
    figure = a_figure()
    ax = figure.axes[0]
    label = label_line(ax.lines[0], "batch mean", at=3)
    assert label.xy == (3, pytest.approx(0.375))  # half way between (2, 0.5) and (4, 0.25)
    figure.canvas.draw()
    assert label.get_window_extent().y0 > ax.transData.transform((3, 0.375))[1]


def test_label_of_a_decreasing_line_stands_on_it():
    _, ax = new_figure("From right to left")
    (line,) = ax.plot([4, 2, 0], [1, 3, 5])
    assert label_line(line, "back", at=1).xy == (1, pytest.approx(4.0))
    assert np.isfinite(label_line(line, "end").xy).all()
