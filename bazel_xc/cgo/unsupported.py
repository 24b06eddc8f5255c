"""Files and flags that go compiles beside cgo and rules_go does not: Fortran, SWIG, files unknown to Bazel.

Comes in: the names of a package's files and its cgo files. Goes out: one warning per file, per ``#cgo`` line
with Fortran flags, and per path in such a line that leads out of the workspace or is for the linker, with
its place. It does not determine the platforms on which a file would be compiled.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from bazel_xc.cgo.flags import CgoSource, resolved_words
from bazel_xc.golang.package import SWIG
from bazel_xc.model import Diagnostic

# The suffixes of Fortran files in go/build.
_FORTRAN = (".f", ".F", ".for", ".f90")
_BY_RULE = "name a cc_library in cdeps, with the flag in linkopts and the file in additional_linker_inputs"
_LINKER_FILE = re.compile(
    r"^-Wl,(?:.*,)?(?:--version-script|--dynamic-list|--script|-T|-exported_symbols_list)[=,]([^,]+)"
)
_OUTSIDE = re.compile(r"(?:-[ILF]|-isystem|-iquote)?\.\./")


def unsupported(directory: str, names: Iterable[str], sources: Iterable[CgoSource]) -> Iterator[Diagnostic]:
    """The warnings for one package; Fortran counts only where a file imports "C", as with go."""
    ordered = sorted(sources, key=lambda source: source.path)
    for name in sorted(names):
        path = posixpath.join(directory, name)
        if name.endswith(SWIG):
            yield _warning(path, 0, "rules_go does not run SWIG", "commit the Go and C files that it writes")
        elif name.endswith(_FORTRAN) and ordered:
            yield _warning(path, 0, "rules_go does not compile Fortran", "name a rule that does in cdeps")
    for source in ordered:
        for line in source.lines:
            if line.verb == "FFLAGS" and not line.error:
                text = "#cgo FFLAGS are ignored: rules_go does not compile Fortran"
                yield _warning(source.path, line.line, text, "add them to the rule that compiles it")
            for word in () if line.error else _leading_out(line.args, directory):
                text = f"#cgo {line.verb} names {word}, outside of the workspace, which Bazel does not see"
                yield _warning(source.path, line.line, text, "move it into the workspace, or name a rule")
            for file in () if line.error else _linker_files(line.args):
                text = f"#cgo {line.verb} names {file}, which Bazel does not give to the linker"
                yield _warning(source.path, line.line, text, _BY_RULE)


def _linker_files(words: tuple[str, ...]) -> Iterator[str]:
    """The version scripts, lists of symbols and linker scripts that words name."""
    for word in words:
        if found := _LINKER_FILE.search(word):
            yield found[1].removeprefix("${SRCDIR}/")


def _leading_out(words: tuple[str, ...], directory: str) -> Iterator[str]:
    """The words with a path that leads out of the workspace."""
    for word, resolved in zip(words, resolved_words(words, directory), strict=True):
        if _OUTSIDE.match(resolved):
            yield word


def _warning(path: str, line: int, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(path=path, line=line, code="cgo-unsupported", message=message, remedy=remedy)
