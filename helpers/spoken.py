"""A sentence in, a line out that screen readers speak when it changes; and a widget that names what has no name for them.

ipywidgets shows a label beside a slider, but does not tie the two together, and neither it nor JupyterLab lets Python set
the alternative text of a picture. So the page does it: a slider is called what its label says, a figure what the sentence
below it says. Where a page runs no scripts of notebooks nothing happens, and the visible words are still there.
"""

import html

import ipywidgets as widgets

from .plots import text_colour

__all__ = ["spoken_line", "spoken_names"]

TEXT = "#222222"

GIVE_NAMES = """
const page = this.closest('.jp-NotebookPanel') ?? document.body;
if (page.dataset.hasSpokenNames) return;
page.dataset.hasSpokenNames = 'yes';
const giveNames = () => {
  for (const slider of page.querySelectorAll('.widget-slider [role=slider]:not([aria-label])')) {
    const label = slider.closest('.widget-slider').querySelector('.widget-label')?.textContent.trim();
    if (label) slider.setAttribute('aria-label', label);
  }
  for (const picture of page.querySelectorAll('.widget-image:not([alt])'))
    picture.alt = 'The picture that the sentence below it describes';
  for (const figure of page.querySelectorAll('.jp-RenderedImage img:not([alt])')) {
    const sentence = figure.closest('.jp-OutputArea-child').nextElementSibling?.textContent.trim();
    if (sentence) figure.alt = sentence;
  }
};
giveNames();
new MutationObserver(giveNames).observe(page, { childList: true, subtree: true });
"""


def spoken_line(sentence: str, colour: str = TEXT, *, spoken: bool = True) -> str:
    """A sentence as a line of HTML that a screen reader speaks when it changes.

    Args:
        sentence: plain text.
        colour: darkened until it can be read.
        spoken: false where it changes so often that no one could listen.
    """
    rgb = ", ".join(str(round(255 * part)) for part in text_colour(colour))
    style = f"color: rgb({rgb}); font-size: 1.1em; line-height: 1.4; padding: 2px 10px"
    live = ' role="status" aria-live="polite"' if spoken else ""
    return f'<div{live} style="{style}">{html.escape(sentence)}</div>'


def spoken_names() -> widgets.HTML:
    """The invisible widget; one in a notebook is enough, more do no harm.

    Returns:
        to be put among the children of a widget that is shown.
    """
    return widgets.HTML(f'<style onload="{html.escape(GIVE_NAMES)}"></style>', layout={"display": "none"})
