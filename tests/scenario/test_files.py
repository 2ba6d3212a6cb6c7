"""What a scenario may read, and what happens with files that are no scenarios."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sim.scenario import ScenarioErrors, load
from sim.scenario.files import MOST_BYTES
from tests.scenario.minimal import MINIMAL


def told(path: Path | str) -> list[str]:
    with pytest.raises(ScenarioErrors) as caught:
        load(path)
    return str(caught.value).splitlines()


def test_a_missing_file(folder: Path) -> None:
    (folder / "phase1.yaml").write_text(MINIMAL)
    assert told(folder / "phase2.yaml") == ["phase2.yaml: no such file; did you mean 'phase1.yaml'?"]


def test_a_folder(folder: Path) -> None:
    (folder / "set.yaml").mkdir()
    assert told(folder / "set.yaml") == ["set.yaml: is a folder, not a file"]
    assert told(folder) == ["set: is a folder, not a file"]


def test_a_file_of_another_kind(folder: Path) -> None:
    (folder / "panel.csv").write_text("age,sex\n")
    assert told(folder / "panel.csv") == ["panel.csv: must be a .yaml file"]


def test_a_hundred_megabytes_are_refused_at_once(folder: Path) -> None:
    path = folder / "big.yaml"
    path.write_text("title: big\n")
    os.truncate(path, 100_000_000)
    start = time.perf_counter()
    assert told(path) == ["big.yaml: is too large for a scenario: 100.0 MB, at most 2 MB"]
    assert time.perf_counter() - start < 1.0


def test_the_largest_size_is_still_read(folder: Path) -> None:
    path = folder / "long.yaml"
    path.write_text(MINIMAL + "#" * (MOST_BYTES - len(MINIMAL) - 1) + "\n")
    assert load(path).title == "Test"


def test_a_pipe_does_not_hang(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    assert told(folder / "pipe.yaml") == ["pipe.yaml: is not a regular file"]


def test_text_that_is_not_utf8(folder: Path) -> None:
    path = folder / "latin.yaml"
    path.write_bytes(b"title: Test\ndescription: caf\xe9\n")
    assert told(path) == ["latin.yaml:2:17: is not UTF-8 text; save it as UTF-8"]
    path.write_bytes("title: Test\n".encode("utf-16"))
    assert told(path) == ["latin.yaml:1:1: is not UTF-8 text; save it as UTF-8"]


def test_a_byte_order_mark_and_windows_lines_are_read(folder: Path) -> None:
    path = folder / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load(path).title == "Test"


@pytest.mark.parametrize("name", ["", "\x00.yaml", "caseload:", "caseload:/etc/passwd.yaml", "caseload:../x.yaml"])
def test_names_that_are_no_files(name: str) -> None:
    assert len(told(name)) == 1


def test_extending_works_through_folders_of_the_same_collection(folder: Path) -> None:
    (folder.parent / "base").mkdir()
    (folder.parent / "base" / "base.yaml").write_text(MINIMAL)
    (folder / "near.yaml").write_text("extends: ../base/base.yaml\nprogramme: {staff: {case_manager: {fte: 3}}}\n")
    (folder / "far.yaml").write_text("extends: near.yaml\ntitle: Far\n")
    far = load(folder / "far.yaml")
    assert (far.title, float(far.programme.staff["case_manager"].fte), float(far.population.size)) == ("Far", 3.0, 200.0)


def test_a_fault_in_an_extended_file_names_that_file(folder: Path) -> None:
    (folder.parent / "base").mkdir()
    (folder.parent / "base" / "base.yaml").write_text(MINIMAL.replace("fte: 2", "fte: -2"))
    (folder / "near.yaml").write_text("extends: ../base/base.yaml\n")
    assert told(folder / "near.yaml") == ["../base/base.yaml:26:7: programme.staff.case_manager.fte: must be at least 0 (got -2)"]


def test_files_that_extend_each_other(folder: Path) -> None:
    (folder / "a.yaml").write_text("extends: b.yaml\n")
    (folder / "b.yaml").write_text("extends: c.yaml\n")
    (folder / "c.yaml").write_text("extends: ./b.yaml\n")
    assert told(folder / "a.yaml") == ["c.yaml:1:1: extends: goes in a circle: a.yaml -> b.yaml -> c.yaml -> b.yaml"]


def test_a_long_chain_is_refused(folder: Path) -> None:
    for number in range(40):
        (folder / f"s{number}.yaml").write_text(f"extends: s{number + 1}.yaml\n")
    assert told(folder / "s0.yaml") == ["s15.yaml:1:1: extends: more than 16 files extend each other"]


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(MINIMAL)
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "a.yaml").write_text("extends: link.yaml\n")
    assert told(folder / "a.yaml") == ["a.yaml:1:1: extends: must stay inside the folder 'folder' (got 'link.yaml')"]


def test_a_link_in_a_circle(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "a.yaml").write_text("extends: loop.yaml\n")
    assert len(told(folder / "a.yaml")) == 1
    assert len(told(folder / "loop.yaml")) == 1


def test_a_shipped_scenario_can_be_extended_from_anywhere(folder: Path) -> None:
    (folder / "mine.yaml").write_text("extends: caseload:mgh_cmp/phase1.yaml\nprogramme: {staff: {case_manager: {fte: 6}}}\n")
    mine, shipped = load(folder / "mine.yaml"), load("caseload:mgh_cmp/phase1.yaml")
    assert float(mine.programme.staff["case_manager"].fte) == 6.0
    assert mine.programme.components == shipped.programme.components
    assert mine != shipped


def test_a_panel_beside_the_scenario(folder: Path) -> None:
    (folder / "panel.csv").write_text("age,sex,risk_score\n")
    (folder / "mine.yaml").write_text(MINIMAL.replace("  size: 200\n", "  panel: {csv: panel.csv}\n"))
    panel = load(folder / "mine.yaml").population.panel
    assert not isinstance(panel, str)
    assert panel.csv == folder / "panel.csv"


def test_a_panel_that_is_a_folder(folder: Path) -> None:
    (folder / "panel.csv").mkdir()
    (folder / "mine.yaml").write_text(MINIMAL.replace("  size: 200\n", "  panel: {csv: panel.csv}\n"))
    assert told(folder / "mine.yaml") == ["mine.yaml:10:11: population.panel.csv: is a folder, not a file"]


def test_a_size_beside_a_panel_from_a_file_is_refused(folder: Path) -> None:
    (folder / "panel.csv").write_text("age,sex,risk_score\n")
    (folder / "mine.yaml").write_text(MINIMAL.replace("  size: 200\n", "  size: 200\n  panel: {csv: panel.csv}\n"))
    assert told(folder / "mine.yaml") == ["mine.yaml:10:3: population.size: has no effect with a panel from a CSV file; remove it"]


def test_tags_execute_nothing(folder: Path) -> None:
    mark = folder / "executed"
    path = folder / "bad.yaml"
    for tag in ("python/object/apply:os.system", "python/object/new:os.system", "python/name:os.system", "python/module:os"):
        path.write_text(f"title: !!{tag} ['touch {mark}']\n")
        assert any("YAML tags are not accepted" in line for line in told(path))
    assert not mark.exists()


def test_exploding_anchors_are_refused_at_once(folder: Path) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 12)]
    (folder / "laughs.yaml").write_text("\n".join(lines) + "\n")
    start = time.perf_counter()
    assert told(folder / "laughs.yaml")[-1] == "laughs.yaml:2:10: a1.0: YAML aliases (*name) are not accepted: write the value out"
    assert time.perf_counter() - start < 1.0
