"""Nothing in, an invisible widget out that gives every slider and picture of its notebook a name for screen readers.

ipywidgets shows a label beside a slider, but does not tie the two together, and neither it nor JupyterLab lets Python set
the alternative text of a picture. So the page does it: a slider is called what its label says, a figure what the sentence
below it says. Where a page runs no scripts of notebooks nothing happens, and the visible words are still there.
"""

import html

import ipywidgets as widgets

__all__ = ["spoken_names"]

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


def spoken_names() -> widgets.HTML:
    """The invisible widget; one in a notebook is enough, more do no harm.

    Returns:
        to be put among the children of a widget that is shown.
    """
    return widgets.HTML(f'<style onload="{html.escape(GIVE_NAMES)}"></style>', layout={"display": "none"})
