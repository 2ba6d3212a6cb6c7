import json
import os
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.outcomes import store
from sim.outcomes.partial import PartialStore, partial_key
from sim.outcomes.provenance import git_commit, library_versions, machine, model_version
from sim.outcomes.results import ARMS, COUNTERS, TABLE_DTYPES
from sim.outcomes.store import StoreError, default_folder, read_run, write_run
from sim.outcomes.summary import RunSummary, summarise
from tests.outcomes.synthetic import lifelike, terms

RUN = RunSummary("phase1", "Phase 1", 7, "compiled", "digest")
TERMS = terms(fee=120.0, overhead_share=0.25)


def write(folder, results=None, **options):
    return write_run(folder, RUN, TERMS, results or lifelike(2), "title: Phase 1\n", {"command": "caseload run x"}, **options)


def same(a, b):
    assert (a.replication, a.population, a.events) == (b.replication, b.population, b.events)
    for arm in ARMS:
        for name in ("tally", "person_time", "participant_time"):
            np.testing.assert_array_equal(getattr(a.arms[arm], name), getattr(b.arms[arm], name))
        for name in TABLE_DTYPES:
            assert getattr(a.arms[arm], name).tobytes() == getattr(b.arms[arm], name).tobytes()


def test_a_folder_gives_back_what_was_written(tmp_path):
    results = lifelike(3)
    stored = read_run(write(tmp_path / "out", results))
    assert (stored.summary, stored.terms) == (RUN, TERMS)
    for a, b in zip(results, stored.results, strict=True):
        same(a, b)


def test_tables_hold_what_their_names_say(tmp_path):
    results = lifelike(3)
    folder = write(tmp_path / "out", results)
    assert {path.name for path in folder.iterdir()} == store.FILES - {
        "report.html",
        "report.xlsx",
        "evaluation.parquet",
        "settlements.parquet",
        "money.parquet",
    }
    months = pq.read_table(folder / "by_month.parquet").to_pylist()
    assert len(months) == 3 * 2 * 2 * 48
    row = next(r for r in months if (r["replication"], r["arm"], r["cohort"], r["month"]) == (1, "programme", "original", 7))
    assert row["admissions"] == results[1].arms["programme"].tally[0, COUNTERS.index("admissions"), 18]
    measures = pq.read_table(folder / "measures.parquet").to_pylist()
    fees = [r["value"] for r in measures if r["measure"] == "fees" and r["arm"] == "usual_care"]
    assert fees
    assert set(fees) == {None}
    assert len(pq.read_table(folder / "tasks.parquet")) == 3 * 3
    assert (folder / "scenario.yaml").read_text() == "title: Phase 1\n"


def test_staff_tables_are_tidy_and_name_what_they_count(tmp_path):
    results = lifelike(3)
    folder = write(tmp_path / "out", results)
    months = pq.read_table(folder / "staff_by_month.parquet").to_pylist()
    assert len(months) == 3 * 2 * 36
    row = next(r for r in months if (r["replication"], r["arm"], r["role"], r["month"]) == (2, "programme", "pharmacist", 7))
    assert (row["waiting"], row["requested"], row["lapsed"]) == (7, 21, 9)
    hours = pq.read_table(folder / "staff_hours.parquet").to_pylist()
    assert [tuple(r.values()) for r in hours[3:6]] == [
        (1, "programme", 3, "surveillance_call", 0, 3_600_000_000, "case_manager"),
        (1, "programme", 3, "comprehensive_assessment", 1, 3_600_000_000, "case_manager"),
        (1, "programme", 3, "medication_review", 2, 3_600_000_000, "pharmacist"),
    ]


def test_a_table_whose_rows_are_out_of_order_is_refused(tmp_path):
    folder = write(tmp_path / "out", lifelike(2))
    table = pq.read_table(folder / "staff_by_month.parquet")
    pq.write_table(table.take(list(range(len(table)))[::-1]), folder / "staff_by_month.parquet")
    with pytest.raises(StoreError, match=r"staff_by_month\.parquet are out of order"):
        read_run(folder)


def test_the_stored_summary_is_the_printed_one(tmp_path):
    results = lifelike(2)
    folder = write(tmp_path / "out", results)
    assert (folder / "summary.json").read_text() == store.strict_json(summarise(RUN, results, TERMS), indent=1) + "\n"


def test_nothing_is_left_when_writing_fails(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write_parquet", fail)
    with pytest.raises(StoreError, match="no space left on device"):
        write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_run_is_kept_unless_told(tmp_path):
    folder = write(tmp_path / "out")
    before = (folder / "run.json").read_bytes()
    with pytest.raises(StoreError, match="say --overwrite"):
        write(folder, lifelike(3))
    assert (folder / "run.json").read_bytes() == before
    write(folder, lifelike(3), overwrite=True)
    assert len(read_run(folder).results) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_files_of_the_scenario_come_along_and_the_folder_is_still_ours(tmp_path):
    (tmp_path / "own.csv").write_text("id,age\n", encoding="utf-8")
    folder = write(tmp_path / "out", inputs={"inputs/own.csv": tmp_path / "own.csv"})
    assert (folder / "inputs" / "own.csv").read_text(encoding="utf-8") == "id,age\n"
    write(folder, overwrite=True)
    assert not (folder / "inputs").exists()


def test_the_old_run_survives_a_failed_overwrite(tmp_path, monkeypatch):
    folder = write(tmp_path / "out")
    monkeypatch.setattr(store, "_write_parquet", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(StoreError):
        write(folder, lifelike(3), overwrite=True)
    assert len(read_run(folder).results) == 2


@pytest.mark.parametrize("content", [None, "{}", "not json", '{"format": "other"}', "[]"])
def test_a_folder_that_is_not_ours_is_never_replaced(tmp_path, content):
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.txt").write_text("years of work")
    if content is not None:
        (folder / "run.json").write_text(content)
    with pytest.raises(StoreError, match="is not replaced"):
        write(folder, overwrite=True)
    assert (folder / "chapter.txt").read_text() == "years of work"


def test_a_results_folder_with_a_users_file_is_not_replaced(tmp_path):
    folder = write(tmp_path / "out")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"it also holds notes\.txt"):
        write(folder, overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_file_or_a_link_is_not_a_target(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="not a folder"):
        write(tmp_path / "file", overwrite=True)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(StoreError, match="is a link"):
        write(tmp_path / "link", overwrite=True)
    with pytest.raises(StoreError, match="cannot make the folder"):
        write(tmp_path / "file" / "out")


def test_default_folders_are_numbered(tmp_path):
    assert default_folder("phase1", tmp_path).name == "phase1-1"
    first, second = write(None, root=tmp_path), write(None, root=tmp_path)
    assert (first.name, second.name) == ("phase1-1", "phase1-2")


def test_a_default_folder_taken_meanwhile_gets_the_next_number(tmp_path, monkeypatch):
    fill = store._fill

    def slow(folder, *arguments):
        fill(folder, *arguments)
        if not (tmp_path / "phase1-1").exists():
            (tmp_path / "phase1-1").mkdir()
            (tmp_path / "phase1-1" / "theirs").write_text("x")

    monkeypatch.setattr(store, "_fill", slow)
    assert write(None, root=tmp_path).name == "phase1-2"
    assert (tmp_path / "phase1-1" / "theirs").exists()


def test_the_folder_can_be_read_by_others(tmp_path):
    mask = os.umask(0o022)
    try:
        folder = write(tmp_path / "out")
    finally:
        os.umask(mask)
    assert folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "run.json").unlink(), "not a results folder"),
        (lambda folder: (folder / "run.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "run.json").write_text("[]"), "cannot be read"),
        (lambda folder: (folder / "by_month.parquet").write_bytes(b"x"), "cannot be read"),
        (lambda folder: (folder / "staff.parquet").unlink(), "cannot be read"),
    ],
)
def test_a_damaged_folder_is_said_to_be_damaged(tmp_path, spoil, message):
    folder = write(tmp_path / "out")
    spoil(folder)
    with pytest.raises(StoreError, match=message):
        read_run(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="no such results folder"):
        read_run(tmp_path / "nowhere")


def test_parts_give_back_what_was_kept(tmp_path):
    results = lifelike(3)
    parts = PartialStore(tmp_path, partial_key("d", 1, "compiled", "v"))
    parts.keep(results[0])
    parts.keep(results[2])
    found = parts.load(3, TERMS)
    assert sorted(found) == [0, 2]
    same(found[2], results[2])
    assert sorted(parts.load(2, TERMS)) == [0]
    parts.clear()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_part_is_run_again(tmp_path):
    parts = PartialStore(tmp_path, "key")
    for result in lifelike(2):
        parts.keep(result)
    path = parts.folder / "0.npz"
    path.write_bytes(path.read_bytes()[:100])
    assert sorted(parts.load(2, TERMS)) == [1]
    assert parts.load(2, terms(24)) == {}


def test_parts_of_other_runs_stay(tmp_path):
    mine, other = PartialStore(tmp_path, "mine"), PartialStore(tmp_path, "other")
    for parts in (mine, other):
        parts.keep(lifelike(1)[0])
    mine.clear()
    assert sorted(other.load(1, TERMS)) == [0]


def test_the_key_of_parts_changes_with_whatever_changes_results():
    keys = {partial_key(*key) for key in [("d", 1, "compiled", "v"), ("e", 1, "compiled", "v"), ("d", 2, "compiled", "v")]}
    keys |= {partial_key("d", 1, "agents", "v"), partial_key("d", 1, "compiled", "w")}
    assert len(keys) == 5


def test_provenance_is_what_json_can_hold():
    record = json.loads(store.strict_json({"versions": library_versions(), "machine": machine(), "commit": git_commit()}))
    assert record["versions"]["numpy"] == np.__version__
    assert len(model_version()) == 16
    assert Path(store.__file__).is_file()
