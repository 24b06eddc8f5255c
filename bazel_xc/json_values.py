"""Reads saved JSON as frozen classes, so that a class also describes its saved form.

Comes in: the text of a document, and an attrs class. Goes out: an instance, or a ``ValueError`` that names
the key path of the first mistake. Types are strict: a number never becomes a string, nor a string a list. A
field with a default may be missing; unknown keys are ignored. ``attrs.asdict`` is the other direction.

cattrs would need a hook per type to be as strict, names Python types in its messages, collects every mistake
of a file, and does not make the schema, which needs the same walk over the types (see ``field_types``).
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from attrs import NOTHING, fields

_T = TypeVar("_T")
_WORDS: dict[Any, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
    list: "a list",
    dict: "an object",
}


def read_saved(text: str, kind: type[_T], version: int) -> _T:
    """The instance that a document of this version describes; its key ``schema`` has the version.

    Fields may be strings, numbers, enumerations, other attrs classes, ``X | None``, ``tuple[X, ...]`` and
    ``Mapping[str, X]``. Raises ValueError with a message of one line.
    """
    try:
        raw = json.loads(text)
    except ValueError as e:
        raise ValueError(f"not JSON: {e}") from None
    found = raw.get("schema") if isinstance(raw, dict) else None
    if found != version:
        raise ValueError(
            f"{'no schema' if found is None else f'schema {found!r:.40}'}, needs to be {version}"
        )
    made: _T = _value(raw, kind)
    return made


@cache
def field_types(kind: type) -> Mapping[str, tuple[Any, bool]]:
    """The type of every field of an attrs class, and whether a document must have the field."""
    hints = get_type_hints(kind)
    return {each.name: (hints[each.name], each.default is NOTHING) for each in fields(kind)}


class _MistakeError(ValueError):
    """A value that does not fit. The key path grows as the exception rises, so a sound file costs nothing."""

    path = ""

    def below(self, step: str) -> _MistakeError:
        """The same mistake with the path of one level higher."""
        self.path = step + self.path
        return self

    def __str__(self) -> str:
        return f"{self.path.removeprefix('.') or 'the document'}: {self.args[0]}"


@cache
def _shape(kind: Any) -> tuple[Any, tuple[Any, ...]]:  # noqa: ANN401
    return get_origin(kind), get_args(kind)


def _value(raw: Any, kind: Any) -> Any:  # noqa: ANN401 - JSON and types are anything
    if type(raw) is kind:
        return raw
    if kind in _WORDS:
        return _checked(raw, kind)
    origin, inner = _shape(kind)
    if origin is UnionType:
        return None if raw is None else _value(raw, inner[0])
    if origin is tuple:
        return _items(_checked(raw, list), inner[0])
    if origin is Mapping:
        return _fields(_checked(raw, dict), dict.fromkeys(raw, (inner[1], False)))
    if not issubclass(kind, enum.StrEnum):
        return kind(**_fields(_checked(raw, dict), field_types(kind)))
    try:
        return kind(raw)
    except ValueError:
        raise _MistakeError(f"needs to be one of {', '.join(kind)}, is {_short(raw)}") from None


def _items(raw: list[Any], kind: Any) -> tuple[Any, ...]:  # noqa: ANN401
    made: list[Any] = []
    try:
        for each in raw:
            made.append(_value(each, kind))
    except _MistakeError as e:
        raise e.below(f"[{len(made)}]") from None
    return tuple(made)


def _fields(raw: Mapping[str, Any], types: Mapping[str, tuple[Any, bool]]) -> dict[str, Any]:
    made = {}
    for name, (kind, is_needed) in types.items():
        try:
            if name in raw:
                made[name] = _value(raw[name], kind)
            elif is_needed:
                raise _MistakeError("is missing")
        except _MistakeError as e:
            raise e.below(f".{name if name.isidentifier() else repr(name)}") from None
    return made


def _checked(raw: Any, kind: Any) -> Any:  # noqa: ANN401
    if type(raw) is kind or (kind is float and type(raw) is int):
        return raw
    raise _MistakeError(f"needs to be {_WORDS[kind]}, is {_short(raw)}")


def _short(raw: object) -> str:
    return _WORDS[type(raw)] if isinstance(raw, dict | list | None) else f"{raw!r:.40}"
