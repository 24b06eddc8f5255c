"""The rules that BUILD files have today, as values.

Comes in: parsed BUILD files and the settings of their directories. Goes out: an ``ExistingRule`` for each
call, with its kind resolved once, and a ``RuleTable`` that also has the rules that loops make. A file is run
in Starlark only if reading does not show its rules or the values that C needs of them. This module changes
no file and does not know which rules are wanted.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, field, frozen

from bazel_xc.buildfile.evaluate import EvaluatedRule, Glob, evaluate
from bazel_xc.buildfile.settings import MappedKind, Settings
from bazel_xc.buildfile.starlark import MISSING, NOT_TRIED, TOO_MUCH
from bazel_xc.buildfile.syntax import BuildFile, Call, ListValue, Opaque, Select, String, Sum, Value
from bazel_xc.model import Diagnostic, Severity

_REMEDIES = {
    MISSING: "pip install starlark-go, which needs Go and a C compiler, or write out the rules of the file",
    **dict.fromkeys((TOO_MUCH, NOT_TRIED), "make sure that no name is there twice"),
}
# The attributes whose values are recorded when a file is run: those of an offer of a cc rule.
VALUE_ATTRIBUTES = frozenset(
    """actual deps hdrs implementation_deps include_prefix includes interface_library linkopts out outs
    sdk_dylibs sdk_frameworks shared_library srcs static_library strip_include_prefix textual_hdrs visibility
    weak_sdk_frameworks""".split()
)
# The cc rules that bazel-xc writes have a tag, by which it knows them again.
OWN_KINDS = frozenset({"cc_import", "cc_library"})
OWN_SUFFIX = "_cgo"
OWN_TAG = "bazel_xc"
OWN_TAGS = (OWN_TAG, "manual")  # nothing to build by itself, where there may be no C toolchain
# Calls that make no target and no file.
_STATEMENTS = frozenset({"exports_files", "licenses", "load", "package"})
# The rules of a directory of Go; bazel-xc writes other kinds only into the platforms package.
GO_RULE_KINDS = frozenset({"alias", "go_binary", "go_library", "go_test"})
# Rules that others import by their importpath, though bazel-xc writes only the first of them.
LIBRARY_KINDS = frozenset({"go_library", "go_proto_library", "go_grpc_library", "go_tool_library"})
_OLD_LIBRARY = "go_default_library"
_MENTIONS_C = re.compile(rb"\bcc_(?:\w*_)?(?:library|import)\b|_cc_(?:library|import)\b|\bobjc_|\bhdrs\s*=")
_PATTERNS = ("include", "exclude")

Items = tuple[str | Glob, ...]


@frozen(kw_only=True)
class ExistingRule:
    """One rule, or call of a macro, of a BUILD file.

    ``kind`` is the kind it stands for, with ``alias_kind`` and ``map_kind`` undone; ``written`` is the
    function that the file calls. ``call`` is None if only a run of the file shows the rule. ``ours`` means
    that bazel-xc wrote the rule. ``values`` are those of ``VALUE_ATTRIBUTES`` after a run of the file, None
    without one.
    """

    directory: str
    kind: str
    written: str
    name: str
    import_path: str = ""
    ours: bool = False
    call: Call | None = None
    values: Mapping[str, Items] | None = field(default=None, eq=False, repr=False)

    @property
    def made_by_evaluation(self) -> bool:
        """Whether no call in the file has the rule's name, as for the rules of a loop."""
        return self.call is None

    @property
    def source(self) -> Call:
        """The call in the file. Raises ``ValueError`` if only running the file shows the rule."""
        if self.call is None:
            raise ValueError(f"{self.written} {self.name!r} has no call of its own")
        return self.call

    @property
    def has_own_platform(self) -> bool:
        """Whether a Go rule is built for a platform of its own, whatever Bazel builds for."""
        return self._has("goos") or self._has("goarch")

    @property
    def own_platform(self) -> str:
        """The ``<goos>_<goarch>`` of a rule with its own platform, empty without one or if it is computed."""
        goos, goarch = ("".join(self.strings(each)) for each in ("goos", "goarch"))
        return f"{goos}_{goarch}" if goos and goarch else ""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that the rule names as its outputs."""
        return (*self.strings("out"), *self.strings("outs"))

    @property
    def visibility(self) -> tuple[str, ...] | None:
        """The labels of its ``visibility``, None if it has no such attribute."""
        present = "visibility" in self.values if self.values is not None else self._has("visibility")
        return self.strings("visibility") if present else None

    @property
    def has_headers(self) -> bool:
        """Whether the rule has an attribute ``hdrs``."""
        return "hdrs" in self.values if self.values is not None else self._has("hdrs")

    def items(self, attribute: str) -> Items:
        """The strings and globs of an attribute, the branches of selects one after another, nothing twice."""
        if self.values is not None and attribute in VALUE_ATTRIBUTES:
            return self.values.get(attribute, ())
        found = self.call.get(attribute) if self.call else None
        return tuple(dict.fromkeys(_items(found.value))) if found else ()

    def strings(self, attribute: str) -> tuple[str, ...]:
        """The strings of an attribute."""
        return tuple(item for item in self.items(attribute) if isinstance(item, str))

    def _has(self, attribute: str) -> bool:
        return self.call is not None and self.call.get(attribute) is not None


@frozen
class RuleTable:
    """The rules of all directories, those that loops make included; ``diagnostics`` are about files that do
    not run.
    """

    by_directory: Mapping[str, tuple[ExistingRule, ...]] = field(factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def of(self, directory: str) -> tuple[ExistingRule, ...]:
        """The rules of one directory, first those with calls of their own."""
        return self.by_directory.get(directory, ())

    def names(self, directory: str) -> frozenset[str]:
        """The names that are taken in a directory."""
        return frozenset(rule.name for rule in self.of(directory) if rule.name)


def resolved_kind(kind: str, settings: Settings) -> str:
    """The kind that a function of a file stands for: ``alias_kind`` and ``map_kind`` undone."""
    kind = dict(settings.alias_kinds).get(kind, kind)
    for wanted, _ in settings.map_kinds:
        mapped = written_kind(wanted, settings)
        if mapped and mapped.kind == kind:
            return wanted
    return kind


def written_kind(kind: str, settings: Settings) -> MappedKind | None:
    """The function that a new rule calls by ``map_kind``, chains followed; None if it is the kind itself."""
    table = dict(settings.map_kinds)
    found: MappedKind | None = None
    seen = {kind}
    while kind in table:
        found = table[kind]
        if found.kind in seen:
            break
        seen.add(found.kind)
        kind = found.kind
    return found


def written_rules(file: BuildFile | None, settings: Settings, directory: str) -> tuple[ExistingRule, ...]:
    """The rules and macros that a file calls, in its order; those without a literal name have none."""
    kinds: dict[str, str] = {}
    found: list[ExistingRule] = []
    for call in file.calls if file else ():
        if call.kind in _STATEMENTS:
            continue
        if call.kind not in kinds:
            kinds[call.kind] = resolved_kind(call.kind.removeprefix("native."), settings)
        found.append(
            ExistingRule(
                directory=directory,
                kind=kinds[call.kind],
                written=call.kind,
                name=call.name,
                import_path=call.string("importpath") or "",
                ours=kinds[call.kind] in OWN_KINDS and OWN_TAG in call.strings("tags"),
                call=call,
            )
        )
    return tuple(found)


def rule_table(
    files: Mapping[str, tuple[BuildFile, Settings]], written: Mapping[str, tuple[ExistingRule, ...]]
) -> RuleTable:
    """Adds to the ``written`` rules of directories the rules and values that running their files shows.

    Each file is run at most once. One that does not run keeps its written rules.
    """
    texts = {path: file.data for path, (file, _) in files.items() if _needs_run(file, written[path])}
    evaluated, errors = evaluate(texts, VALUE_ATTRIBUTES) if texts else ({}, {})
    found = dict(written)
    for path, rules in evaluated.items():
        found[path] = _joined(written[path], rules, files[path][1], path)
    dynamic = {path: files[path][0] for path in sorted(errors) if files[path][0].dynamic}
    said = tuple(_not_run(file.path, errors[path]) for path, file in dynamic.items())
    return RuleTable(found, said)


def default_visibility(file: BuildFile | None) -> tuple[str, ...] | None:
    """The labels of ``default_visibility`` of a file's ``package()``, None if it has none."""
    for call in file.calls if file else ():
        if call.kind == "package" and call.get("default_visibility"):
            return call.strings("default_visibility")
    return None


def unused_outputs(rules: Iterable[ExistingRule]) -> frozenset[str]:
    """The files that rules declare as outputs and no other rule of the directory takes as a source.

    Rules of Go are left out: their outputs are no sources, and their sources may be generated.
    """
    declared: set[str] = set()
    consumed: set[str] = set()
    for rule in rules:
        if rule.kind not in GO_RULE_KINDS:
            declared.update(rule.outputs)
            sources = (*rule.strings("srcs"), *rule.strings("src"))
            consumed.update(text.removeprefix(":") for text in sources)
    return frozenset(declared - consumed)


def shown_convention(rules: Iterable[ExistingRule]) -> str | None:
    """The naming convention that the libraries of one file follow, None if they show none.

    As with Gazelle, mapped kinds do not count.
    """
    for rule in rules:
        if rule.written != "alias" and rule.name == _OLD_LIBRARY:
            return _OLD_LIBRARY
        if rule.written in LIBRARY_KINDS and rule.name and rule.name == rule.import_path.rpartition("/")[2]:
            return "import"
    return None


def _needs_run(file: BuildFile, rules: Iterable[ExistingRule]) -> bool:
    """Whether a file has loops, or computes a value that C may need."""
    if file.dynamic:
        return True
    if not _MENTIONS_C.search(file.data):
        return False
    return any(
        not (isinstance(each.value, String) if each.name == "name" else _is_plain(each.value))
        for rule in rules
        for each in rule.source.attributes
        if each.name == "name" or each.name in VALUE_ATTRIBUTES
    )


def _is_plain(value: Value) -> bool:
    """Whether reading a value shows all of it: literals, globs of literals, selects and sums of these."""
    match value:
        case String():
            return True
        case ListValue(items=items):
            return all(isinstance(item, String) for item in items)
        case Select(branches=branches):
            return all(_is_plain(branch.value) for branch in branches)
        case Sum(parts=parts):
            return all(_is_plain(part) for part in parts)
    return any(True for _ in _items(value))


def _items(value: Value) -> Iterator[str | Glob]:
    match value:
        case String(value=text):
            yield text
        case ListValue(items=items):
            yield from (item.value for item in items if isinstance(item, String))
        case Select(branches=branches):
            for branch in branches:
                yield from _items(branch.value)
        case Sum(parts=parts):
            for part in parts:
                yield from _items(part)
        case Opaque(text=text) if text.startswith("glob("):
            yield from _glob(text)


def _glob(text: str) -> Iterator[Glob]:
    """A glob of literal patterns; nothing for an expression that only starts with one."""
    try:
        call = ast.parse(f"({text})", mode="eval").body
    except SyntaxError:
        return
    if not isinstance(call, ast.Call):
        return
    given = dict(zip(_PATTERNS, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    try:
        values = {name: tuple(ast.literal_eval(node)) for name, node in given.items() if name in _PATTERNS}
    except (ValueError, TypeError):
        return
    yield Glob(**values) if "include" in values else Glob(())


def _joined(
    written: tuple[ExistingRule, ...], evaluated: Iterable[EvaluatedRule], settings: Settings, directory: str
) -> tuple[ExistingRule, ...]:
    """The written rules with the values of their run, and behind them the rules that only the run shows."""
    ran: dict[str, EvaluatedRule] = {}
    for each in evaluated:
        ran.setdefault(each.name, each)
    names = {rule.name for rule in written}
    known = (evolve(rule, values=ran[rule.name].attributes) if rule.name in ran else rule for rule in written)
    made = (
        ExistingRule(
            directory=directory,
            kind=resolved_kind(each.kind, settings),
            written=each.kind,
            name=each.name,
            import_path=each.import_path,
            values=each.attributes,
        )
        for each in ran.values()
        if each.name not in names
    )
    return (*known, *made)


def _not_run(path: str, message: str) -> Diagnostic:
    """A note, as such a file may need a symbol that it loads; a warning if the cause is another one."""
    return Diagnostic(
        path=path,
        severity=Severity.WARNING if message in _REMEDIES else Severity.NOTE,
        code="evaluate",
        message=f"cannot be run to see which rules it makes: {message}",
        remedy=_REMEDIES.get(message, ""),
    )
