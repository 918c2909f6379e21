"""Controls and one picture in, a widget out: every slider of the course redraws through this one view.

A widget is a pure function plus a view. The function, `update(**values)`, sets the data of the picture's
animated artists from the values of the controls, and returns a sentence that says what the picture now shows.
It is tested without a screen. The view owns the rest: layout, background, lock, PNG, sentence, the way back.
"""

import base64
import struct
import threading
import zlib
from collections.abc import Callable, Mapping

import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .plots import CRITIC, PIXELS_PER_INCH
from .spoken import spoken_line, spoken_names

__all__ = ["LivePicture", "StepButton"]

SHARPNESS = 1.5  # drawn pixels per pixel on the page: sharp on a laptop's screen, and still quick


class StepButton(widgets.Button):
    """A button that counts its presses: `.value` goes 0, 1, ..., `last`, then the button waits for Reset.

    Args:
        last: the highest count; None for no end.
    """

    value = traitlets.Int(0)

    def __init__(self, last: int | None = None, **options):
        self.last = last
        super().__init__(**{"description": "Step", "icon": "step-forward", **options})
        self.on_click(lambda _: self.step())

    def step(self) -> None:
        """Count one press, up to the last."""
        if self.last is None or self.value < self.last:
            self.value += 1

    @traitlets.observe("value")
    def _stop_at_the_last(self, change) -> None:
        self.disabled = self.last is not None and change.new >= self.last


class LivePicture(widgets.VBox):
    """Controls, the picture they change, and the sentence that says what it shows.

    Rules for the figure and for `update`:

    * what changes is made with `animated=True` (it is drawn last, over the rest); what stays is not;
    * axis limits are fixed when the figure is made, so that sliding moves the data and not the ruler;
    * a change of anything else (a limit, a title) shows as well, but costs a full draw: about 60 ms more;
    * `update` takes the controls' values by name and touches nothing but the artists: no pyplot, no print, no
      `$...$` in texts that change (matplotlib's formula parser may be busy in the cell that runs meanwhile).

    Without a kernel (on GitHub, in HTML, in a test) the cell shows the picture of the first values.

    Args:
        figure: made by `new_figure`; it belongs to the widget from now on.
        update: `update(**values) -> str`.
        controls: name -> anything with a `.value`: slider, dropdown, checkbox, toggle buttons, `StepButton`.
        columns: how many controls stand side by side.

    Raises:
        ValueError: if the figure belongs to pyplot, has no animated artist, or `update` returns no sentence.
    """

    def __init__(
        self,
        figure: Figure,
        update: Callable[..., str],
        controls: Mapping[str, widgets.Widget],
        *,
        columns: int = 2,
    ):
        if figure.canvas.manager is not None:
            raise ValueError(
                "expected a figure made by new_figure(...), got one of pyplot (not safe in callbacks)"
            )
        self.figure, self.update, self.controls = figure, update, dict(controls)
        self.first_values = self.values
        self._lock = threading.RLock()  # JupyterLab runs callbacks in another thread than cells
        self._quiet = False
        figure.set_dpi(SHARPNESS * PIXELS_PER_INCH)
        self._canvas = FigureCanvasAgg(figure)
        self._moving = _animated_artists(figure)
        self.sentence = self._say()
        self._canvas.draw()  # the only layout
        figure.set_layout_engine("none")
        self._keep_background()
        room = {"width": f"{round(figure.get_figwidth() * PIXELS_PER_INCH)}px", "max_width": "100%"}
        self.picture = widgets.Image(value=self._png(), format="png", layout={**room, "margin": "6px 0 0 0"})
        self.line = widgets.HTML(spoken_line(self.sentence), layout=room)
        self.reset_button = _reset_button()
        self.reset_button.on_click(lambda _: self.reset())
        for name, control in self.controls.items():
            _dress(name, control)
            control.observe(self._changed, "value")
        super().__init__([_panel(self.controls, self.reset_button, columns, room), self.picture, self.line])
        self.add_class("live-picture")

    @property
    def values(self) -> dict:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def reset(self) -> None:
        """Give every control its first value back, and draw once."""
        with self._lock:
            self._quiet = True
            try:
                for name, value in self.first_values.items():
                    self.controls[name].value = value
            finally:
                self._quiet = False
            self.redraw()

    def redraw(self) -> None:
        """Draw the picture of the controls' present values; if `update` fails, keep the last and say so."""
        with self._lock:
            try:
                self.sentence = self._say()
                self.picture.value = self._png()
                self.line.value = spoken_line(self.sentence)
            except Exception as error:  # whatever it is, a callback that raises would only go silent
                self.line.value = spoken_line(f"Not drawn. {type(error).__name__}: {error}", CRITIC)

    def _changed(self, change) -> None:
        if not self._quiet:
            self.redraw()

    def _say(self) -> str:
        """Move the artists, and return the sentence."""
        sentence = self.update(**self.values)
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(
                f"expected update(...) to return one sentence about the picture, got {sentence!r}"
            )
        return sentence

    def _keep_background(self) -> None:
        """Keep what does not move."""
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)

    def _png(self) -> bytes:
        """Blit the moving artists over the background."""
        if self.figure.stale:  # animated artists do not make a figure stale: something else has changed
            self._canvas.draw()
            self._keep_background()
        self._canvas.restore_region(self._background)
        for artist in self._moving:
            self.figure.draw_artist(artist)
        return _quick_png(np.asarray(self._canvas.buffer_rgba()))

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and for places without a kernel its picture and a fixed text."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return also_without_a_kernel(bundle, f"[interactive figure] {self.sentence}", self.picture.value)


def also_without_a_kernel(bundle, text: str, png: bytes) -> dict:
    """What ipywidgets shows of a widget, and for places without a kernel a fixed text and a picture."""
    data = dict(bundle[0] if isinstance(bundle, tuple) else bundle)
    return {**data, "text/plain": text, "image/png": base64.b64encode(png).decode()}


def _animated_artists(figure: Figure) -> list[Artist]:
    """Every artist made with `animated=True`, in the order in which the figure would draw them."""
    order = {ax: number for number, ax in enumerate(figure.axes)}
    found = dict.fromkeys(figure.findobj(Artist.get_animated))  # each once
    if not found:
        raise ValueError("expected a figure with at least one artist made with animated=True, got none")
    return sorted(found, key=lambda artist: (order.get(artist.axes, -1), artist.get_zorder()))


def _quick_png(pixels: np.ndarray) -> bytes:
    """Pixels uint8 [height, width, 4] as PNG, every row unfiltered: 5 ms where trying all filters costs 13."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # a row opens with its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, -1)
    # 8 bits a channel, 6: red, green, blue, alpha.
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _dress(name: str, control: widgets.Widget) -> None:
    """Give a control a whole label, the width of its column, and a tooltip."""
    if not control.description:
        control.description = name.replace("_", " ")
    control.tooltip = control.tooltip or control.description
    if hasattr(control.style, "description_width"):
        control.style.description_width = "initial"
    if isinstance(control, widgets.Checkbox):
        control.indent = False
    if isinstance(control, widgets.ToggleButtons):
        control.style.button_width = "auto"  # side by side
    if not isinstance(control, widgets.Button):
        control.layout.width = control.layout.width or "auto"


def _reset_button() -> widgets.Button:
    """The way back."""
    tooltip = "Reset: give all controls their first values"
    return widgets.Button(description="Reset", icon="undo", tooltip=tooltip, layout={"width": "90px"})


def _panel(controls: Mapping[str, widgets.Widget], button: widgets.Button, columns: int, room: dict):
    """The controls in columns, the button at their right."""
    columns = min(columns, len(controls))
    grid = widgets.GridBox(
        list(controls.values()),
        layout={
            "grid_template_columns": f"repeat({columns}, minmax(0, 1fr))",
            "grid_gap": "2px 20px",
            "flex": "1 1 auto",
        },
    )
    return widgets.HBox([grid, button, spoken_names()], layout={**room, "align_items": "flex-end"})
