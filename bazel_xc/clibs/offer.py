"""The offer of one cc rule of a workspace to the rules that depend on it.

Comes in: a rule with its attributes as values, and the files of its labels and globs. Goes out: a ``CRule``:
the spellings by which its headers are included, its files and libraries, whether it links anything, its
visibility. cc_shared_library is not such a rule: it has no CcInfo and cannot be in ``cdeps``. The ``deps`` of
a rule are not counted.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from bazel_xc.buildfile.evaluate import Glob
from bazel_xc.buildfile.patterns import glob_pattern
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.model import Label

# Rules whose attributes are complete; any other is a macro that may add more.
NATIVE_KINDS = frozenset({"cc_library", "cc_import", "objc_library", "objc_import"})
_OTHER_KINDS = frozenset(
    {"cc_shared_library", "cc_static_library", "cc_proto_library", "cc_toolchain_import"}
)
_MACRO = re.compile(r"(?:\w*_)?cc_(?:\w*_)?(?:library|import)")
_HEADER = re.compile(r".*\.(?:h|hh|hpp|hxx|h\+\+|H|inc|inl|ipp|tcc|tpp|def)", re.DOTALL)
_LIBRARY_FILE = re.compile(
    r"(?:lib)?(?P<name>.+?)(?:\.dll\.a|\.a|\.lo|\.lib|\.so(?:\.[0-9.]+)?|\.dylib|\.tbd|\.dll)"
)
_LINKING = (
    "deps", "implementation_deps", "linkopts", "sdk_dylibs", "sdk_frameworks", "weak_sdk_frameworks",
    "interface_library", "shared_library", "static_library",
)  # fmt: skip
_DEPENDENCIES = ("deps", "implementation_deps")
_IMPORTED = ("static_library", "shared_library", "interface_library")


@frozen
class Visibility:
    """Who may depend on a rule beside its own package: all, packages, packages with those below them.

    ``unknown`` is set if a package group or a macro decides, which is not read.
    """

    public: bool = False
    packages: frozenset[str] = frozenset()
    subtrees: frozenset[str] = frozenset()
    unknown: bool = False

    @classmethod
    def from_labels(cls, labels: Iterable[str], package: str) -> Visibility:
        """Reads a ``visibility`` attribute of a rule in ``package``."""
        names = frozenset(labels)
        read = [_label(text, package) for text in names - {"//visibility:public", "//visibility:private"}]
        groups = [each for each in read if each and each.name not in ("__pkg__", "__subpackages__")]
        own = [each for each in read if each and not each.repo]
        return cls(
            public="//visibility:public" in names,
            packages=frozenset(each.package for each in own if each.name == "__pkg__"),
            subtrees=frozenset(each.package for each in own if each.name == "__subpackages__"),
            unknown=bool(groups),
        )

    def allows(self, package: str) -> bool:
        """Whether a rule in ``package`` may depend on it, as far as is known."""
        if self.public or self.unknown or package in self.packages:
            return True
        return any(not root or package == root or package.startswith(root + "/") for root in self.subtrees)


@frozen(kw_only=True)
class HeaderGlob:
    """Headers behind a glob in a repository that is not there; consumers include them below ``roots``."""

    glob: Glob
    roots: tuple[str, ...]
    prefix: str = ""

    @classmethod
    def of(cls, rule: ExistingRule, glob: Glob) -> HeaderGlob:
        """The headers of one glob of a rule in the root of its repository."""
        strip = (*rule.strings("strip_include_prefix"), "")[0].strip("/")
        roots = dict.fromkeys(("", *(_joined("", each) for each in rule.strings("includes")), strip))
        return cls(glob=glob, roots=tuple(roots), prefix=(*rule.strings("include_prefix"), "")[0])

    def has(self, header: str, names: frozenset[str]) -> bool:
        """Whether it has a header: a pattern matches, and it names the header's folder, or the folder or the
        header is called like one of ``names``.
        """
        inside = header.removeprefix(f"{self.prefix}/") if self.prefix else header
        folder, slash, _ = header.partition("/")
        for root in self.roots:
            path = posixpath.join(root, inside)
            for pattern in self.glob.include:
                if _matches(pattern, path) and not any(_matches(each, path) for each in self.glob.exclude):
                    below = pattern.removeprefix(f"{root}/") if root else pattern
                    if (slash and below.startswith(f"{folder}/")) or _stem(folder) in names:
                        return True
        return False


@frozen(kw_only=True)
class CRule:
    """A rule that may be in ``cdeps``. ``target`` is the rule at the end of an alias, else the label.

    ``headers`` are spellings in ``#include``; ``files`` are paths from the workspace root of the headers it
    owns, private ones too. ``libs`` are ``-l`` names that it may provide, ``declared`` those of them that its
    link options or library files name. It passes on the headers of ``deps``, but not those of
    ``inner_deps``. It is ``bare`` if its headers declare what nothing at or below it defines, and
    ``has_sources`` if it compiles or imports anything. ``globs`` are those of a repository that is not there.
    """

    label: Label
    target: Label
    kind: str
    headers: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    libs: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    links: bool = False
    visibility: Visibility = Visibility()
    deps: frozenset[Label] = frozenset()
    inner_deps: frozenset[Label] = frozenset()
    has_sources: bool = False
    bare: bool = False
    globs: tuple[HeaderGlob, ...] = ()

    @property
    def below(self) -> frozenset[Label]:
        """All of its own dependencies."""
        return self.deps | self.inner_deps

    def has_glob_for(self, header: str) -> bool:
        """Whether a glob of a repository that is not there has a header."""
        names = frozenset(map(_stem, (self.label.repo, self.label.name)))
        return any(each.has(header, names) for each in self.globs)

    def is_visible_from(self, package: str) -> bool:
        """Whether rules of a package of the workspace may depend on it."""
        if self.label.repo:
            return self.visibility.public or self.visibility.unknown
        return package == self.label.package or self.visibility.allows(package)


@frozen(kw_only=True)
class RuleFiles:
    """The files of the attributes of one rule, from the workspace root."""

    hdrs: tuple[str, ...] = ()
    textual_hdrs: tuple[str, ...] = ()
    srcs: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


def offers_c(rule: ExistingRule) -> bool:
    """Whether others may have a rule as a cc dependency."""
    if rule.made_by_evaluation and rule.values is None:
        return False  # the file runs only without its globs, so that nothing of the rule is known
    if _OTHER_KINDS & {rule.kind, rule.written}:
        return False
    return rule.kind in NATIVE_KINDS or bool(_MACRO.fullmatch(rule.kind)) or rule.has_headers


def c_rule(rule: ExistingRule, files: RuleFiles, visible: Visibility) -> CRule:
    """The offer of a rule."""
    package, kind = rule.directory, rule.kind
    label = Label("", package, rule.name)
    headers = {path for path in (*files.hdrs, *files.textual_hdrs, *files.srcs) if _HEADER.fullmatch(path)}
    declared = _declared(rule, files)
    return CRule(
        label=label,
        target=label,
        kind=kind,
        headers=frozenset(_spellings(rule, package, files)),
        files=frozenset((*headers, *files.hdrs, *files.textual_hdrs)),
        libs=declared | _names(rule.name),
        declared=declared,
        links=kind not in NATIVE_KINDS or _links(rule, files),
        visibility=visible,
        deps=frozenset(_labels(rule, "deps")),
        inner_deps=frozenset(_labels(rule, "implementation_deps")),
        has_sources=kind not in NATIVE_KINDS or _has_sources(rule, files),
    )


def alias_of(label: Label, target: CRule, visible: Visibility) -> CRule:
    """A rule under the label of an alias."""
    return CRule(
        label=label,
        target=target.target,
        kind="alias",
        headers=target.headers,
        files=target.files,
        libs=target.libs | _names(label.name),
        declared=target.declared,
        links=target.links,
        visibility=visible,
        deps=target.deps,
        inner_deps=target.inner_deps,
        has_sources=target.has_sources,
        bare=target.bare,
    )


def library_files(rule: ExistingRule) -> tuple[str, ...]:
    """The labels of the library files that a rule provides."""
    return tuple(text for attribute in _IMPORTED for text in rule.strings(attribute))


def _names(name: str) -> frozenset[str]:
    return frozenset({name, name.removeprefix("lib")}) - {""}


def _declared(rule: ExistingRule, files: RuleFiles) -> frozenset[str]:
    """The libraries that a rule names. One named after one of its ``-l`` flags is that library; the other
    flags are its needs.
    """
    words = _linker_words(rule.strings("linkopts"))
    flags = frozenset(word[2:] for word in words if word.startswith("-l") and len(word) > 2)
    own = flags & _names(rule.name)
    paths = (*files.libraries, *files.srcs)
    found = (_LIBRARY_FILE.fullmatch(posixpath.basename(path)) for path in paths)
    return (own or flags) | frozenset(match["name"] for match in found if match)


def _linker_words(options: Iterable[str]) -> Iterator[str]:
    for option in options:
        yield from option.removeprefix("-Wl,").split(",") if option.startswith("-Wl,") else option.split()


def _links(rule: ExistingRule, files: RuleFiles) -> bool:
    return any(rule.items(attribute) for attribute in _LINKING) or _has_sources(rule, files)


def _has_sources(rule: ExistingRule, files: RuleFiles) -> bool:
    if any(rule.items(attribute) for attribute in _LINKING if attribute not in _DEPENDENCIES):
        return True
    if any(text.startswith("@") for text in rule.strings("srcs")):
        return True  # sources of another repository, which is not looked into
    return any(not _HEADER.fullmatch(path) for path in files.srcs)


def _labels(rule: ExistingRule, attribute: str) -> Iterator[Label]:
    for text in rule.strings(attribute):
        label = _label(text, rule.directory)
        if label:
            yield label


def _spellings(rule: ExistingRule, package: str, files: RuleFiles) -> Iterator[str]:
    """How consumers may include its headers.

    By the path from the root, below each of ``includes``, and as ``strip_include_prefix`` and
    ``include_prefix`` map those of ``hdrs`` (rules_cc, cc/private/compile/cc_compilation_helper.bzl).
    """
    strip = (*rule.strings("strip_include_prefix"), "")[0]
    prefix = (*rule.strings("include_prefix"), "")[0]
    folders = [_joined(package, folder) for folder in rule.strings("includes")]
    for path in (*files.hdrs, *files.textual_hdrs):
        yield path
        yield from (spelling for folder in folders if (spelling := _below(path, folder)))
    if strip or prefix:
        root = strip.strip("/") if strip.startswith("/") else _joined(package, strip)
        for path in files.hdrs:
            if spelling := _below(path, root):
                yield posixpath.join(prefix, spelling)


def _joined(package: str, folder: str) -> str:
    path = posixpath.normpath(posixpath.join(package, folder))
    return "" if path == "." else path


def _below(path: str, folder: str) -> str:
    """The path relative to a folder above it, empty if it is not below."""
    if not folder:
        return path
    return path.removeprefix(folder + "/") if path.startswith(folder + "/") else ""


def _matches(pattern: str, path: str) -> bool:
    try:
        return glob_pattern(pattern).fullmatch(path)
    except ValueError:
        return False


def _stem(name: str) -> str:
    return name.partition(".")[0].casefold().removeprefix("lib")


def _label(text: str, package: str) -> Label | None:
    try:
        return Label.parse(text, package)
    except ValueError:
        return None
