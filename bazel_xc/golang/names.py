"""The names that a Go file declares and uses.

Comes in: the bytes of a file. Goes out: a ``Declared`` or a ``Used``. Only this module uses tree-sitter. It
reads one file by itself and knows no types, so it does not resolve selectors. A name that is bound again
anywhere in the file is not reported as used.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import tree_sitter_go
from attrs import frozen
from tree_sitter import Language, Node, Parser, Query, QueryCursor

_DECLARATIONS = """
(source_file (function_declaration name: (identifier) @declared))
(source_file (type_declaration (_ name: (type_identifier) @declared)))
(source_file (const_declaration (const_spec (identifier) @declared)))
(source_file (var_declaration (var_spec name: (identifier) @declared)))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @declared))))
(method_declaration name: (field_identifier) @member)
(field_declaration name: (field_identifier) @member)
(field_declaration !name type: (_) @embedded)
(method_elem name: (field_identifier) @member)
(import_spec) @import
"""
_USES = """
(var_spec name: (identifier) @bound)
(const_spec (identifier) @bound)
(parameter_declaration name: (identifier) @bound)
(variadic_parameter_declaration name: (identifier) @bound)
(type_parameter_declaration name: (identifier) @bound)
(short_var_declaration left: (expression_list (identifier) @bound))
(range_clause left: (expression_list (identifier) @bound))
(receive_statement left: (expression_list (identifier) @bound))
(type_switch_statement alias: (expression_list (identifier) @bound))
(type_declaration (_ name: (type_identifier) @bound))
(keyed_element . (literal_element (identifier) @key))
(qualified_type name: (type_identifier) @key)
(selector_expression) @selector
(qualified_type) @qualified
(identifier) @name
(type_identifier) @name
"""
_UNDECLARED = frozenset({"_", "init"})


@frozen(order=True)
class Use:
    """A name at its first use; ``package`` is the text before its dot, if that is a plain name."""

    name: str
    line: int
    package: str = ""


@frozen(kw_only=True)
class Declared:
    """The declarations of one file at package level; ``members`` are methods and fields.

    ``imports`` maps paths to the names given to them, "" without one. ``whole`` is False if the file could
    not be parsed to its end.
    """

    names: frozenset[str]
    members: frozenset[str]
    imports: Mapping[str, str]
    whole: bool


@frozen(kw_only=True)
class Used:
    """The names that one file uses, each at its first line.

    ``alone`` are names without a dot. ``selected`` are lower-case names after a dot, which can only be
    members in the file's own package. ``qualified`` are names after a plain name and a dot.
    """

    alone: tuple[Use, ...]
    selected: tuple[Use, ...]
    qualified: tuple[Use, ...]


@frozen(slots=False)
class ParsedFile:
    """A syntax tree, from which both answers come. It needs much more memory than they do."""

    root: Node

    @classmethod
    def of(cls, data: bytes) -> ParsedFile:
        """Parses a file as far as possible; never raises."""
        text = data + b"\n"  # the grammar fails on a last statement without a newline
        return cls(Parser(_language()).parse(text).root_node)

    @cached_property
    def _declarations(self) -> Callable[[str], list[Node]]:
        return _captures(self.root, _DECLARATIONS)

    def declared(self) -> Declared:
        """The declarations and imports of the file."""
        get = self._declarations
        embedded = {_text(node).rpartition(".")[2].lstrip("*").partition("[")[0] for node in get("embedded")}
        return Declared(
            names=_texts(get("declared")) - _UNDECLARED,
            members=_texts(get("member")) | embedded,
            imports=dict(_import(node) for node in get("import")),
            whole=not self.root.has_error,
        )

    def used(self) -> Used:
        """The names that the file uses, as far as it could be parsed."""
        declared = _texts(self._declarations("declared"))
        get = _captures(self.root, _USES)
        bound = _texts(get("bound")) - declared
        keys = {node.id for node in get("key")}
        alone = _first_uses(node for node in get("name") if node.id not in keys)
        nodes = sorted((*get("selector"), *get("qualified")), key=lambda node: node.start_byte)
        pairs = [(_selection if n.type == "selector_expression" else _qualification)(n) for n in nodes]
        return Used(
            alone=tuple(each for each in alone if each.name not in bound),
            selected=_first(Use(each.name, each.line) for each in pairs if each.name[:1].islower()),
            qualified=_first(each for each in pairs if each.package and each.package not in bound | declared),
        )


def read_declared(data: bytes) -> Declared:
    """The declarations and imports of a file; never raises."""
    return ParsedFile.of(data).declared()


def read_used(data: bytes) -> Used:
    """The names that a file uses, as far as it can be parsed; never raises."""
    return ParsedFile.of(data).used()


def _captures(root: Node, query: str) -> Callable[[str], list[Node]]:
    """The nodes of each capture by their place in the text; tree-sitter returns them in no order."""
    found = QueryCursor(_query(query)).captures(root)
    return lambda name: sorted(found.get(name, []), key=lambda node: node.start_byte)


@functools.cache
def _language() -> Language:
    return Language(tree_sitter_go.language())


@functools.cache
def _query(text: str) -> Query:
    return Query(_language(), text)


def _first_uses(nodes: Iterable[Node]) -> tuple[Use, ...]:
    """As ``_first``, for plain names: most are repeated many times, so few become a ``Use``."""
    found: dict[bytes, int] = {}
    for node in nodes:
        text = node.text or b""
        if text not in found:
            found[text] = node.start_point[0] + 1
    return tuple(Use(text.decode(errors="replace"), line) for text, line in found.items())


def _first(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Each name once, at its first place."""
    found: dict[tuple[str, str], Use] = {}
    for each in uses:
        found.setdefault((each.package, each.name), each)
    return tuple(found.values())


def _selection(node: Node) -> Use:
    operand, name = node.child_by_field_name("operand"), node.child_by_field_name("field")
    plain = operand is not None and operand.type == "identifier"
    return Use(_text(name), _line(node), _text(operand) if plain else "")


def _qualification(node: Node) -> Use:
    return Use(
        _text(node.child_by_field_name("name")), _line(node), _text(node.child_by_field_name("package"))
    )


def _import(node: Node) -> tuple[str, str]:
    return _text(node.child_by_field_name("path")).strip('"`'), _text(node.child_by_field_name("name"))


def _texts(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset(map(_text, nodes))


def _text(node: Node | None) -> str:
    return (node.text or b"").decode(errors="replace") if node else ""


def _line(node: Node) -> int:
    return node.start_point[0] + 1
