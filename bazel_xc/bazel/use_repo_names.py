"""The names of repositories in the ``use_repo`` calls of an extension.

Comes in: MODULE.bazel, the uses of an extension, and the names that are wanted. Goes out: edits, and findings
about names that nobody knows. Only names change: comments, order and ``# keep`` stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bazel_xc.bazel.override_tags import end_of_tags
from bazel_xc.buildfile.edits import Edit, remove_lines
from bazel_xc.buildfile.module_file import NAME, ExtensionUse, ModuleFile
from bazel_xc.buildfile.printer import INDENT, NewAttribute, quote
from bazel_xc.buildfile.syntax import Call, Notes, Opaque, String, Value
from bazel_xc.model import Diagnostic, Severity

# A repository of the extension that is not a module; people bring it in for go_repository rules of their own.
_CONFIGURATION = "bazel_gazelle_go_repository_config"


def use_repo_edits(
    module: ModuleFile,
    uses: tuple[ExtensionUse, ...],
    wanted: frozenset[str],
    known: frozenset[str] | None,
    said: list[Diagnostic],
) -> Iterator[Edit]:
    """The edits after which ``use_repo`` names the ``wanted`` repositories.

    The extension makes repositories for modules that other Bazel modules require, too, so a name that nobody
    knows may be used here and stays. Names of ``known`` repositories are removed if they are not wanted; None
    means that nothing is known. Findings are added to ``said``.
    """
    gone = (known or frozenset()) - wanted
    variables = dict.fromkeys(use.variable for use in uses)
    calls = [call for variable in variables for call in module.use_repos(variable)]
    there = {name for call in calls for name in repositories_in(call)}
    missing = sorted(wanted - there)
    own = module.use_repos(uses[0].variable)
    for call in calls:
        if call.opaque or any(not isinstance(each, String) for each in call.args[1:]):
            said.append(_unreadable(call))
            continue
        strings = (each for each in call.args[1:] if isinstance(each, String))
        kept = tuple(each for each in strings if each.notes.keep or each.value not in gone)
        named = tuple(each for each in call.attributes if each.keep or each.string not in gone)
        said.extend(_unknown(call, wanted, known))
        added = missing if own and call is own[-1] else []
        if len(kept) + len(named) + 1 == len(call.args) + len(call.attributes) and not added:
            continue
        args = _with_names(kept, added)
        if args or named:
            renamed = [NewAttribute(each.name, each.value, each.notes) for each in named]
            yield Edit(call.span.start, call.span.end, _call_text(module, call, args, renamed))
        else:
            yield remove_lines(module.file, call)
    if missing and not own:
        names = "".join(f"{INDENT}{quote(name)},\n" for name in missing)
        at = end_of_tags(module, uses[0])
        yield Edit(at, at, f"use_repo(\n{INDENT}{uses[0].variable},\n{names})\n")


def repositories_in(call: Call) -> Iterator[str]:
    """The names that a ``use_repo`` brings in, as the extension calls them."""
    for arg in call.args[1:]:
        if isinstance(arg, String):
            yield arg.value
    for attribute in call.attributes:
        if attribute.string:
            yield attribute.string


def _unknown(call: Call, wanted: frozenset[str], known: frozenset[str] | None) -> Iterator[Diagnostic]:
    """The names that stay because no known module has them."""
    if known is None:
        return
    kept = {each.value for each in call.args[1:] if isinstance(each, String) and each.notes.keep}
    kept |= {each.string for each in call.attributes if each.keep and each.string}
    accounted = {*wanted, *known, *kept, _CONFIGURATION}
    for name in sorted(set(repositories_in(call)) - accounted):
        yield Diagnostic(
            path=NAME,
            line=call.line,
            severity=Severity.WARNING,
            code="unknown-repository",
            message=f"no module in go.mod or go.sum gives the repository {name}, so its name stays",
            remedy="remove it if no other Bazel module needs it, or mark it # keep",
        )


def _with_names(kept: tuple[String, ...], added: Iterable[str]) -> list[String]:
    """New names get their place in a sorted list, else they follow at the end."""
    items = list(kept)
    in_order = [each.value for each in items] == sorted(each.value for each in items)
    items.extend(String(name) for name in added)
    return sorted(items, key=lambda each: each.value) if in_order else items


def _call_text(module: ModuleFile, call: Call, args: list[String], named: list[NewAttribute]) -> str:
    """The new call, on one line if the old one was and nothing prevents it."""
    file = module.file
    first = call.args[0]
    assert isinstance(first, Opaque)
    plain = {each.notes for each in args} | {each.notes for each in named} <= {Notes()}
    if file.line_of(call.span.start) == file.line_of(call.span.end) and plain:
        words = [first.text, *(_literal(each) for each in args)]
        words += [f"{each.name} = {_literal(each.value)}" for each in named]
        return f"{call.kind}({', '.join(words)})"
    lines = [f"{call.kind}(", f"{INDENT}{first.text},"]
    for each in args:
        lines += _item(each.notes, _literal(each))
    for attribute in named:
        lines += _item(attribute.notes, f"{attribute.name} = {_literal(attribute.value)}")
    return "\n".join([*lines, *(f"{INDENT}{text}" for text in _last_comments(module, call)), ")"])


def _last_comments(module: ModuleFile, call: Call) -> list[str]:
    """The comments on lines of their own before the closing parenthesis."""
    told = {text for each in call.args if isinstance(each, String) for text in _texts(each.notes)}
    told |= {text for each in call.attributes for text in _texts(each.notes)}
    inside = (c for c in module.file.comments if call.span.start < c.span.start < call.span.end)
    return [comment.text for comment in inside if comment.text not in told]


def _texts(notes: Notes) -> tuple[str, ...]:
    return (*notes.before, notes.suffix)


def _item(notes: Notes, text: str) -> list[str]:
    suffix = f"  {notes.suffix}" if notes.suffix else ""
    return [*(f"{INDENT}{comment}" for comment in notes.before), f"{INDENT}{text},{suffix}"]


def _literal(value: Value) -> str:
    if isinstance(value, String):
        return value.raw if value.raw.startswith('"') else quote(value.value)
    return value.text if isinstance(value, Opaque) else ""


def _unreadable(call: Call) -> Diagnostic:
    return Diagnostic(
        path=NAME,
        line=call.line,
        severity=Severity.WARNING,
        code="use-repo",
        message="use_repo has an argument that is not a string; the call is left unchanged",
        remedy="name the repositories one by one",
    )
