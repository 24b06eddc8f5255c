"""Directives: the comments in BUILD files that steer generation, and the settings that they add up to.

Comes in: one parsed BUILD file and the settings of the directory above. Goes out: the ``Settings`` of this
directory, and diagnostics for directives that are not understood. Names and meanings are Gazelle's, so that a
tree kept by Gazelle behaves the same; own directives start with ``bazel_xc:``. Nothing is read from disk
here.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from attrs import evolve, frozen

from bazel_xc.buildfile.patterns import glob_pattern
from bazel_xc.buildfile.settings import REFERENCE, CResolve, ImportOverride, MappedKind, Settings
from bazel_xc.buildfile.syntax import BuildFile, Call, String
from bazel_xc.config import NAMINGS
from bazel_xc.errors import did_you_mean
from bazel_xc.linear import compiled
from bazel_xc.model import Diagnostic, Label

_DIRECTIVE = re.compile(r"#\s*(gazelle|bazel_xc):(\w+)\s*(.*?)\s*")
# Directives of Gazelle that have no meaning here.
LEFT_ALONE = frozenset(
    """proto proto_group proto_strip_import_prefix proto_import_prefix go_generate_proto go_proto_compilers
    go_grpc_compilers default_visibility lang repository repository_macro follow
    cc_group cc_generate cc_search cc_indexfile cc_platform go_search index prefix_rel
    default_features map_kind_warnings""".split()
)
# The directives that start with bazel_xc:.
_OWN = frozenset(["resolve"])
_OF_OTHER_LANGUAGES = ("proto", "py", "python", "java", "js", "ts", "cc")
_MODES = ("create_and_update", "update_only")
_KIND = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
# Files that a BUILD file of such a name would overwrite.
_OTHER_FILES = frozenset(
    """. .. go.mod go.sum go.work go.work.sum MODULE.bazel REPO.bazel WORKSPACE WORKSPACE.bazel bazel_xc.toml
    .bazelrc .bazelignore""".split()
)
C_KINDS = ("header", "lib", "pkg_config")


@frozen
class BuildDirective:
    """One ``# gazelle:key value`` with its place."""

    tool: str
    key: str
    value: str
    line: int


def directives_in(file: BuildFile) -> tuple[BuildDirective, ...]:
    """The directives of a file in file order: comments on lines of their own outside any statement."""
    found: list[BuildDirective] = []
    spans = [(call.span.start, call.span.end) for call in file.calls]
    for comment in file.comments:
        match = _DIRECTIVE.fullmatch(comment.text) if comment.alone else None
        if match and not any(start <= comment.span.start < end for start, end in spans):
            found.append(BuildDirective(match[1], match[2], match[3], comment.line))
    return tuple(found)


def settings_for(
    above: Settings, file: BuildFile | None, directory: str, splice: Callable[[str], str | None]
) -> tuple[Settings, tuple[Diagnostic, ...]]:
    """The settings of a directory.

    ``splice`` gives the text of a file named by ``directive_file``, None if it cannot be read.
    """
    settings = evolve(above, ignore=False)
    if file is None:
        return settings, ()
    said: list[Diagnostic] = []
    for call in file.calls:
        if call.kind in ("gazelle", "go_prefix"):
            settings = _from_rule(settings, call, directory)
    for directive in _spliced(directives_in(file), splice, file.path, said):
        try:
            settings = _apply(settings, directive, directory)
            said.extend(_empty_groups(file.path, directive, settings))
        except _UnknownDirectiveError:
            said.append(
                _diagnostic(file.path, directive, f"unknown directive {directive.key!r}{_near(directive)}")
            )
        except ValueError as e:
            said.append(_diagnostic(file.path, directive, f"directive {directive.key}: {e}"))
    return settings, tuple(said)


class _UnknownDirectiveError(Exception):
    """Nobody defines a directive of this name."""


def _near(directive: BuildDirective) -> str:
    known = _OWN if directive.tool == "bazel_xc" else _KNOWN
    hint = did_you_mean(directive.key, known, cutoff=0.7)
    return f"; {hint}" if hint else ""


def _empty_groups(path: str, directive: BuildDirective, settings: Settings) -> Iterator[Diagnostic]:
    """Findings about a label that refers to groups which its pattern does not have."""
    override = settings.overrides[0] if directive.key == "resolve_regexp" and settings.overrides else None
    if override is None or override.pattern is None or override.import_path not in directive.value.split():
        return  # it is one for another language
    names = (found[1] or found[2] for found in REFERENCE.finditer(str(override.label)))
    for name in dict.fromkeys(names):
        if name and not override.pattern.has_group(name):
            number = re.match(r"[0-9]+", name)
            meant = f"; write ${{{number[0]}}}{name[number.end() :]}" if number and number[0] != name else ""
            message = f"directive resolve_regexp: the pattern has no group {name!r}{meant}"
            yield _diagnostic(path, directive, message, "it is empty in the label")


def _diagnostic(
    path: str, directive: BuildDirective, message: str, remedy: str = "it is ignored; see docs/directives.md"
) -> Diagnostic:
    return Diagnostic(
        path=path,
        line=directive.line,
        code="directive",
        message=message,
        remedy=remedy,
    )


def _spliced(
    directives: tuple[BuildDirective, ...],
    splice: Callable[[str], str | None],
    path: str,
    said: list[Diagnostic],
) -> list[BuildDirective]:
    found: list[BuildDirective] = []
    for directive in directives:
        if directive.key != "directive_file":
            found.append(directive)
            continue
        text = splice(directive.value)
        if text is None:
            said.append(_diagnostic(path, directive, f"cannot read directive file {directive.value!r}"))
            continue
        for line in text.splitlines():
            bare = re.fullmatch(r"\s*(?:#\s*(gazelle|bazel_xc):)?(\w+)\s*(.*?)\s*", line)
            if bare:
                found.append(BuildDirective(bare[1] or "gazelle", bare[2], bare[3], directive.line))
    return found


def _from_rule(settings: Settings, call: Call, directory: str) -> Settings:
    """The settings of a ``gazelle()`` or ``go_prefix()`` rule: prefix, naming, tags, external mode."""
    prefix = call.string("prefix")
    if call.kind == "go_prefix" and call.args:
        prefix = next((arg.value for arg in call.args if isinstance(arg, String)), None)
    if prefix is not None and settings.prefix is None:
        settings = evolve(settings, prefix=prefix, prefix_directory=directory)
    tags = frozenset(call.strings("build_tags"))
    flags = _flag_values((*call.strings("args"), *call.strings("extra_args")))
    naming = flags.get("go_naming_convention", "")
    external = flags.get("go_naming_convention_external", "")
    tags |= {tag for tag in flags.get("build_tags", "").split(",") if tag}
    return evolve(
        settings,
        build_tags=settings.build_tags | tags,
        naming=naming if naming in NAMINGS else settings.naming,
        naming_external=external if external in NAMINGS else settings.naming_external,
    )


def _flag_values(words: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if word.startswith("-"):
            name, equals, value = word.lstrip("-").partition("=")
            values[name] = value if equals else following
    return values


def _words(directive: BuildDirective, least: int, most: int) -> list[str]:
    words = directive.value.split()
    if not least <= len(words) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ValueError(f"needs {wanted} values, has {len(words)}")
    return words


def _choice(directive: BuildDirective, choices: tuple[str, ...]) -> str:
    if directive.value not in choices:
        raise ValueError(f"{directive.value!r} is not one of {', '.join(choices)}")
    return directive.value


def _resolve(settings: Settings, directive: BuildDirective, directory: str) -> Settings:
    words = _words(directive, 3, 4)
    if directive.tool == "bazel_xc":
        if words[0] not in C_KINDS:
            raise ValueError(f"{words[0]!r} is not one of {', '.join(C_KINDS)}")
        found = CResolve(words[0], words[1], Label.parse(words[2], directory), directory)
        return evolve(settings, c_resolves=(found, *settings.c_resolves))
    if words[0] == "cc":
        found = CResolve("header", words[-2], Label.parse(words[-1], directory), directory)
        return evolve(settings, c_resolves=(found, *settings.c_resolves))
    if words[0] != "go" and not (len(words) == 4 and words[1] == "go"):
        return settings
    override = ImportOverride(words[-2], Label.parse(words[-1], directory))
    return evolve(settings, overrides=(override, *settings.overrides))


def _resolve_regexp(settings: Settings, directive: BuildDirective, directory: str) -> Settings:
    words = _words(directive, 3, 4)
    if words[0] != "go" and not (len(words) == 4 and words[1] == "go"):
        return settings
    pattern = compiled(words[-2])  # $1 is handled where the label is made
    override = ImportOverride(words[-2], Label.parse(words[-1], directory), pattern)
    return evolve(settings, overrides=(override, *settings.overrides))


def _exclude(settings: Settings, directive: BuildDirective, directory: str) -> Settings:
    if not directive.value:
        raise ValueError("needs a pattern")
    pattern = directive.value.strip("/")
    glob_pattern(pattern)
    return evolve(settings, excludes=(*settings.excludes, (directory, pattern)))


def _flags(settings: Settings, directive: BuildDirective) -> Settings:
    attribute = directive.key.removeprefix("go_")
    table = dict(settings.flags)
    table[attribute] = (*table.get(attribute, ()), *shlex.split(directive.value)) if directive.value else ()
    return evolve(settings, flags=tuple(sorted(table.items())))


def _map_kind(settings: Settings, directive: BuildDirective, _directory: str) -> Settings:
    words = _words(directive, 3, 3)
    if not _KIND.fullmatch(words[1]):
        raise ValueError(f"{words[1]!r} is not the name of a rule")
    table = {**dict(settings.map_kinds), words[0]: MappedKind(words[1], words[2])}
    return evolve(settings, map_kinds=tuple(sorted(table.items(), key=lambda item: item[0])))


def _alias_kind(settings: Settings, directive: BuildDirective, _directory: str) -> Settings:
    words = _words(directive, 2, 2)
    return evolve(
        settings, alias_kinds=tuple(sorted({**dict(settings.alias_kinds), words[0]: words[1]}.items()))
    )


def _prefix(settings: Settings, directive: BuildDirective, directory: str) -> Settings:
    if directive.value.startswith(("/", ".")) or " " in directive.value:
        raise ValueError(f"{directive.value!r} is not an import path")
    return evolve(settings, prefix=directive.value, prefix_directory=directory)


def _build_file_names(settings: Settings, directive: BuildDirective, _directory: str) -> Settings:
    names = _list(directive)
    for name in names:
        if "/" in name or name in _OTHER_FILES or name.endswith((".go", ".bzl")):
            raise ValueError(f"{name!r} is not a name for BUILD files")
    return evolve(settings, build_file_names=names or settings.build_file_names)


def _list(directive: BuildDirective) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[,\s]+", directive.value) if word)


_Handler = Callable[[Settings, BuildDirective, str], Settings]
_HANDLERS: Mapping[str, _Handler] = {
    "alias_kind": _alias_kind,
    "build_file_name": _build_file_names,
    "build_tags": lambda old, each, _: evolve(old, build_tags=old.build_tags | frozenset(_list(each))),
    "cgo": lambda old, each, _: evolve(old, cgo=_choice(each, ("on", "off")) == "on"),
    "exclude": _exclude,
    "generation_mode": lambda old, each, _: evolve(old, update_only=_choice(each, _MODES) == "update_only"),
    "go_naming_convention": lambda old, each, _: evolve(old, naming=_choice(each, NAMINGS)),
    "go_naming_convention_external": lambda old, each, _: evolve(old, naming_external=_choice(each, NAMINGS)),
    "go_test": lambda old, each, _: evolve(old, test_per_file=_choice(each, ("default", "file")) == "file"),
    "go_visibility": lambda old, each, _: evolve(old, visibility=(*old.visibility, each.value)),
    "ignore": lambda old, _each, _: evolve(old, ignore=True),
    "importmap_prefix": lambda old, each, directory: evolve(
        old, importmap_prefix=each.value, importmap_directory=directory
    ),
    "map_kind": _map_kind,
    "prefix": _prefix,
    "resolve": _resolve,
    "resolve_regexp": _resolve_regexp,
}

# Every directive that has a meaning here or is left alone, for a name that was mistyped.
_KNOWN = frozenset({"directive_file"}).union(_HANDLERS, LEFT_ALONE)


def _apply(settings: Settings, directive: BuildDirective, directory: str) -> Settings:
    key = directive.key
    if directive.tool == "bazel_xc" and key not in _OWN:
        raise _UnknownDirectiveError
    if handler := _HANDLERS.get(key):
        return handler(settings, directive, directory)
    if key.startswith("go_") and key.endswith("opts"):
        return _flags(settings, directive)
    if key in LEFT_ALONE or key.startswith(_OF_OTHER_LANGUAGES):
        return settings
    raise _UnknownDirectiveError
