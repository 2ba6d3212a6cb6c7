"""Bad input ends with exit code 2 and a sentence, never with a traceback."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
FAILED: Final = 1
TRACEBACK_VARIABLE: Final = "CASELOAD_TRACEBACK"

BAD_INPUT_ERRORS: Final = (
    ("sim.scenario", "ScenarioErrors"),
    ("sim.outcomes.store", "StoreError"),
    ("sim.tabular", "TableErrors"),
    ("sim.trace", "UnknownPatientError"),
)

STOPPED: Final = ("sim.rules.trouble", "SimulationError")
WORKER_DIED: Final = ("joblib.externals.loky.process_executor", "TerminatedWorkerError")
FEWER: Final = "Fewer of them need less: LOKY_MAX_CPU_COUNT=1 in the environment allows only one."
KEPT: Final = "Replications that finished are kept; the same command runs only the others."

Command = TypeVar("Command", bound=Callable[..., Any])


class UserError(Exception):
    """Something the user asked for cannot be done; the message says what and, where possible, what to do instead."""


def say(*lines: str) -> None:
    """Lines to stderr: stdout belongs to results."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def leave(code: int, *lines: str) -> NoReturn:
    """Say why and exit with `code`."""
    say(*lines)
    raise SystemExit(code)


def friendly(command: Command) -> Command:
    """Wrap a command so that every known kind of failure is one clear message and the right exit code."""

    @functools.wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt:
            leave(INTERRUPTED, "Stopped.")
        except UserError as error:
            leave(BAD_INPUT, f"caseload: {error}")
        except BrokenPipeError:
            # The reader (head, a pager) has what it wanted; keep Python from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(FAILED) from None
        except OSError as error:
            leave(BAD_INPUT, f"caseload: {describe_os_error(error)}")
        except Exception as error:
            if _is_bad_input(error):
                leave(BAD_INPUT, *describe_bad_input(error))
            if os.environ.get(TRACEBACK_VARIABLE):
                raise
            if _is(error, *STOPPED):
                leave(FAILED, f"caseload: {error}", KEPT)
            if _is(error, *WORKER_DIED):
                leave(FAILED, "caseload: a worker process was ended from outside, most often because memory ran out.", FEWER, KEPT)
            leave(
                FAILED,
                f"caseload: the run stopped with an error in the program: {type(error).__name__}: {error}",
                f"Please report it, with the output of the same command after `export {TRACEBACK_VARIABLE}=1`.",
            )

    return wrapped  # type: ignore[return-value]


def describe_os_error(error: OSError) -> str:
    """`results/x: permission denied`."""
    reason = (error.strerror or str(error)).lower()
    return f"{error.filename}: {reason}" if error.filename else reason


def _is_bad_input(error: Exception) -> bool:
    # The classes are looked up by what is loaded already: an error of a module that was not imported cannot have been raised.
    return any(_is(error, module, name) for module, name in BAD_INPUT_ERRORS)


def _is(error: Exception, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)


def describe_bad_input(error: Exception) -> list[str]:
    """One line per problem."""
    problems = getattr(error, "problems", None)
    if not problems:
        return [f"caseload: {error}"]
    count = len(problems)
    return [*(str(problem) for problem in problems), f"caseload: {count} problem{'s' if count != 1 else ''}; nothing was run"]
