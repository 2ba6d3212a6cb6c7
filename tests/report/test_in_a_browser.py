"""The page in a real browser: it fits a desktop and a phone, in light and dark, and is accessible."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sim.report.page import write_report
from tests.report import browser

DESKTOP, PHONE = 1280, 500
"""Headless Chromium has no narrower window than 500 pixels."""
SHEET = (718, 1017)
"""What A4 leaves at 96 pixels to the inch with the page's margins."""
SHOTS = "CASELOAD_SCREENSHOTS"
"""Names a folder in which screenshots are kept for people to look at."""


@pytest.fixture(scope="module", params=["run", "joined", "sweep", "calibration"])
def page(request):
    """A run's page, the same with what others found, a sweep's own, a calibration's own."""
    if request.param == "run":
        return request.getfixturevalue("small_run") / "report.html"
    if request.param == "joined":
        return request.getfixturevalue("joined_report")
    if request.param == "sweep":
        return request.getfixturevalue("sweeps")["map"] / "report.html"
    return request.getfixturevalue("calibration") / "report.html"


def test_on_paper_it_is_whole(page, tmp_path):
    """Every figure is on one sheet, no wider than it, and the links that paper cannot follow are gone."""
    script = """(() => { const sheet = document.documentElement.clientWidth; return {
        wide: [...document.querySelectorAll('figure .wide svg, table')].filter(
            each => each.getBoundingClientRect().width > sheet + 1).length,
        tall: [...document.querySelectorAll('figure .wide svg')].filter(each => each.getBoundingClientRect().height > SHEET).length,
        narrow: [...document.querySelectorAll('figure .narrow svg')].filter(each => each.getBoundingClientRect().width > 0).length,
        nav: getComputedStyle(document.querySelector('nav')).display,
        sticky: [...document.querySelectorAll('*')].filter(each => ['sticky', 'fixed'].includes(getComputedStyle(each).position)).length,
        kept: [...document.querySelectorAll('figure')].every(each => getComputedStyle(each).breakInside === 'avoid')
    }; })()""".replace("SHEET", str(SHEET[1]))
    printed = tmp_path / "printed.html"
    text = page.read_text(encoding="utf-8")
    assert "@media print" in text
    printed.write_text(text.replace("@media print", "@media all"), encoding="utf-8")
    found = browser.ask(printed, tmp_path / "copy.html", script, width=SHEET[0])
    assert found == {"wide": 0, "tall": 0, "narrow": 0, "nav": "none", "sticky": 0, "kept": True}
    browser.run("--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}", page.as_uri())
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("width", "shown", "hidden"), [(DESKTOP, "wide", "narrow"), (PHONE, "narrow", "wide")])
def test_nothing_is_wider_than_the_screen_and_figures_are_those_drawn_for_it(page, tmp_path, width, shown, hidden):
    script = """({
        page: document.documentElement.scrollWidth, screen: innerWidth,
        shown: [...document.querySelectorAll('figure .SHOWN svg')].filter(each => each.getBoundingClientRect().width > 0).length,
        hidden: [...document.querySelectorAll('figure .HIDDEN svg')].filter(each => each.getBoundingClientRect().width > 0).length,
        figures: document.querySelectorAll('figure').length,
        cut: [...document.querySelectorAll('figure .SHOWN svg')].flatMap(svg => { const box = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => { const own = text.getBoundingClientRect();
                return own.right > box.right + 3 || own.left < box.left - 3; }).map(text => text.textContent); })
    })"""
    found = browser.ask(page, tmp_path / "copy.html", script.replace("SHOWN", shown).replace("HIDDEN", hidden), width=width)
    assert found["page"] <= found["screen"]
    assert found["shown"] == found["figures"] >= 3
    assert found["hidden"] == 0
    assert found["cut"] == []


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_no_label_of_a_figure_lies_on_another(page, tmp_path, width):
    script = """[...document.querySelectorAll('figure svg')].filter(svg => svg.getBoundingClientRect().width > 0).flatMap(svg => {
        const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
        return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([b, q]) =>
            Math.min(p.right, q.right) - Math.max(p.left, q.left) > 4 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 5
        ).map(([b]) => `${a} | ${b}`));
    })"""
    assert browser.ask(page, tmp_path / "copy.html", script, width=width) == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_axe_finds_nothing_serious(page, tmp_path, width, colours):
    findings = browser.accessibility(page, tmp_path / "copy.html", width=width, colours=colours)
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in findings] == []


def test_axe_finds_nothing_serious_in_a_comparison(small_run, tmp_path):
    shutil.copytree(small_run, tmp_path / "other")
    write_report([small_run, tmp_path / "other"], tmp_path / "both.html")
    findings = browser.accessibility(tmp_path / "both.html", tmp_path / "copy.html", width=PHONE, colours="light")
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in findings] == []


@pytest.mark.parametrize(("width", "colours"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light")])
def test_screenshots_are_not_blank(page, request, tmp_path, width, colours):
    kept = os.environ.get(SHOTS)
    picture = Path(kept or tmp_path) / f"{request.node.callspec.params['page']}-{width}-{colours}.png"
    browser.screenshot(page, picture, width=width, height=3000, colours=colours)
    from matplotlib.image import imread

    pixels = imread(picture)[..., :3]
    assert pixels.shape[:2] == (3000, width)
    background = pixels[5, 5].mean()
    assert background > 0.95 if colours == "light" else background < 0.15
    inked = abs(pixels.mean(axis=2) - background) > 0.2
    assert 0.02 < inked.mean() < 0.5
