"""The expressions of ``#if``, with three answers: true, false, undecidable.

Comes in: the text after ``#if``, later the known macros. Goes out: a ``Condition`` in postfix order, and its
value, None if it depends on something unknown. A macro is expanded only if its text is a number, a name or a
whole parenthesis. Nothing is called: ``__has_include(x)`` and ``F(x)`` are undecidable. Integers have no
width and no sign rules: unsigned arithmetic is ignored, so ``-1 < 0u`` counts as true.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from attrs import frozen

Macros: TypeAlias = Mapping[str, str | None]
"""Macro -> its text, None for a macro that is known to be undefined.

Nothing is known of a missing name. ``OPEN_VALUE`` marks a macro that is defined with an unknown value.
"""
OPEN_VALUE = "?"

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_$\x80-\U0010ffff][\w$]*)|(?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)"
    r"|(?P<op>&&|\|\||<<|>>|[=!<>]=|[-+*/%<>!~&|^()])|(?P<end>\Z))",
)
_DEFINED = re.compile(r"\s*(?:\(\s*([A-Za-z_$][\w$]*)\s*\)|([A-Za-z_$][\w$]*))")
_PARENTHESES = re.compile(r"[()]")
_OPENS = re.compile(r"\s*\(")
_INTEGER = re.compile(
    r"(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|(?P<oct>0[0-7]*)|(?P<dec>[1-9][0-9]*))[uUlLzZ]*"
)
_BASES = MappingProxyType({"hex": 16, "bin": 2, "oct": 8, "dec": 10})
_LARGEST = 1 << 64
_MAX_DIGITS = 64
_MAX_EXPANSIONS = 20

_PRECEDENCE = MappingProxyType(
    {
        **dict.fromkeys(("*", "/", "%"), 10),
        **dict.fromkeys(("+", "-"), 9),
        **dict.fromkeys(("<<", ">>"), 8),
        **dict.fromkeys(("<", ">", "<=", ">="), 7),
        **dict.fromkeys(("==", "!="), 6),
        "&": 5,
        "^": 4,
        "|": 3,
        "&&": 2,
        "||": 1,
    }
)
_UNARY: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {"!": lambda a: int(not a), "~": operator.inv, "-": operator.neg, "+": operator.pos}
)
_UNARY_PRECEDENCE = 11


@frozen
class _Number:
    value: int | None


@frozen
class _Name:
    text: str


@frozen
class _Defined:
    name: str


@frozen
class _Operator:
    symbol: str
    unary: bool = False

    @property
    def precedence(self) -> int:
        return _UNARY_PRECEDENCE if self.unary else _PRECEDENCE[self.symbol]


_Item: TypeAlias = _Number | _Name | _Defined | _Operator
Condition: TypeAlias = tuple[_Item, ...]
"""An expression, operands before their operator. An empty one is undecidable."""

_PARENTHESIS = _Operator("(", unary=True)


class _UnreadableError(ValueError):
    """The text is not an expression that this module understands."""


@functools.lru_cache(maxsize=1 << 14)  # more than the largest C library has
def parse_condition(text: str) -> Condition:
    """Parses an expression; returns an empty condition if the text is none, or has a ``?:``."""
    try:
        return _postfix(text)
    except _UnreadableError:
        return ()


def is_defined(name: str, *, negated: bool = False) -> Condition:
    """The condition of ``#ifdef``, or of ``#ifndef``."""
    return (_Defined(name), _Operator("!", unary=True)) if negated else (_Defined(name),)


def names_in(condition: Condition) -> Iterator[str]:
    """The macros that a condition asks for, by ``defined`` or by their values."""
    for item in condition:
        if isinstance(item, _Defined):
            yield item.name
        elif isinstance(item, _Name):
            yield item.text


def guarded_name(condition: Condition) -> str:
    """The X of ``#ifndef X`` and ``#if !defined(X)``, else an empty string."""
    match condition:
        case (_Defined(name), _Operator("!", True)):
            return name
    return ""


def evaluate(condition: Condition, macros: Macros) -> bool | None:
    """Whether the condition is true; None if that depends on something unknown."""
    value = _value(condition, macros, _MAX_EXPANSIONS)
    return None if value is None else value != 0


def either(left: bool | None, right: bool | None) -> bool | None:
    """``left or right`` with three values."""
    if left or right:
        return True
    return None if left is None or right is None else False


def both(left: bool | None, right: bool | None) -> bool | None:
    """``left and right`` with three values."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def opposite(value: bool | None) -> bool | None:
    """``not value`` with three values."""
    return None if value is None else not value


def _postfix(text: str) -> Condition:
    """Dijkstra's shunting yard: without recursion, so no text is too deep."""
    output: list[_Item] = []
    waiting: list[_Operator] = []
    operand_next = True
    for item in _tokens(text):
        if isinstance(item, _Operator) and item.symbol != ")":
            if item.unary != operand_next:
                item = _Operator(item.symbol, operand_next)  # noqa: PLW2901 - a sign, or a call's parenthesis
            operand_next = _shift(item, output, waiting)
        elif operand_next == isinstance(item, _Operator):
            raise _UnreadableError
        elif isinstance(item, _Operator):
            _unwind(output, waiting)
        else:
            output.append(item)
            operand_next = False
    if operand_next or _PARENTHESIS in waiting:
        raise _UnreadableError
    return (*output, *reversed(waiting))


def _shift(item: _Operator, output: list[_Item], waiting: list[_Operator]) -> bool:
    """Keeps an operator until its right side is read; operators that bind tighter are output first."""
    if item.unary:
        if item.symbol not in _UNARY and item != _PARENTHESIS:
            raise _UnreadableError
    elif item.symbol not in _PRECEDENCE:
        raise _UnreadableError
    else:
        while waiting and waiting[-1] != _PARENTHESIS and waiting[-1].precedence >= item.precedence:
            output.append(waiting.pop())
    waiting.append(item)
    return True


def _unwind(output: list[_Item], waiting: list[_Operator]) -> None:
    while waiting and waiting[-1] != _PARENTHESIS:
        output.append(waiting.pop())
    if not waiting:
        raise _UnreadableError
    waiting.pop()


def _tokens(text: str) -> Iterator[_Item]:
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        if found["name"] == "defined":
            asked = _DEFINED.match(text, at)
            if asked is None:
                raise _UnreadableError
            at = asked.end()
            yield _Defined(asked[1] or asked[2])
        elif found["name"]:
            end = _end_of_call(text, at)
            yield _Number(None) if end > at else _Name(found["name"])
            at = end
        elif found["number"]:
            yield _Number(_integer(found["number"]))
        elif found["op"]:
            yield _Operator(found["op"])
        else:
            return
    raise _UnreadableError


def _end_of_call(text: str, at: int) -> int:
    """The end of the parenthesis after a name; ``at`` if there is none."""
    if not _OPENS.match(text, at):
        return at
    depth = 0
    for found in _PARENTHESES.finditer(text, at):
        depth += 1 if found[0] == "(" else -1
        if not depth:
            return found.end()
    raise _UnreadableError


def _integer(text: str) -> int | None:
    found = _INTEGER.fullmatch(text.replace("'", ""))
    if found is None or len(text) > _MAX_DIGITS or found.lastgroup is None:
        return None
    return int(found[found.lastgroup], _BASES[found.lastgroup])


def _value(condition: Condition, macros: Macros, expansions: int) -> int | None:
    stack: list[int | None] = []
    for item in condition:
        if isinstance(item, _Operator):
            right = stack.pop()
            if item.unary:
                stack.append(None if right is None else _UNARY[item.symbol](right))
            else:
                stack.append(_computed(item.symbol, stack.pop(), right))
        elif isinstance(item, _Number):
            stack.append(item.value)
        elif isinstance(item, _Defined):
            stack.append(int(macros[item.name] is not None) if item.name in macros else None)
        else:
            stack.append(_of_macro(item.text, macros, expansions))
    return stack[0] if stack else None


def _of_macro(name: str, macros: Macros, expansions: int) -> int | None:
    """The value of a macro's text; an undefined name is 0, as in C."""
    if name not in macros or not expansions:
        return None
    text = macros[name]
    if text is None:
        return 0
    condition = parse_condition(text)
    return _value(condition, macros, expansions - 1) if _stands_alone(text, condition) else None


def _stands_alone(text: str, condition: Condition) -> bool:
    """Whether a macro's text has the same meaning in any context, and names at most one other macro.

    With two names each, the work would double with every macro that uses another.
    """
    if not condition or sum(isinstance(item, _Name) for item in condition) > 1:
        return False
    return len(condition) == 1 or (text.startswith("(") and _end_of_call(text, 0) == len(text))


def _computed(symbol: str, left: int | None, right: int | None) -> int | None:
    if symbol == "&&":
        known = both(_truth(left), _truth(right))
        return None if known is None else int(known)
    if symbol == "||":
        known = either(_truth(left), _truth(right))
        return None if known is None else int(known)
    if left is None or right is None:
        return None
    value = _ARITHMETIC[symbol](left, right)
    return value if value is not None and abs(value) < _LARGEST else None


def _truth(value: int | None) -> bool | None:
    return None if value is None else value != 0


def _quotient(left: int, right: int) -> int | None:
    """Division that rounds towards zero."""
    if not right:
        return None
    size = abs(left) // abs(right)
    return size if (left < 0) == (right < 0) else -size


def _rest(left: int, right: int) -> int | None:
    size = _quotient(left, right)
    return None if size is None else left - size * right


def _shifted(left: int, right: int) -> int | None:
    return left << right if 0 <= right < 64 else None


_ARITHMETIC: Mapping[str, Callable[[int, int], int | None]] = MappingProxyType(
    {
        "*": operator.mul,
        "/": _quotient,
        "%": _rest,
        "+": operator.add,
        "-": operator.sub,
        "<<": _shifted,
        ">>": lambda a, b: a >> b if 0 <= b < 64 else None,
        "<": lambda a, b: int(a < b),
        ">": lambda a, b: int(a > b),
        "<=": lambda a, b: int(a <= b),
        ">=": lambda a, b: int(a >= b),
        "==": lambda a, b: int(a == b),
        "!=": lambda a, b: int(a != b),
        "&": operator.and_,
        "^": operator.xor,
        "|": operator.or_,
    }
)
