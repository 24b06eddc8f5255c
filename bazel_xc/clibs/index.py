"""The cc rules of a workspace, found by header, library, file and label.

Comes in: the workspace, and the rules that its BUILD files make when they run; a file that does not run is
read as it stands. Goes out: a ``CIndex``. Globs, filegroups, outputs and aliases are followed within the
workspace. Rules that bazel-xc wrote itself are left out, external repositories are not looked into, and
nothing is chosen here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from attrs import field, frozen

from bazel_xc.buildfile.evaluate import EvaluatedRule, Glob
from bazel_xc.buildfile.patterns import PathPattern, glob_pattern
from bazel_xc.buildfile.syntax import Call, Opaque, Sum, Value, strings_in
from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.clibs.rules import (
    ATTRIBUTES,
    NATIVE_KINDS,
    CRule,
    RuleFiles,
    Visibility,
    alias_of,
    c_rule,
    library_files,
    offers_c,
    own_labels,
)
from bazel_xc.model import Label

_MENTION = re.compile(rb"\bcc_(?:\w*_)?(?:library|import)\b|_cc_(?:library|import)\b|\bobjc_|\bhdrs\s*=")
_FOLLOWED = frozenset({"alias", "filegroup"})
_PATTERNS = ("include", "exclude")


@frozen
class CIndex:
    """The cc rules of a workspace, in the order of their labels."""

    rules: tuple[CRule, ...] = ()
    _headers: Mapping[str, tuple[CRule, ...]] = field(init=False, eq=False, repr=False)
    _libs: Mapping[str, tuple[CRule, ...]] = field(init=False, eq=False, repr=False)
    _files: Mapping[str, tuple[CRule, ...]] = field(init=False, eq=False, repr=False)

    @_headers.default
    def _by_headers(self) -> Mapping[str, tuple[CRule, ...]]:
        return _grouped((header, rule) for rule in self.rules for header in rule.headers)

    @_libs.default
    def _by_libs(self) -> Mapping[str, tuple[CRule, ...]]:
        return _grouped((lib, rule) for rule in self.rules if rule.links for lib in rule.libs)

    @_files.default
    def _by_files(self) -> Mapping[str, tuple[CRule, ...]]:
        return _grouped((path, rule) for rule in self.rules for path in rule.files)

    def by_header(self, name: str) -> tuple[CRule, ...]:
        """The rules whose headers may be included by this spelling."""
        return self._headers.get(name, ())

    def by_lib(self, name: str) -> tuple[CRule, ...]:
        """The rules that link something and may stand for ``-l<name>``."""
        return self._libs.get(name, ())

    def by_file(self, path: str) -> tuple[CRule, ...]:
        """The rules that own a header, told by its path from the workspace root."""
        return self._files.get(path, ())

    def rule(self, label: Label) -> CRule | None:
        """The rule of that label."""
        return next((rule for rule in self.rules if rule.label == label), None)


def c_texts(workspace: Workspace) -> Mapping[str, bytes]:
    """The BUILD files, by directory, that are worth running with ``rules.ATTRIBUTES``: they mention C."""
    files = ((path, each.build_file) for path, each in workspace.directories.items())
    return {path: file.data for path, file in files if file and _MENTION.search(file.data)}


def build_c_index(workspace: Workspace, made: Mapping[str, tuple[EvaluatedRule, ...]]) -> CIndex:
    """Indexes a workspace. ``made`` has the rules of the directories that ``c_texts`` names and that run."""
    builder = _Builder(workspace, made)
    return CIndex(tuple(sorted(builder.rules(), key=lambda rule: rule.label)))


class _Builder:
    """Resolves labels and globs against the workspace; remembers the files of packages with globs."""

    def __init__(self, workspace: Workspace, made: Mapping[str, tuple[EvaluatedRule, ...]]) -> None:
        self.workspace = workspace
        self.named: dict[Label, EvaluatedRule] = {}
        self.found: dict[Label, CRule] = {}
        self.package_files: dict[str, tuple[str, ...]] = {}
        self.made = made
        self.own = own_labels(workspace)

    def rules(self) -> Iterator[CRule]:
        for path, directory in self.workspace.directories.items():
            for rule in _rules_of(directory, self.made):
                self.named.setdefault(Label("", path, rule.name), rule)
        for label, rule in self.named.items():
            directory = self.workspace.directories[label.package]
            kind = directory.settings.origin(rule.kind)
            if label not in self.own and rule.kind not in _FOLLOWED and offers_c(rule, kind):
                visible = _visibility(rule, kind, directory)
                self.found[label] = c_rule(
                    rule, kind, label.package, self._files(rule, label.package), visible
                )
        yield from self.found.values()
        yield from self._aliases()

    def _aliases(self) -> Iterator[CRule]:
        for label, rule in self.named.items():
            target = self._target(label) if rule.kind == "alias" else None
            if target:
                visible = _visibility(rule, "alias", self.workspace.directories[label.package])
                yield alias_of(rule.name, label.package, target, visible)

    def _target(self, label: Label) -> CRule | None:
        """The cc rule at the end of a chain of aliases; of a choice the first."""
        seen: set[Label] = set()
        while label not in self.found:
            rule = self.named.get(label)
            actual = rule.strings("actual") if rule and rule.kind == "alias" else ()
            following = _parsed(actual[0], label.package) if actual else None
            seen.add(label)
            if following is None or following in seen:
                return None
            label = following
        return self.found[label]

    def _files(self, rule: EvaluatedRule, package: str) -> RuleFiles:
        def of(attribute: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(self._expanded(rule.items(attribute), package, frozenset())))

        libraries = tuple(self._expanded(library_files(rule), package, frozenset()))
        return RuleFiles(
            hdrs=of("hdrs"), textual_hdrs=of("textual_hdrs"), srcs=of("srcs"), libraries=libraries
        )

    def _expanded(self, items: Iterable[str | Glob], package: str, seen: frozenset[Label]) -> Iterator[str]:
        """The paths of files that labels and globs mean, what filegroups and makers of files hold."""
        for item in items:
            if isinstance(item, Glob):
                yield from (_join(package, path) for path in self._matched(item, package))
                continue
            label = _parsed(item, package)
            rule = self.named.get(label) if label else None
            if label is None or label.repo or label in seen:
                continue
            if rule is None:
                yield _join(label.package, label.name)
            else:
                held = (
                    rule.items("srcs") if rule.kind == "filegroup" else rule.items("outs") + rule.items("out")
                )
                yield from self._expanded(held, label.package, seen | {label})

    def _matched(self, glob: Glob, package: str) -> Iterator[str]:
        include, exclude = _compiled(glob.include), _compiled(glob.exclude)
        if package not in self.package_files:
            self.package_files[package] = tuple(_below(self.workspace, package, ""))
        for path in self.package_files[package]:
            hit = any(each.fullmatch(path) for each in include)
            if hit and not any(each.fullmatch(path) for each in exclude):
                yield path


def _compiled(patterns: Iterable[str]) -> list[PathPattern]:
    """The patterns that are some; what Bazel says of the others is Bazel's business."""
    found: list[PathPattern] = []
    for pattern in patterns:
        with suppress(ValueError):
            found.append(glob_pattern(pattern))
    return found


def _below(workspace: Workspace, package: str, inside: str) -> Iterator[str]:
    """The files of a Bazel package, relative to it; what lies in packages below it is theirs."""
    directory = workspace.directories.get(_join(package, inside) if inside else package)
    if directory is None or (inside and (directory.build_file or directory.broken)):
        return
    yield from (_join(inside, name) for name in sorted((*directory.files, *directory.hidden)))
    for name in directory.subdirectories:
        yield from _below(workspace, package, _join(inside, name))


def _rules_of(directory: Directory, made: Mapping[str, tuple[EvaluatedRule, ...]]) -> Iterator[EvaluatedRule]:
    """What a BUILD file makes, read as it stands where it was not run or does not run."""
    if directory.path in made:
        yield from made[directory.path]
    elif directory.build_file:
        mentions = bool(_MENTION.search(directory.build_file.data))
        for call in directory.build_file.calls:
            if call.name and (mentions or call.kind in _FOLLOWED):
                yield _as_written(call)


def _as_written(call: Call) -> EvaluatedRule:
    attributes: dict[str, tuple[str | Glob, ...]] = {
        each.name: tuple(dict.fromkeys((*strings_in(each.value), *_globs_in(each.value))))
        for each in call.attributes
        if each.name in ATTRIBUTES
    }
    return EvaluatedRule(call.kind.removeprefix("native."), call.name, attributes)


def _globs_in(value: Value) -> Iterator[Glob]:
    match value:
        case Opaque(text=text) if text.startswith("glob("):
            yield from _glob(text)
        case Sum(parts=parts):
            for part in parts:
                yield from _globs_in(part)


def _glob(text: str) -> Iterator[Glob]:
    """A glob of literal patterns; what only starts with one, as a condition does, is none."""
    try:
        call = ast.parse(f"({text})", mode="eval").body
    except SyntaxError:
        return
    if not isinstance(call, ast.Call):
        return
    given = dict(zip(("include", "exclude"), call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    try:
        values = {name: tuple(ast.literal_eval(node)) for name, node in given.items() if name in _PATTERNS}
    except (ValueError, TypeError):
        return
    yield Glob(**values) if "include" in values else Glob(())


def _visibility(rule: EvaluatedRule, kind: str, directory: Directory) -> Visibility:
    """The rule's own, or its package's; of a macro without either nobody knows."""
    labels = rule.strings("visibility") if "visibility" in rule.attributes else None
    if labels is None and directory.build_file:
        packages = [call for call in directory.build_file.calls if call.kind == "package"]
        defaults = [call for call in packages if call.get("default_visibility")]
        labels = defaults[0].strings("default_visibility") if defaults else None
    if labels is None:
        return Visibility(unknown=kind not in (*NATIVE_KINDS, "alias"))
    return Visibility.from_labels(labels, directory.path)


def _parsed(text: str, package: str) -> Label | None:
    try:
        return Label.parse(text, package)
    except ValueError:
        return None


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _grouped(pairs: Iterable[tuple[str, CRule]]) -> Mapping[str, tuple[CRule, ...]]:
    found: dict[str, tuple[CRule, ...]] = {}
    for key, rule in pairs:
        found[key] = (*found.get(key, ()), rule)
    return found
