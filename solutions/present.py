"""Present a lesson in JupyterLab, one idea a screen, its cells already run and its widgets alive.

    python solutions/present.py 06                 opens a browser; Ctrl+C ends it
    python solutions/present.py 06 --no-browser    only prints the address

The right arrow (or a clicker) goes to the next screen, the left one goes back cell by cell. Shift+Enter runs a cell,
Ctrl+Enter runs it and stays; B adds one for an experiment. In a slider arrows move the slider: click on the white first.
Each run has a folder of its own in build/present, so that one's own JupyterLab, its settings and its notebooks stay as they
are. When it ends, its kernel ends and its folder is removed: copy what you have typed on the wall and want to keep.
"""

import contextlib
import json
import os
import queue
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import nbformat
from jupyter_client import BlockingKernelClient
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_raw_cell, output_from_msg

from build_notebooks import ENDLESS, sources
from pages import BUILD, STYLE, read_lesson
from screens import is_distracting, is_import, screens

FOLDERS = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
KEYS = """Right arrow: next screen; left arrow: back; after a slider, click on the white beside it first.
Shift+Enter runs a cell, Ctrl+Enter runs it and stays. Here, Ctrl+C ends it."""
STOPS = ["SIGINT", "SIGTERM", "SIGHUP"]  # Ctrl+C, being told to end, a terminal that is closed
LAB_FOLDERS = {"SETTINGS_DIR": "settings", "WORKSPACES_DIR": "workspaces"}


def presenting_copy(source: Path) -> NotebookNode:
    """The lesson, a running head or its own heading above each screen; no code where only its outcome counts."""
    notebook, cells, section = read_lesson(source), [], ""
    shown = []
    for screen in screens(notebook):  # imports show nothing: they go with the screen before
        if all(map(is_import, screen)) and shown:
            shown[-1] += screen
        else:
            shown.append(screen)
    for number, screen in enumerate(shown, start=1):
        heading, _, below = screen[0].source.partition("\n")
        if heading.startswith("#") and screen[0].cell_type == "markdown":
            section = section if heading.startswith("###") else heading.lstrip("# ")
            screen[0].source = below.strip()
        else:
            heading = f"###### {section}"
        head = new_markdown_cell(f"{heading}\n\n<small>{number} / {len(shown)}</small>")
        edge = [new_raw_cell()] if cells else []  # for present.css, which sees kinds of cells only
        cells += [*edge, head, *(cell for cell in screen if cell.source)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:03d}"
        if cell.cell_type == "raw" or is_distracting(cell) or is_import(cell):
            cell.metadata["jupyter"] = {"source_hidden": True}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.cells = cells
    return notebook


@contextlib.contextmanager
def presenting_lab(notebook: NotebookNode, name: str, home: Path, *arguments: str) -> Iterator[str]:
    """A JupyterLab of its own, on this machine only and behind a token, with the notebook run; gives the address."""
    for folder in ("lesson", "config/custom", "config/labconfig", "settings/@jupyterlab/shortcuts-extension"):
        (home / folder).mkdir(parents=True)
    path = home / "lesson" / f"{name}.ipynb"
    nbformat.write(notebook, path)
    shutil.copy(STYLE / "present.css", home / "config" / "custom" / "custom.css")
    shutil.copy(
        STYLE / "present_overrides.json", home / "config" / "labconfig" / "default_setting_overrides.json"
    )
    keys = home / "settings" / "@jupyterlab" / "shortcuts-extension" / "shortcuts.jupyterlab-settings"
    shutil.copy(STYLE / "present_keys.json", keys)
    token, port = secrets.token_hex(24), free_port()
    environment = {**os.environ, "JUPYTER_TOKEN": token}
    environment |= {f"JUPYTER_{name}": str(home / folder) for name, folder in FOLDERS.items()}
    environment |= {f"JUPYTERLAB_{name}": str(home / folder) for name, folder in LAB_FOLDERS.items()}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--custom-css", f"--ServerApp.port={port}"]
    command += [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={path.parent}",
    ]
    with open(home / "log", "w") as log:
        server = subprocess.Popen(  # in a session of its own: Ctrl+C is for this program, which then ends the server
            [*command, *arguments], env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            lab = Lab(f"http://127.0.0.1:{port}", token)
            lab.wait(server, home / "log")
            kernel = lab.start_kernel(path.name)
            with kernel_client(home / "runtime" / f"kernel-{kernel}.json") as client:
                lab.wait_for_kernel(kernel, client)
                run(notebook, client)
            nbformat.write(notebook, path)
            lab.ask("POST", f"/api/contents/{path.name}/trust")
            yield f"{lab.url}/doc/tree/{path.name}?token={token}"
        finally:
            end(server)


class Lab:
    """What is asked of the server before the browser comes."""

    def __init__(self, url: str, token: str):
        self.url, self.token = url, token

    def ask(self, method: str, at: str, **body) -> dict:
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + at, json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=ENDLESS) as answer:
            return json.loads(answer.read() or b"{}")

    def wait(self, server: subprocess.Popen, log: Path) -> None:
        """Wait until the server answers, as long as it lives: a busy machine may take minutes."""
        while server.poll() is None:
            with contextlib.suppress(OSError):
                return self.ask("GET", "/api/status")
            time.sleep(0.2)
        raise RuntimeError(f"JupyterLab has not started:\n{log.read_text()[-2000:]}")

    def start_kernel(self, path: str) -> str:
        """The kernel that the notebook will find running when the browser opens it."""
        kernel = {"name": "python3"}
        session = self.ask("POST", "/api/sessions", path=path, name=path, type="notebook", kernel=kernel)
        return session["kernel"]["id"]

    def wait_for_kernel(self, kernel: str, client: BlockingKernelClient) -> None:
        """Greet the kernel until its answer arrives and the server calls it idle.

        `client.wait_for_ready` would take a kernel that has not answered for a second for dead.
        """
        for _ in range(ENDLESS):
            client.kernel_info()
            with contextlib.suppress(queue.Empty):
                client.get_iopub_msg(timeout=1)
                if self.ask("GET", f"/api/kernels/{kernel}")["execution_state"] == "idle":
                    return
        raise RuntimeError(f"The kernel has not answered for {ENDLESS} seconds.")


@contextlib.contextmanager
def kernel_client(connection: Path) -> Iterator[BlockingKernelClient]:
    """What speaks to the kernel, and leaves it running."""
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    try:
        yield client
    finally:
        client.stop_channels()


def run(notebook: NotebookNode, client: BlockingKernelClient) -> None:
    """Run every cell in a kernel that goes on running, so that its widgets live."""
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = count

        def keep(message, cell=cell):
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                cell.outputs.append(output_from_msg(message))

        client.execute_interactive(cell.source, output_hook=keep, allow_stdin=False, timeout=ENDLESS)


def end(server: subprocess.Popen) -> None:
    """Let the server end its kernel and itself; if it must be killed, its kernel sees that and ends."""
    server.terminate()
    try:
        server.wait(120)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def stop(*_) -> None:
    """End the program as Ctrl+C does; what is pressed while it ends changes nothing."""
    on_a_stop(signal.SIG_IGN)
    raise KeyboardInterrupt


def on_a_stop(action) -> None:
    """What is done at each of the signals that this machine knows."""
    for name in STOPS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), action)


if __name__ == "__main__":
    lessons = sources(
        [argument for argument in sys.argv[1:] if re.fullmatch(r"\d\d\w*", argument)][:1] or ["-"]
    )
    if len(lessons) != 1:
        sys.exit("Which lesson? For example: make present LESSON=06")
    [lesson] = lessons
    options = [argument for argument in sys.argv[2:] if argument != "--no-browser"]
    on_a_stop(stop)
    (BUILD / "present").mkdir(parents=True, exist_ok=True)
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix=f"{lesson.stem}-", dir=BUILD / "present") as home,
    ):
        print(f"Running {lesson.stem} (up to a minute) ...", flush=True)
        with presenting_lab(presenting_copy(lesson), lesson.stem, Path(home), *options) as address:
            print(f"If no page opens in your browser, copy this address:\n{address}\n{KEYS}", flush=True)
            if "--no-browser" not in sys.argv:
                webbrowser.open(address)
            while True:
                time.sleep(3600)
