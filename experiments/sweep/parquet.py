"""Parquet files written whole or not at all, with settings that give the same bytes for the same rows."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_IN_A_GROUP: Final = 100_000
COMPRESSION_LEVEL: Final = 3


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table beside its place and rename it into it. Errors: OSError, with nothing left behind."""
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            pq.write_table(
                table,
                file,
                compression="zstd",
                compression_level=COMPRESSION_LEVEL,
                row_group_size=ROWS_IN_A_GROUP,
                version="2.6",
                write_statistics=False,
            )
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
