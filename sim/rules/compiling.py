"""How a rule becomes machine code: one decorator for the whole rulebook, and one for the loops that drive it.

Numba's own cache does not notice an edit in another file, so the compiled code lives in the user's cache
folder under a name that hashes every rule source, the Numba version and the processor.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numba
from numba.core import codegen, types
from numba.np import arrayobj

Rule = TypeVar("Rule", bound=Callable[..., object])

RULE_FOLDERS = ("rules", "compiled")


def user_cache_folder() -> Path:
    """The user's cache folder for Caseload (XDG on Linux, the usual places on macOS and Windows)."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "caseload"


def rulebook_digest() -> str:
    """A hash of all rule sources, the Numba version and the processor."""
    digest = hashlib.sha256()
    house = Path(__file__).resolve().parent.parent
    for folder in RULE_FOLDERS:
        for source in sorted((house / folder).glob("*.py")):
            digest.update(source.name.encode())
            digest.update(source.read_bytes())
    digest.update(numba.__version__.encode())
    digest.update(llvm.get_host_cpu_name().encode())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "0").encode())
    return digest.hexdigest()[:16]


CODE_FOLDER = user_cache_folder() / "compiled" / rulebook_digest()
numba.config.CACHE_DIR = str(CODE_FOLDER)


def compiled_before() -> bool:
    """Whether this rulebook has been compiled on this machine already."""
    return CODE_FOLDER.exists()


def _plain(kind: Any) -> Any:
    """The type under which a rule is compiled: one version for all whole numbers, literals and enumerations."""
    kind = numba.types.unliteral(kind)
    if isinstance(kind, types.IntEnumMember):
        kind = kind.dtype
    if isinstance(kind, types.Integer) and getattr(kind, "signed", False):
        return types.int64
    return kind


@contextlib.contextmanager
def _counting_from_the_front() -> Iterator[None]:
    """While a rule is compiled, an index is what it says: no rule counts from the end, and asking at each access costs a sixth.

    With bounds checks a negative index is an error.
    """
    usual = getattr(arrayobj, "fix_integer_index", None)
    if usual is None:  # a Numba that does it elsewhere: slower, and right
        yield
        return
    arrayobj.fix_integer_index = lambda context, builder, kind, index, size: index
    try:
        yield
    finally:
        arrayobj.fix_integer_index = usual


@contextlib.contextmanager
def _closed(name: str) -> Iterator[None]:
    """While the loop of this name is compiled, LLVM is told that nobody else calls the rules that are linked into it.

    So it inlines what is called once, and drops arguments and return codes that nobody needs: a tenth of a replication's time.
    What it has changed needs a name of its own, since the loader takes two functions of one name for one and the same.
    """
    library_kind = getattr(codegen, "CPUCodeLibrary", None)
    usual = getattr(library_kind, "_optimize_final_module", None)
    if library_kind is None or usual is None:  # a Numba that does it elsewhere: slower, and right
        yield
        return

    def optimize(library: Any) -> None:
        if library.name == name:
            for linked in library._final_module.functions:
                if linked.linkage == llvm.Linkage.linkonce_odr and not linked.is_declaration:
                    linked.name = f"{name}.{linked.name}"
                    linked.linkage = llvm.Linkage.internal
        usual(library)

    library_kind._optimize_final_module = optimize
    try:
        yield
    finally:
        library_kind._optimize_final_module = usual


def rule(function: Rule) -> Rule:
    """Mark a function as a rule: compiled, callable from both clocks, no fast-math, no reference counts."""
    return _compiled(function, contextlib.nullcontext)


def loop(function: Rule) -> Rule:
    """Mark a rule that no other rule calls: it is compiled together with all that it calls as one closed whole."""
    return _compiled(function, lambda: _closed(function.__qualname__))


def _compiled(function: Rule, around: Callable[[], contextlib.AbstractContextManager[None]]) -> Rule:
    """The function with a compiler that works inside `around()`.

    Left alone, Numba compiles a rule again for every literal and every width of integer it is called with.
    """
    compiled = numba.njit(function, cache=True, _nrt=False)
    template, compile_for = compiled.get_call_template, compiled.compile

    def get_call_template(arguments: Any, keywords: Any) -> Any:
        return template(tuple(map(_plain, arguments)), {name: _plain(kind) for name, kind in keywords.items()})

    def compile_rule(signature: Any) -> Any:
        with _counting_from_the_front(), around():
            return compile_for(signature)

    compiled.get_call_template = get_call_template
    compiled.compile = compile_rule
    return cast(Rule, compiled)
