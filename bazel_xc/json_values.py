"""Reads saved JSON as frozen classes, so that a class describes its saved form too.

Comes in: the text of a document, and an attrs class. Goes out: an instance, or a ``ValueError`` that names
the key path of the first mistake. Types are strict: no number becomes a string, and no string a list. A field
with a default may be missing; unknown keys are ignored. For the other direction ``attrs.asdict`` is enough.

cattrs would need a hook per type to be as strict, names types of Python in its messages, collects every
mistake of a file, and does not make the schema, which needs the same walk over the types (see
``field_types``).
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
    ``Mapping[str, X]``. Raises ValueError with one line.
    """
    try:
        raw = json.loads(text)
    except ValueError as e:
        raise ValueError(f"no JSON: {e}") from None
    found = raw.get("schema") if isinstance(raw, dict) else None
    if found != version:
        raise ValueError(f"{'no schema' if found is None else f'schema {found!r:.40}'}, wanted {version}")
    made: _T = _value(raw, kind, "")
    return made


@cache
def field_types(kind: type) -> Mapping[str, tuple[Any, bool]]:
    """The type of every field of an attrs class, and whether a document must have it."""
    hints = get_type_hints(kind)
    return {each.name: (hints[each.name], each.default is NOTHING) for each in fields(kind)}


def _value(raw: Any, kind: Any, path: str) -> Any:  # noqa: ANN401 - JSON and types are anything
    if kind in _WORDS:
        return _checked(raw, kind, path)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if raw is None else _value(raw, inner[0], path)
    if origin is tuple:
        found = _checked(raw, list, path)
        if all(type(each) is inner[0] for each in found):  # strings, as most lists: no paths are made
            return tuple(found)
        return tuple([_value(each, inner[0], f"{path}[{at}]") for at, each in enumerate(found)])
    if origin is Mapping:
        found = _checked(raw, dict, path)
        return {name: _value(each, inner[1], _below(path, name)) for name, each in found.items()}
    if issubclass(kind, enum.StrEnum):
        if raw not in [*kind]:
            raise ValueError(f"{path}: needs to be one of {', '.join(kind)}, is {_short(raw)}")
        return kind(raw)
    return _instance(_checked(raw, dict, path), kind, path)


def _instance(raw: Mapping[str, Any], kind: type, path: str) -> object:
    given = {}
    for name, (inner, is_needed) in field_types(kind).items():
        if name in raw:
            given[name] = _value(raw[name], inner, _below(path, name))
        elif is_needed:
            raise ValueError(f"{_below(path, name)}: is missing")
    return kind(**given)


def _checked(raw: Any, kind: Any, path: str) -> Any:  # noqa: ANN401
    if type(raw) is kind or (kind is float and type(raw) is int):
        return raw
    raise ValueError(f"{path or 'the document'}: needs to be {_WORDS[kind]}, is {_short(raw)}")


def _below(path: str, name: str) -> str:
    shown = name if name.isidentifier() else repr(name)
    return f"{path}.{shown}" if path else shown


def _short(raw: object) -> str:
    return _WORDS[type(raw)] if isinstance(raw, dict | list | None) else f"{raw!r:.40}"
