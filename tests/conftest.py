"""What all tests share: the reference material beside the repository, and repeatable Hypothesis runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of evidence and reference data beside the repository; it is no part of a clone, so its tests skip without it."""
    folder = Path(os.environ.get("CASELOAD_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    if not folder.is_dir():
        pytest.skip(f"needs the folder of evidence ({folder}), which is not there; CASELOAD_SHARED names another place")
    return folder


@pytest.fixture
def app_as_before() -> Iterator[None]:
    """Commands that a test adds to the program are gone after it."""
    from sim.cli import app

    before = (list(app.registered_commands), list(app.registered_groups))
    yield
    app.registered_commands[:], app.registered_groups[:] = before
