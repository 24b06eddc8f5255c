"""The packages that ``go list -json`` prints, typed.

Comes in: the output of one run. Goes out: a ``ListedPackage`` for each object in it. JSON is read only here,
field by field; a value of another shape is an error that names the field. No process is started.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import frozen

from bazel_xc.errors import GoError

_SHARED = ("ImportPath", "Dir", "Name", "Standard", "DepOnly", "Module", "ImportMap", "Error",
           "GoFiles", "CgoFiles", "Imports")  # fmt: skip
_FILES = ("CFiles", "CXXFiles", "MFiles", "HFiles", "FFiles", "SFiles", "SysoFiles", "SwigFiles",
          "SwigCXXFiles")  # fmt: skip
_FIRST_PARTY = ("IgnoredGoFiles", "IgnoredOtherFiles", "TestGoFiles", "XTestGoFiles", "TestImports",
                "XTestImports", "EmbedFiles", "TestEmbedFiles", "XTestEmbedFiles")  # fmt: skip
# The verbs of ``#cgo`` lines.
_CGO: Mapping[str, str] = {
    "CFLAGS": "CgoCFLAGS", "CPPFLAGS": "CgoCPPFLAGS", "CXXFLAGS": "CgoCXXFLAGS", "LDFLAGS": "CgoLDFLAGS",
    "pkg-config": "CgoPkgConfig",
}  # fmt: skip
FIELDS = (*_SHARED, *_FILES, *_FIRST_PARTY, *_CGO.values())
C_WITHOUT_CGO = "source files not allowed when not using cgo"
CGO_IN_TEST = "use of cgo in test"  # go refuses it, rules_go accepts it
# Errors that leave the answer of go list complete: Bazel may have the missing file, or it is reported later.
EXCLUDED = "build constraints exclude all Go files"
NO_OBSTACLE = (
    EXCLUDED,
    "contains no embeddable files",
    "no Go files in",
    "no matching files found",
    "no non-test Go files",
)
_STRING = frozenset({str})
_SHOWN = 60
_T = TypeVar("_T")
_SEVERAL_PACKAGES = "found packages "
_CYCLE = "import cycle not allowed"
_POSITION = re.compile(r"^(?P<path>.*?):(?P<line>\d+)(?::(?P<column>\d+))?$")


class FailedListingError(GoError):
    """go list printed no package for a place, or did not finish."""


@frozen
class ListedModule:
    """The module of a package; ``directory`` is empty if it is not on disk."""

    path: str
    version: str
    directory: str
    main: bool


@frozen
class ListedError:
    """The reason why a package did not load; ``position`` is absolute if go names a file."""

    message: str
    position: str

    @property
    def is_obstacle(self) -> bool:
        """Whether it leaves the answer of go list incomplete."""
        return not any(text in self.message for text in NO_OBSTACLE)

    def place(self) -> tuple[str, int, int]:
        """Path, line and column of the position; empty and 0 without one.

        go puts an error about several packages at an import of the directory, whichever it met first, so it
        has none.
        """
        if self.message.startswith(_SEVERAL_PACKAGES):
            return "", 0, 0
        found = _POSITION.match(self.position)
        if not found:
            return self.position, 0, 0
        return found["path"], int(found["line"]), int(found["column"] or 0)


@frozen(kw_only=True)
class ListedPackage:
    """One package as go lists it on one platform. File names are relative to ``directory``.

    ``cgo`` maps verbs to the words of ``#cgo`` lines, with ``${SRCDIR}`` expanded and conditions evaluated.
    A ``derived`` package is worked out from sources: it has no such words.
    """

    import_path: str
    directory: str
    name: str
    standard: bool
    dep_only: bool
    module: ListedModule | None
    error: ListedError | None
    go_files: tuple[str, ...]
    cgo_files: tuple[str, ...]
    other_files: tuple[str, ...]
    ignored_files: tuple[str, ...]
    test_files: tuple[str, ...]
    xtest_files: tuple[str, ...]
    imports: tuple[str, ...]
    test_imports: tuple[str, ...]
    xtest_imports: tuple[str, ...]
    embed_files: tuple[str, ...]
    test_embed_files: tuple[str, ...]
    import_map: tuple[tuple[str, str], ...]
    cgo: Mapping[str, tuple[str, ...]]
    derived: bool = False

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ListedPackage:
        """Reads one object of ``go list -json``. Raises ``GoError`` if it has another shape."""
        get = _Getter(raw)
        module, error = get.inner("Module"), get.inner("Error")
        return cls(
            import_path=get.text("ImportPath"),
            directory=get.text("Dir"),
            name=get.text("Name"),
            standard=get.flag("Standard"),
            dep_only=get.flag("DepOnly"),
            module=_module(module) if module.raw else None,
            error=_error(error) if error.raw else None,
            go_files=get("GoFiles"),
            cgo_files=get("CgoFiles"),
            other_files=get(*_FILES),
            ignored_files=get("IgnoredGoFiles", "IgnoredOtherFiles"),
            test_files=get("TestGoFiles"),
            xtest_files=get("XTestGoFiles"),
            imports=get("Imports"),
            test_imports=get("TestImports"),
            xtest_imports=get("XTestImports"),
            embed_files=get("EmbedFiles"),
            test_embed_files=get("TestEmbedFiles", "XTestEmbedFiles"),
            import_map=get.pairs("ImportMap"),
            cgo={verb: get(key) for verb, key in _CGO.items()} if "CgoFiles" in raw else {},
        )

    @property
    def files(self) -> frozenset[str]:
        """All files that are compiled on this platform, tests included."""
        return frozenset(
            (*self.go_files, *self.cgo_files, *self.other_files, *self.test_files, *self.xtest_files)
        )

    @property
    def buildable(self) -> bool:
        """Whether there is a file to compile besides tests."""
        return bool(self.go_files or self.cgo_files)

    @property
    def is_unknown(self) -> bool:
        """Whether go could not load it, so that it is unknown whether it can be built."""
        error = self.error
        expected = (C_WITHOUT_CGO, CGO_IN_TEST)
        return error is not None and error.is_obstacle and not any(text in error.message for text in expected)


def objects(stdout: bytes) -> list[Mapping[str, Any]]:
    """The objects of go list's output; each ends with a line that has only a brace."""
    text = stdout.strip()
    if not text:
        return []
    try:
        found = json.loads(b"[" + text.replace(b"\n}\n{\n", b"\n},\n{\n") + b"]")
    except (ValueError, RecursionError) as e:
        raise FailedListingError(f"go list: output cannot be read: {e}") from None
    for each in found:
        if type(each) is not dict:
            raise _unexpected("an object", each)
    return list(found)


class _Getter:
    """Reads the fields of a raw object with their types; missing ones are empty.

    Raises ``GoError`` if a field has another type.
    """

    def __init__(self, raw: Mapping[str, Any], path: str = "") -> None:
        self.raw = raw
        self.path = path

    def __call__(self, *keys: str) -> tuple[str, ...]:
        if len(keys) == 1:
            return tuple(self._strings(keys[0]))
        return tuple(value for key in keys for value in self._strings(key))

    def text(self, key: str) -> str:
        value = self._typed(key, str, "a string")
        return value or ""

    def flag(self, key: str) -> bool:
        value = self._typed(key, bool, "true or false")
        return value or False

    def inner(self, key: str) -> _Getter:
        return _Getter(self._typed(key, dict, "an object") or {}, f"{self.path}{key}.")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        value = self._typed(key, dict, "an object") or {}
        if not set(map(type, value.values())) <= _STRING:
            raise _unexpected("strings", value, self.path + key)
        return tuple(sorted(value.items()))

    def _strings(self, key: str) -> list[str]:
        value = self._typed(key, list, "a list of strings") or []
        if not set(map(type, value)) <= _STRING:
            raise _unexpected("a list of strings", value, self.path + key)
        return value

    def _typed(self, key: str, kind: type[_T], wanted: str) -> _T | None:
        value = self.raw.get(key)
        if value is None or type(value) is kind:
            return value
        raise _unexpected(wanted, value, self.path + key)


def _unexpected(wanted: str, value: object, key: str = "") -> FailedListingError:
    """An error with the name of the field and the start of its value."""
    text = json.dumps(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    field_ = f"{key}: " if key else ""
    return FailedListingError(
        f"go list: {field_}expected {wanted}, got {shown}; is BAZEL_XC_GO, or go on PATH, the go command?"
    )


def _module(get: _Getter) -> ListedModule:
    return ListedModule(
        path=get.text("Path"),
        version=get.text("Version"),
        directory=get.text("Dir") or get.inner("Replace").text("Dir"),
        main=get.flag("Main"),
    )


def _error(get: _Getter) -> ListedError:
    message, stack = get.text("Err"), get("ImportStack")
    if message.startswith(_CYCLE) and stack[-1:] and stack[-1] in stack[:-1]:
        start = len(stack) - 2 - stack[-2::-1].index(stack[-1])
        message = f"{message}: {' -> '.join(stack[start:])}"
    return ListedError(message=message, position=get.text("Pos"))
