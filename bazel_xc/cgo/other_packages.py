"""The symbols that a package calls and another Go package, which it imports, defines in C.

Comes in: the packages of a tree and the C of each. Goes out: for a need of kind ``symbol``, the package that
defines it; and warnings for Windows. Go links such a program, because all C meets in the last link. rules_go
links the C of each package once before, to learn what it imports; its linker for Windows cannot leave a
symbol open there. C of other modules is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import field, frozen

from bazel_xc.cgo.needs import CNeed
from bazel_xc.cgo.reach import CSide
from bazel_xc.cgo.symbols import Bodies, defined_symbols
from bazel_xc.golang.package import FileKind, GoPackage
from bazel_xc.model import Diagnostic, Platform

_STRICT = "windows"  # MinGW's linker has no flag that leaves symbols open


@frozen(eq=False)
class OtherPackages:
    """The packages of a tree by import path; ``side`` gives the C of one."""

    packages: Mapping[str, GoPackage]
    side: Callable[[GoPackage], CSide]
    bodies: Bodies
    _found: dict[tuple[str, Platform], frozenset[str]] = field(factory=dict, repr=False)

    def defining(self, package: GoPackage, name: str, platform: Platform) -> str:
        """The import path of a package below that defines a symbol on a platform; empty if none does."""
        below = self._below(package, platform)
        return next((path for path in below if name in self._defined(path, platform)), "")

    def _below(self, package: GoPackage, platform: Platform) -> Iterator[str]:
        """The packages of the tree that a package imports, the nearest first."""
        seen = {package.import_path}
        pending = [package]
        while pending:
            for path in _imports(pending.pop(0), platform):
                if path in self.packages and path not in seen:
                    seen.add(path)
                    pending.append(self.packages[path])
                    yield path

    def _defined(self, path: str, platform: Platform) -> frozenset[str]:
        key = path, platform
        if key not in self._found:
            self._found[key] = defined_symbols(self.side(self.packages[path]), platform, self.bodies)
        return self._found[key]


def _imports(package: GoPackage, platform: Platform) -> Iterator[str]:
    for file in package.of(FileKind.GO):
        if platform.name in file.active:
            yield from (each.path for each in file.source.imports)


def windows_warnings(found: Iterable[tuple[CNeed, str]]) -> Iterator[Diagnostic]:
    """One warning per file and defining package, for needs with their platforms and that package."""
    groups: dict[tuple[str, str], list[CNeed]] = {}
    for need, other in found:
        if any(name.startswith(_STRICT) for name in need.platforms):
            groups.setdefault((need.path, other), []).append(need)
    for (path, other), needs in groups.items():
        names = sorted({need.name for need in needs})
        every = frozenset().union(*(need.platforms for need in needs))
        where = sorted(name for name in every if name.startswith(_STRICT))
        yield Diagnostic(
            path=path,
            line=min(need.line for need in needs),
            code="cgo-unsupported",
            message=f"{', '.join(names)}: defined in {other}, where rules_go does not look when it"
            f" links this package for Windows [{', '.join(where)}]",
            remedy="put it into the same package, or into a cc_library that both name in cdeps",
        )
