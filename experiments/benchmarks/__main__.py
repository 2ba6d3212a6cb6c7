"""All benchmarks, or those named: `python -m experiments.benchmarks [NAME ...]`."""

from __future__ import annotations

import sys

from experiments.benchmarks import clocks, disease, measuring, profile, queue, scale, sweeps, variance
from experiments.benchmarks.measuring import Benchmark

BENCHMARKS: dict[str, Benchmark] = {
    "machine": measuring.machine,
    "clocks": clocks.run,
    "profile": profile.run,
    "queue": queue.run,
    "disease": disease.run,
    "scale": scale.run,
    "variance": variance.run,
    "sweeps": sweeps.run,
}


def main(names: list[str]) -> int:
    """Run and print; exit code 2 for a name that is not there."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark named {unknown[0]}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"{name}", flush=True)
        for finding in BENCHMARKS[name]():
            print(f"  {finding.what}: {finding.value}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
