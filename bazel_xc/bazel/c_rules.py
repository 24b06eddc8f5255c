"""The cc rules for C in the tree, so that a Go package that reaches it builds in a sandbox.

Comes in: for each Go package the files that it reaches by ``#include`` outside of its own sources, the search
directories that lead there, and bundled archives. Goes out: ``cc_library`` and ``cc_import`` rules in the
Bazel packages that own those files, and the labels that the Go package needs of them. Files are named one by
one, never by glob. Providers of C outside the tree are chosen elsewhere.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from bazel_xc.bazel.kinds import CC_RULE_SUFFIX, CC_RULE_TAGS
from bazel_xc.bazel.outline import Slot
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.printer import strings
from bazel_xc.buildfile.rules import ExistingRule, written_kind
from bazel_xc.buildfile.syntax import ListValue, Notes, Opaque, String, Value
from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.model import Diagnostic, Label, Severity

_HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".H", ".inc", ".inl", ".ipp", ".tcc")
_SHARED = (".so", ".dylib", ".dll")
_ASSEMBLY_SUFFIX = f"_asm{CC_RULE_SUFFIX}"
_OBJECTS = (".o", ".obj", ".syso")


@frozen(kw_only=True)
class Assembly:
    """Assembly beside cgo files that rules_go would give to the wrong assembler.

    ``sources`` and ``copts`` are values that may differ by platform; ``headers`` are names of files beside
    them, which ``<x.h>`` may mean too if their directory ``is_searched``.
    """

    sources: Value
    headers: tuple[str, ...] = ()
    copts: Value | None = None
    is_searched: bool = True


@frozen(kw_only=True)
class PackageReach:
    """The files that one Go package reaches in the tree, all paths from the workspace root.

    ``directories`` are search directories in the compiler's order; ``archives`` are library files. The root
    of the workspace is never one of them: Bazel refuses it as one of the ``includes`` of a rule.
    """

    package: str
    files: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    assembly: Assembly | None = None


@frozen(kw_only=True)
class CcRules:
    """The rules by directory, those that nothing needs any more, and labels for each Go package.

    ``headers`` are a Go package's libraries in search order; ``archives`` maps files to their labels.
    ``consumers`` are the Go packages that the rules of each directory are for.
    """

    rules: Mapping[str, tuple[WantedRule, ...]] = field(factory=dict)
    stale: Mapping[str, tuple[ExistingRule, ...]] = field(factory=dict)
    headers: Mapping[str, tuple[Label, ...]] = field(factory=dict)
    archives: Mapping[tuple[str, str], Label] = field(factory=dict)
    consumers: Mapping[str, frozenset[str]] = field(factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def cc_rules(
    workspace: Workspace,
    reaches: Iterable[PackageReach],
    packages: frozenset[str],
    root_name: str,
    *,
    wired: frozenset[str],
    taken: Mapping[str, frozenset[str]],
    tidy: bool = True,
) -> CcRules:
    """Plans the rules; ``packages`` are the directories that are or become Bazel packages without them.

    Go packages that are not ``wired``, because their own rules are not written, get no new rules; existing
    rules for them are kept up to date. ``taken`` has names of other rules that will be written, by directory.
    Without ``tidy`` no rule is stale, because the needs of some packages are not known.
    """
    reaches = sorted(reaches, key=lambda each: each.package)
    owned = _with_new_packages([each for each in reaches if each.package in wired], packages)
    work = _CRulePlanner(workspace, owned, root_name, wired, taken)
    for reach in reaches:
        work.add(reach)
    return CcRules(
        rules={path: tuple(rules) for path, rules in work.rules.items()},
        stale=dict(work.stale()) if tidy else {},
        headers=work.headers,
        archives=work.archives,
        consumers={path: frozenset(names) for path, names in work.consumers.items()},
        diagnostics=tuple(work.said),
    )


def _with_new_packages(reaches: Iterable[PackageReach], packages: frozenset[str]) -> frozenset[str]:
    """The Bazel packages. If none is at or above a directory, the topmost directory that is reached becomes
    one.
    """
    wanted: set[str] = set()
    for reach in reaches:
        wanted.update(reach.directories)
        wanted.update(posixpath.dirname(path) for path in (*reach.files, *reach.archives))
    found = set(packages)
    for directory in sorted(wanted, key=lambda each: (each.count("/") if each else -1, each)):
        if _owner(directory, found) is None:
            found.add(directory)
    return frozenset(found)


def _owner(directory: str, packages: Iterable[str]) -> str | None:
    packages = packages if isinstance(packages, set | frozenset) else frozenset(packages)
    while directory not in packages:
        if not directory:
            return None
        directory = posixpath.dirname(directory)
    return directory


class _CRulePlanner:
    def __init__(
        self,
        workspace: Workspace,
        packages: frozenset[str],
        root_name: str,
        wired: frozenset[str],
        taken: Mapping[str, frozenset[str]],
    ) -> None:
        self.workspace = workspace
        self.packages = packages
        self.root_name = root_name
        self.wired = wired
        self.taken = taken
        self.rules: dict[str, list[WantedRule]] = {}
        self.headers: dict[str, tuple[Label, ...]] = {}
        self.archives: dict[tuple[str, str], Label] = {}
        self.consumers: dict[str, set[str]] = {}
        self.said: list[Diagnostic] = []

    def add(self, reach: PackageReach) -> None:
        owners: dict[str, tuple[list[str], list[str]]] = {}
        for directory in reach.directories:
            owners.setdefault(self._owner(directory), ([], []))[0].append(directory)
        for path in reach.files:
            owners.setdefault(self._owner(posixpath.dirname(path)), ([], []))[1].append(path)
        labels = []
        for owner, (directories, files) in owners.items():
            name = self._name(reach.package, owner)
            label = self._rule("cc_library", owner, name, reach.package, _library(owner, directories, files))
            labels += [label] if label else []
        if reach.assembly:
            label = self._assembly(reach.package, reach.assembly, labels)
            labels += [label] if label else []
        self.headers[reach.package] = tuple(labels)
        for path in reach.archives:
            self._archive(reach.package, path)

    def _assembly(self, package: str, assembly: Assembly, below: Iterable[Label]) -> Label | None:
        # A shared library of it alone would lack the symbols of the Go package.
        attributes: dict[str, Value] = {"linkstatic": Opaque("True"), "srcs": assembly.sources}
        if assembly.headers:
            attributes["hdrs"] = strings(assembly.headers)
            if assembly.is_searched:
                attributes["includes"] = strings(["."])
        if assembly.copts:
            attributes["copts"] = assembly.copts
        deps = [label.relative_to(package) for label in below]
        if deps:
            attributes["deps"] = strings(deps)
        name = self._name(package, package).removesuffix(CC_RULE_SUFFIX) + _ASSEMBLY_SUFFIX
        return self._rule("cc_library", package, name, package, attributes)

    def _archive(self, package: str, path: str) -> None:
        owner = self._owner(posixpath.dirname(path))
        below = posixpath.relpath(path, owner or ".")
        stem = below.replace("/", "_").rpartition(".")[0] or below
        name = _clean(stem) + CC_RULE_SUFFIX
        known = [rule for rule in self.rules.get(owner, ()) if rule.slot.name == name]
        attributes = self._imported(path, owner)
        if known and attributes.items() <= known[0].attributes.items():  # another package links it too
            label: Label | None = Label("", owner, name)
            self._open(owner, known[0], package)
        else:
            name = name if not known else _clean(below.replace("/", "_")) + CC_RULE_SUFFIX
            kind = "cc_library" if path.endswith(_OBJECTS) else "cc_import"
            label = self._rule(kind, owner, name, package, attributes)
        if label:
            self.archives[package, path] = label

    def _imported(self, path: str, owner: str) -> dict[str, Value]:
        """The attributes that name a library file; an import library comes with the DLL beside it."""
        below = posixpath.relpath(path, owner or ".")
        if path.endswith(_OBJECTS):
            return {"srcs": strings([below])}
        directory, name = posixpath.split(path)
        found = self.workspace.directories.get(directory)
        beside = [each for each in _dlls(name) if found and each in found.files]
        if beside:
            dll = posixpath.relpath(posixpath.join(directory, beside[0]), owner or ".")
            # Bazel takes .lib for an import library, but .dll.a for nothing else than an archive.
            role = "interface_library" if name.endswith(".lib") else "static_library"
            return {role: String(below), "shared_library": String(dll)}
        return {_role(name): String(below)}

    def _rule(
        self, kind: str, owner: str, name: str, package: str, attributes: dict[str, Value]
    ) -> Label | None:
        name = self._free(owner, name, kind, package)
        own = (rule for rule in self._rules(owner) if rule.ours)
        existing = next((rule for rule in own if rule.name == name and rule.kind == kind), None)
        mapped = written_kind(kind, self.workspace.settings_at(owner))
        if package not in self.wired and not (existing and self._writable(owner)):
            return None
        if not self._writable(owner):
            self._say(owner, f"{kind} {name!r} is needed here, but this file may not be written")
            return None
        seen = "//visibility:private" if owner == package else f"//{package}:__pkg__"
        wanted = {
            **attributes,
            "tags": strings(CC_RULE_TAGS),
            "visibility": strings([seen]),
        }
        self.rules.setdefault(owner, []).append(
            WantedRule(Slot(kind, mapped.kind if mapped else kind, name, existing), wanted)
        )
        self.consumers.setdefault(owner, set()).add(package)
        return Label("", owner, name)

    def _free(self, owner: str, name: str, kind: str, package: str) -> str:
        """The name, or one with a short hash of the package's path if another rule has it."""
        rules = self.workspace.existing.of(owner)
        others = {rule.name for rule in rules if not (rule.ours and rule.kind == kind)}
        others |= self.taken.get(owner, frozenset())
        others |= {rule.slot.name for rule in self.rules.get(owner, ())}
        if name not in others:
            return name
        short = hashlib.sha256(f"{kind} {package} {name}".encode()).hexdigest()[:6]
        return f"{name.removesuffix(CC_RULE_SUFFIX)}_{short}{CC_RULE_SUFFIX}"

    def _open(self, owner: str, rule: WantedRule, package: str) -> None:
        """Makes a rule visible to one more package."""
        old = rule.attributes["visibility"]
        assert isinstance(old, ListValue)
        texts = [each.value for each in old.items if isinstance(each, String)]
        seen = [text for text in texts if text != "//visibility:private"]
        new = sorted({*seen, f"//{package}:__pkg__"}) if package != owner or seen else texts
        at = self.rules[owner].index(rule)
        attributes = {**rule.attributes, "visibility": strings(new)}
        self.rules[owner][at] = WantedRule(rule.slot, attributes)
        self.consumers[owner].add(package)

    def stale(self) -> Iterator[tuple[str, tuple[ExistingRule, ...]]]:
        """Rules of ours that no package needs any more."""
        for path in self.workspace.directories:
            wanted = {rule.slot.name for rule in self.rules.get(path, ())}
            gone = tuple(rule for rule in self._rules(path) if rule.ours and rule.name not in wanted)
            if gone:
                yield path, gone

    def _owner(self, directory: str) -> str:
        return _owner(directory, self.packages) or ""

    def _name(self, package: str, owner: str) -> str:
        """The name of the Go package, relative to the owner if it is below the owner."""
        inside = not owner or package.startswith(f"{owner}/")
        below = package[len(owner) :].strip("/") if inside else package
        base = posixpath.basename(owner) if package == owner else below
        return _clean((base or self.root_name).replace("/", "_")) + CC_RULE_SUFFIX

    def _rules(self, directory: str) -> tuple[ExistingRule, ...]:
        found = self.workspace.directories.get(directory)
        return found.rules if found else ()

    def _writable(self, directory: str) -> bool:
        found = self.workspace.directories.get(directory)
        return bool(found and found.writable)

    def _say(self, owner: str, message: str) -> None:
        found = self.workspace.directories.get(owner)
        self.said.append(
            Diagnostic(
                path=found.build_path if found else owner or ".",
                severity=Severity.WARNING,
                code="cc-rule",
                message=message,
                remedy="name a provider with # bazel_xc:resolve",
            )
        )


def _library(owner: str, directories: Iterable[str], files: Iterable[str]) -> dict[str, Value]:
    below = sorted(posixpath.relpath(path, owner or ".") for path in files)
    headers = [path for path in below if path.endswith(_HEADERS)]
    texts = [path for path in below if not path.endswith(_HEADERS)]
    includes = [posixpath.relpath(path or ".", owner or ".") for path in directories]
    attributes: dict[str, Value] = {}
    if headers:
        attributes["hdrs"] = strings(headers)
    if includes:
        attributes["includes"] = _in_order(includes)
    if texts:
        attributes["textual_hdrs"] = strings(texts)
    return attributes


def _in_order(includes: list[str]) -> ListValue:
    """Search directories, protected from buildifier's sorting if their order is not alphabetical."""
    plain = strings(includes)
    if includes == sorted(includes):
        return plain
    first = String(includes[0], notes=Notes(before=("# do not sort",)))
    return ListValue((first, *plain.items[1:]))


def _dlls(name: str) -> tuple[str, ...]:
    """The possible names of the DLL of an import library."""
    for ending in (".dll.a", ".lib"):
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return (f"{stem}.dll", f"{stem.removeprefix('lib')}.dll")
    return ()


def _role(name: str) -> str:
    """The attribute that takes a library file."""
    return "shared_library" if name.endswith(_SHARED) or ".so." in name else "static_library"


def _clean(name: str) -> str:
    return "".join(each if each.isalnum() or each in "_-+.=" else "_" for each in name)
