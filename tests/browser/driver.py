"""A folder of notebooks in, a real JupyterLab in headless Chromium out, and a student's hands and eyes."""

import contextlib
import dataclasses
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, expect, sync_playwright

REPOSITORY = Path(__file__).parents[2]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # CI often runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUIET_LAB = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
# Seconds: only what never happens fails; a busy machine may take its time.
PATIENCE = 300
expect.set_options(timeout=1000 * PATIENCE)
NOTEBOOK = "window.jupyterapp.shell.currentWidget"


@dataclasses.dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token, and the folder it shows."""

    url: str
    token: str
    root: Path

    def set_setting(self, plugin: str, **values) -> None:
        """Store a user setting, as the settings editor would; pages opened afterwards have it."""
        self.ask("PUT", f"/lab/api/settings/{plugin}", {"raw": json.dumps(values)})

    def stop_kernels(self) -> None:
        """End every kernel, so that the next page starts fresh."""
        for session in json.loads(self.ask("GET", "/api/sessions")):
            self.ask("DELETE", f"/api/sessions/{session['id']}")

    def ask(self, method: str, path: str, body: dict | None = None) -> bytes:
        """Send one request to the server."""
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()


@contextlib.contextmanager
def running_lab(root: Path) -> Iterator[Lab]:
    """A private JupyterLab on a free loopback port, with a token and folders of its own."""
    home, token = Path(tempfile.mkdtemp(prefix="lab-")), secrets.token_hex(16)
    (home / "labconfig").mkdir()
    (home / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(QUIET_LAB))
    folders = {
        "JUPYTER_CONFIG_DIR": home,
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    environment = {
        **os.environ,
        **{name: str(path) for name, path in folders.items()},
        "JUPYTER_TOKEN": token,
    }
    with open(home / "log", "w+") as log:
        port = _free_port()
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
            "--LabApp.expose_app_in_browser=True",
        ]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=root)
        lab = Lab(f"http://127.0.0.1:{port}", token, root)
        try:
            _wait_until_it_answers(lab, server, home / "log")
            yield lab
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(120)
            server.kill()
            shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium, found (or installed) by `install_chromium.sh`."""
    script = Path(__file__).with_name("install_chromium.sh")
    found = subprocess.run([script], capture_output=True, text=True)
    if found.returncode != 0:
        raise RuntimeError(found.stderr)
    with sync_playwright() as playwright:
        path = found.stdout.strip().splitlines()[-1]
        browser = playwright.chromium.launch(
            executable_path=path, args=CHROMIUM_ARGUMENTS, timeout=1000 * PATIENCE
        )
        yield browser
        browser.close()


def new_page(browser: Browser, **options) -> Page:
    """A page in a context of its own, and patient."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    return page


@contextlib.contextmanager
def open_page(browser: Browser, lab: Lab, width: int = 1280, height: int = 720) -> Iterator[Page]:
    """A page that is logged in and reaches nothing but the lab: a course must not need the internet."""
    page = new_page(browser, base_url=lab.url, viewport={"width": width, "height": height})
    page.context.request.get(f"/lab?token={lab.token}", timeout=1000 * PATIENCE)  # sets the cookie
    page.strangers = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((lab.url, "data:", "blob:")) else page.strangers.append(r.url),
    )
    try:
        yield page
    finally:
        page.context.close()
        lab.stop_kernels()


def open_notebook(page: Page, name: str) -> None:
    """Open a notebook alone in the window, and wait for its kernel."""
    page.goto(f"/doc/tree/{name}", wait_until="domcontentloaded")
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"
    )


def command(page: Page, name: str) -> None:
    """Carry out a command of JupyterLab, and wait until it is done."""
    page.evaluate(f"() => window.jupyterapp.commands.execute('{name}').then(() => null)")


def open_and_run_all(page: Page, name: str) -> None:
    """Open a notebook and run every cell."""
    open_notebook(page, name)
    command(page, "notebook:run-all-cells")


def cells(page: Page) -> list[dict]:
    """Every cell of the open notebook: index, type, source, tags, outputs."""
    return page.evaluate(
        f"""() => {NOTEBOOK}.content.widgets.map((cell, index) => ({{
            index, type: cell.model.type, source: cell.model.sharedModel.getSource(),
            tags: cell.model.getMetadata('tags') ?? [],
            outputs: cell.outputArea ? cell.outputArea.model.toJSON() : [] }}))"""
    )


def find_cell(page: Page, containing: str, tag: str | None = None) -> int:
    """The index of the one code cell that contains a text (and carries a tag)."""
    found = [
        cell["index"]
        for cell in cells(page)
        if cell["type"] == "code" and containing in cell["source"] and (tag is None or tag in cell["tags"])
    ]
    assert len(found) == 1, f"expected one code cell with {containing!r} and tag {tag!r}, found {found}"
    return found[0]


def cell_errors(page: Page) -> list[str]:
    """Every error that stands under a cell: 'cell 3: NameError: ...'."""
    return [
        f"cell {cell['index']}: {output['ename']}: {output['evalue']}"
        for cell in cells(page)
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]


def scroll_to_cell(page: Page, index: int) -> None:
    """Make a cell the active one, and bring it into view."""
    page.evaluate(
        f"""async (index) => {{ const book = {NOTEBOOK}.content; book.activeCellIndex = index;
            await book.scrollToItem(index, 'smart'); }}""",
        index,
    )


def set_cell_source(page: Page, index: int, source: str) -> None:
    """Write a cell's source, as typing would."""
    page.evaluate(
        f"([index, source]) => {NOTEBOOK}.content.widgets[index].model.sharedModel.setSource(source)",
        [index, source],
    )


def run_cell(page: Page, index: int) -> None:
    """Run one cell, and wait for its end."""
    scroll_to_cell(page, index)
    command(page, "notebook:run-cell")


def start_cell(page: Page, index: int) -> None:
    """Run one cell without waiting; `window.cellDone` tells when it has ended."""
    page.evaluate(
        f"""(index) => {{ {NOTEBOOK}.content.activeCellIndex = index; window.cellDone = false;
            window.jupyterapp.commands.execute('notebook:run-cell').then(() => {{ window.cellDone = true; }}); }}""",
        index,
    )


def cell_text(page: Page, index: int) -> str:
    """The words under a cell, as the student reads them."""
    scroll_to_cell(page, index)
    area = f"{NOTEBOOK}.content.widgets[{index}].outputArea"
    page.wait_for_function(f"() => {area}.node.isConnected && {area}.node.checkVisibility()")
    return page.evaluate(f"() => {area}.node.innerText").strip()


def picture_bytes(page: Page, picture) -> str:
    """A fingerprint of the pixels that an <img> shows."""
    return picture.evaluate(
        """async (image) => {
            await image.decode();
            const bytes = await (await fetch(image.src)).arrayBuffer();
            const digest = await crypto.subtle.digest('SHA-256', bytes);
            return Array.from(new Uint8Array(digest)).join(' '); }"""
    )


def photograph(page: Page, folder: Path, name: str, height: int = 1400) -> list[Path]:
    """Screenshots of the open notebook from top to bottom, each overlapping the one before a little."""
    folder.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": height})
    scroller = page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer")
    scroller.evaluate("(box) => { box.scrollTop = 0; }")
    paths, top = [], -1
    while True:
        page.wait_for_timeout(400)  # cells are drawn when they come into view
        now, end = scroller.evaluate(
            f"(box) => [box.scrollTop, {NOTEBOOK}.content.widgets.at(-1).node.getBoundingClientRect().bottom]"
        )
        if now <= top or (paths and end < 140):  # the notebook scrolls on past its last cell
            break
        top = now
        paths.append(folder / f"{name}_{len(paths) + 1:02d}.png")
        page.screenshot(path=paths[-1])
        scroller.evaluate("(box) => { box.scrollTop += box.clientHeight - 60; }")
    page.set_viewport_size(size)
    return paths


def write_notebook(path: Path, *sources: str) -> None:
    """A notebook of code cells."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, path)


def screenshots_folder() -> Path:
    """Where screenshots go: the environment's SCREENSHOTS, or build/screenshots."""
    return Path(os.environ.get("SCREENSHOTS", REPOSITORY / "build" / "screenshots"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(lab: Lab, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{lab.url}/api", timeout=PATIENCE).close()
            return
        time.sleep(0.25)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
