"""The rules of the platforms package that may go at the end of a trial.

Comes in: the rules that bazel-xc would write there, the BUILD file of the package, and the texts that may
name its targets. Goes out: the calls to remove, and findings about rules that stay because something uses
them. A rule is ours if it has exactly the attributes that would be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set

from attrs import evolve

from bazel_xc.bazel.cgo_settings import names_in
from bazel_xc.bazel.platforms import platform_rules
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.printer import arrange, format_value
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.syntax import BuildFile, Call, Value
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.model import Diagnostic, Platform, Severity

_LOCAL = re.compile(rb'":([\w.+-]+)"')


def our_rules(
    file: BuildFile, platforms: Iterable[Platform], repositories: Repositories, package: str
) -> tuple[Call, ...]:
    """The calls of the package's BUILD file that bazel-xc could have written; ``package`` is its path.

    Platforms that are configured no more, which ``generate`` leaves alone, are among them.
    """
    platforms = tuple(platforms)
    former = {call.name for call in file.calls} & (KNOWN_PLATFORMS - {each.name for each in platforms})
    for goos, _, goarch in (name.partition("_") for name in sorted(former)):
        platforms = (*platforms, Platform(goos, goarch))
    wanted: dict[str, list[WantedRule]] = {}
    text = "\n".join(f'"//{package}:{call.name}"' for call in file.calls if call.name).encode()
    used = names_in(text, f"//{package}")
    for cgo in (True, False):
        for guard in (True, False):
            chosen = [evolve(each, cgo=cgo) for each in platforms]
            for rule in platform_rules(chosen, repositories, package, (), used, guard=guard):
                wanted.setdefault(rule.slot.name, []).append(rule)
    return tuple(
        call
        for call in file.calls
        if not call.keep and any(_is_written_as(call, rule) for rule in wanted.get(call.name, ()))
    )


def _is_written_as(call: Call, rule: WantedRule) -> bool:
    """Whether a call has the kind and the attributes of a wanted rule, in any layout."""
    there = {each.name: each.value for each in call.attributes if each.name != "name"}
    return (
        call.kind == rule.slot.written
        and there.keys() == rule.attributes.keys()
        and all(_text(name, there[name]) == _text(name, value) for name, value in rule.attributes.items())
    )


def _text(name: str, value: Value) -> str:
    return format_value(arrange(name, value), 1)


def split_by_use(
    calls: Iterable[Call], file: BuildFile, package: str, texts: Mapping[str, bytes]
) -> tuple[tuple[Call, ...], tuple[Diagnostic, ...]]:
    """The calls that nothing needs, and a finding for each of the others that a text of ``texts`` names.

    ``texts`` are by path, as they will be. A rule that another one needs stays with it, without a finding.
    """
    ours = {call.name: call for call in calls}
    pattern = re.compile(rf"//{re.escape(package)}:([\w.+-]+)".encode())
    users: dict[str, str] = {}
    for path, text in texts.items():
        for match in pattern.finditer(text):
            line = text.count(b"\n", 0, match.start()) + 1
            users.setdefault(match[1].decode(), f"{path}:{line}")
    others = [call for call in file.calls if call.name not in ours]
    needed = {name for call in others for name in _named_in(file, call)} | (users.keys() & ours.keys())
    needed = _closure(needed & ours.keys(), file, ours)
    said = [
        Diagnostic(
            path=file.path,
            line=ours[name].line,
            severity=Severity.WARNING,
            code="left-behind",
            message=f"{name} stays, because {users[name]} uses it",
            remedy="remove the use and run again",
        )
        for name in sorted(needed)
        if name in users
    ]
    return tuple(call for name, call in ours.items() if name not in needed), tuple(said)


def _closure(names: Set[str], file: BuildFile, ours: Mapping[str, Call]) -> set[str]:
    """The names, with every name that their rules use."""
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found and name in ours:
            found.add(name)
            pending.extend(_named_in(file, ours[name]))
    return found


def _named_in(file: BuildFile, call: Call) -> Iterator[str]:
    """The names of the same package that a rule uses."""
    for match in _LOCAL.finditer(file.data[call.span.start : call.span.end]):
        yield match[1].decode()
