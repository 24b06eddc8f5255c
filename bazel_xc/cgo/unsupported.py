"""What the go command compiles beside cgo and rules_go does not: Fortran and SWIG.

Comes in: the names of a package's files and its cgo files. Goes out: one warning per file, and per ``#cgo``
line with Fortran flags, with its place. It does not tell on which platforms a file would be compiled.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from bazel_xc.cgo.flags import CgoSource
from bazel_xc.model import Diagnostic

# The names that go/build takes for Fortran and for SWIG.
_FORTRAN = (".f", ".F", ".for", ".f90")
_SWIG = (".swig", ".swigcxx")


def unsupported(directory: str, names: Iterable[str], sources: Iterable[CgoSource]) -> Iterator[Diagnostic]:
    """The warnings for one package; Fortran counts only where a file imports "C", as with go."""
    ordered = sorted(sources, key=lambda source: source.path)
    for name in sorted(names):
        path = posixpath.join(directory, name)
        if name.endswith(_SWIG):
            yield _warning(path, 0, "rules_go does not run SWIG", "commit the Go and C files that it writes")
        elif name.endswith(_FORTRAN) and ordered:
            yield _warning(path, 0, "rules_go does not compile Fortran", "name a rule that does in cdeps")
    for source in ordered:
        for line in source.lines:
            if line.verb == "FFLAGS" and not line.error:
                text = "#cgo FFLAGS are left out: rules_go does not compile Fortran"
                yield _warning(source.path, line.line, text, "give them to the rule that compiles it")


def _warning(path: str, line: int, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(path=path, line=line, code="cgo-unsupported", message=message, remedy=remedy)
