"""A headless Chromium and axe-core, where they are installed; tests skip without them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120


def chromium() -> str:
    """The browser's command."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("needs Chromium on the PATH (apt-get install chromium)")
    return found


def axe_source() -> str:
    """axe-core's script: of the folder that AXE_CORE names, or of node_modules in the project's folder."""
    folder = Path(os.environ.get("AXE_CORE") or ROOT / "node_modules" / "axe-core")
    if not (folder / "axe.min.js").is_file():
        pytest.skip("needs axe-core (npm install --no-save axe-core in the project's folder, or AXE_CORE=folder of the package)")
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def run(*options: str) -> str:
    """Run the browser headless without a network and return what it prints."""
    command = [
        chromium(),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        *options,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout


def scheme(name: str) -> str:
    """The option for a reader who prefers `dark` or `light` pages."""
    return f"--blink-settings=preferredColorScheme={0 if name == 'dark' else 1}"


def screenshot(page: Path, png: Path, *, width: int, height: int, colours: str = "light") -> None:
    """Take a picture of the page's first `height` pixels."""
    run(scheme(colours), f"--window-size={width},{height}", f"--screenshot={png}", page.as_uri())


def ask(page: Path, copy: Path, script: str, *, width: int, colours: str = "light") -> Any:
    """What a script (an expression or a promise) says in the page. The script runs in a copy whose security policy allows it."""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
    asked = (
        "<script>addEventListener('load', async () => { const found = await (async () => (" + script + "))();"
        "const out = document.createElement('pre'); out.id = 'answer-of-the-test'; out.textContent = JSON.stringify(found);"
        "document.body.append(out); });</script>"
    )
    copy.write_text(html.replace("</body>", asked + "</body>"), encoding="utf-8")
    dom = run(scheme(colours), f"--window-size={width},1000", "--virtual-time-budget=60000", "--dump-dom", copy.as_uri())
    answer = re.search(r'<pre id="answer-of-the-test">(.*?)</pre>', dom, re.DOTALL)
    assert answer is not None, "the script did not answer"
    return json.loads(unescape(answer.group(1)))


def accessibility(page: Path, copy: Path, *, width: int, colours: str) -> list[dict[str, Any]]:
    """axe-core's serious and critical findings."""
    script = axe_source()
    page_with_axe = copy.with_suffix(".axe.html")
    page_with_axe.write_text(page.read_text(encoding="utf-8").replace("</head>", f"<script>{script}</script></head>"), encoding="utf-8")
    opened = "(document.querySelectorAll('details').forEach(each => each.open = true), axe.run(document, {resultTypes: ['violations']}))"
    found = ask(page_with_axe, copy, opened, width=width, colours=colours)
    assert len(found["passes"]) > 10
    return [finding for finding in found["violations"] if finding["impact"] in ("serious", "critical")]
