"""The build information that the go linker leaves in a binary.

Comes in: the bytes of a file. Goes out: a ``GoInfo``, or None if there is none that can be read. It is the
information that ``go version -m`` shows. The layout is from Go's package debug/buildinfo since Go 1.18, where
the text follows the header. Older binaries have pointers there and count as having no information.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from bazel_xc.artifact.facts import GoInfo, GoModule

_MAGIC = b"\xff Go buildinf:"
_HEADER = 32
_INLINE = 2  # flag: the strings follow the header
_GUARD = 16  # bytes before and behind the list of modules
_MAX_TEXT = 4 << 20
_MAX_HITS = 64


class Bytes(Protocol):
    """The operations of a mapped file that are needed here."""

    def find(self, sub: bytes, start: int = ..., /) -> int:
        """The offset of a text; -1 if it is missing."""

    def __getitem__(self, key: slice, /) -> bytes:
        """The bytes of a slice."""


def read_build_info(data: Bytes, start: int = 0) -> GoInfo | None:
    """The first build information at or behind ``start``."""
    for at in _hits(data, start):
        head = data[at : at + _HEADER]
        if len(head) == _HEADER and head[15] & _INLINE:
            version, behind = _text(data, at + _HEADER)
            modules, _ = _text(data, behind)
            if version.startswith((b"go", b"devel")):
                return _info(version.decode("utf-8", "replace"), modules)
    return None


def _hits(data: Bytes, start: int) -> Iterator[int]:
    at = start - 1
    for _ in range(_MAX_HITS):
        at = data.find(_MAGIC, at + 1)
        if at < 0:
            return
        yield at


def _text(data: Bytes, at: int) -> tuple[bytes, int]:
    """A string after its length, a varint, and the offset behind it; empty if the length is impossible."""
    length = 0
    for shift, byte in enumerate(data[at : at + 5]):
        length |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            start = at + shift + 1
            found = data[start : start + length] if length <= _MAX_TEXT else b""
            return (found, start + length) if len(found) == length else (b"", start)
    return b"", at


def _info(version: str, modules: bytes) -> GoInfo:
    """Reads the lines between the guards: path, mod, dep, =>, build."""
    text = (
        modules[_GUARD:-_GUARD] if len(modules) > 2 * _GUARD and modules[-_GUARD - 1 :][:1] == b"\n" else b""
    )
    path, main = "", None
    deps: list[GoModule] = []
    settings: dict[str, str] = {}
    for line in text.decode("utf-8", "replace").split("\n"):
        word, _, rest = line.partition("\t")
        if word == "path":
            path = rest
        elif word == "mod":
            main = _module(rest)
        elif word == "dep":
            deps.append(_module(rest))
        elif word == "=>" and deps:
            last, new = deps.pop(), _module(rest)
            shown = f"{new.path}@{new.version}" if new.version else new.path
            deps.append(GoModule(last.path, last.version, new.sum or last.sum, shown))
        elif word == "build":
            name, _, value = rest.partition("=")
            settings[_unquoted(name)] = _unquoted(value)
    return GoInfo(version=version, path=path, main=main, modules=tuple(deps), settings=settings)


def _module(text: str) -> GoModule:
    path, version, total = (*text.split("\t"), "", "")[:3]
    return GoModule(path, version, total)


def _unquoted(text: str) -> str:
    """The text without the quotes that Go puts around spaces, quotes and line ends."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in '"`':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if text[0] == '"' else text[1:-1]
    return text
