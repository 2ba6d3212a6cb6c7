"""The event log of a replication as a Parquet file, written block by block."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.rules.units import DAY
from sim.rules.vocabulary import Event

EVENT_NAMES: Final = [event.name.lower() for event in sorted(Event)]
EVENT_CODES: Final = np.array(sorted(int(event) for event in Event))

SCHEMA: Final = pa.schema(
    [
        pa.field("phase", pa.dictionary(pa.int8(), pa.string()), metadata={"about": "baseline, waiting, usual_care, programme"}),
        pa.field("day", pa.float64(), metadata={"about": "days since launch"}),
        pa.field("time_us", pa.int64(), metadata={"about": "the same in whole microseconds"}),
        pa.field("patient", pa.int32(), metadata={"about": "number of the patient, -1 for none"}),
        pa.field("event", pa.dictionary(pa.int16(), pa.string())),
        pa.field("staff", pa.int16(), metadata={"about": "row of the post, -1 for nobody"}),
        pa.field("detail", pa.int32(), metadata={"about": "what kind, by event: facility, component, category, setting"}),
        pa.field("origin", pa.int64(), metadata={"about": "the candidate or occasion from which it follows"}),
        pa.field("amount", pa.int64(), metadata={"about": "cents of a payment, microseconds of work, parts per million of a credit"}),
    ]
)


def event_log_path(folder: Path, replication: int) -> Path:
    """The file of one replication."""
    return folder / f"replication-{replication:05d}.parquet"


class EventLog:
    """Takes the log rows of one replication and writes `<folder>/replication-<n>.parquet`, whole or not at all.

    Rows of a phase stand in the order in which the clock wrote them: routine visits after others of a later time.
    """

    def __init__(self, folder: Path, replication: int, phases: tuple[str, ...]) -> None:
        self.path = event_log_path(folder, replication)
        self.part = self.path.with_suffix(f".part-{os.getpid()}")
        self.phases = phases

    def __enter__(self) -> EventLog:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self.part, SCHEMA, compression="zstd")
        return self

    def __call__(self, phase: str, rows: Any) -> None:
        """Write one block of rows (dtype LOG)."""
        n = len(rows)
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(np.full(n, self.phases.index(phase), np.int8)), pa.array(self.phases)),
            pa.array(rows["time"] / DAY),
            pa.array(rows["time"]),
            pa.array(rows["patient"]),
            pa.DictionaryArray.from_arrays(pa.array(np.searchsorted(EVENT_CODES, rows["event"]).astype(np.int16)), pa.array(EVENT_NAMES)),
            *(pa.array(rows[name]) for name in ("staff", "detail", "origin", "amount")),
        ]
        self._writer.write_batch(pa.record_batch(columns, schema=SCHEMA))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._writer.close()
        if error is None:
            os.replace(self.part, self.path)
        else:
            self.part.unlink(missing_ok=True)
