"""The override of a third-party module, as one patch beside Gazelle's rules.

Comes in: the packages of the module that the build uses, how their C is wired, and the BUILD files that
bazel-xc would write there. Goes out: reasons, the directories that Gazelle leaves alone, and the text of the
patch. Nothing is read from disk.

Gazelle runs before patches are applied, and its output changes from release to release. Therefore a patch
never touches Gazelle's output: Gazelle leaves out whole directories (``gazelle:exclude``), or the whole
module if the root is concerned (``build_file_generation = "off"``), and the patch adds BUILD files there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from bazel_xc.bazel.cgo_settings import setting_rules
from bazel_xc.bazel.wiring import Wiring
from bazel_xc.buildfile.declarations import MARK, is_added
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.printer import NewAttribute, format_call
from bazel_xc.buildfile.syntax import BuildSyntaxError, ListValue, Notes, String
from bazel_xc.golang.package import FileKind, GoPackage
from bazel_xc.model import (
    MAIN_OF_MODULES,
    MAIN_OF_WORKSPACE,
    ByPlatform,
    Label,
    Platform,
    is_inside,
    parsed_label,
    some_of,
)

FOLDER = "third_party/bazel_xc"
PATCH = "build.patch"
_HEAD = "# Written by bazel-xc"
_MADE_FOR = re.compile(r"# Written by bazel-xc modules: BUILD files for \S+ (\S+)\.\n")


@frozen(kw_only=True)
class ModuleOverride:
    """The additions to, or the replacement of, Gazelle's rules for one Go module.

    ``patches`` are labels; ``strip`` is the number of components that patch(1) takes from their paths.
    """

    path: str
    patches: tuple[str, ...]
    strip: int = 1
    directives: tuple[str, ...] = ()
    generation: str = ""  # "off" where Gazelle is to write nothing in it


@frozen(kw_only=True)
class Reason:
    """Why Gazelle's rules are not enough for a package."""

    directory: str
    text: str


@frozen(kw_only=True)
class Shape:
    """How a module is overridden: directories that Gazelle leaves out, or the ``whole`` module."""

    directories: tuple[str, ...]
    whole: bool

    def covers(self, directory: str) -> bool:
        """Whether the BUILD file of a directory is in the patch."""
        return self.whole or any(is_inside(directory, each) for each in self.directories)

    @property
    def directives(self) -> tuple[str, ...]:
        """The directives for Gazelle."""
        return () if self.whole else tuple(f"gazelle:exclude {each}" for each in self.directories)


def reasons(
    packages: Mapping[str, GoPackage],
    wiring: Wiring,
    platforms: Iterable[Platform],
) -> tuple[Reason, ...]:
    """Why packages need more than Gazelle gives them, one reason each; by directory.

    A package that cannot be built without cgo needs nothing: its importers in the workspace are marked.
    """
    platforms = tuple(platforms)
    found = [(path, _reason(path, package, wiring, platforms)) for path, package in sorted(packages.items())]
    return tuple(Reason(directory=path, text=text) for path, text in found if text)


def _reason(path: str, package: GoPackage, wiring: Wiring, platforms: tuple[Platform, ...]) -> str:
    cgo = [file for file in package.of(FileKind.GO) if file.uses_cgo]
    if not cgo:
        return ""
    labels = sorted({str(label) for label in wiring.cdeps.get(path, ByPlatform[Label]()).where})
    if labels:
        return f"C of {some_of(labels, 2)}"
    text = "\n".join(preamble.text for file in cgo for preamble in file.source.preambles)
    if "${SRCDIR}" in text:
        return "flags with ${SRCDIR}"
    if "pkg-config:" in text:
        return "flags of pkg-config"
    for kind, told in ((FileKind.ASSEMBLY, "assembly beside cgo"), (FileKind.SYSO, "a .syso file")):
        if package.of(kind):
            return told
    if any(file.name.endswith(".S") for file in package.of(FileKind.C)):
        return "assembly beside cgo"
    return _stray_c(package, cgo_on=frozenset(each.name for each in platforms if each.cgo))


def _stray_c(package: GoPackage, cgo_on: frozenset[str]) -> str:
    """A C file for platforms without the Go files that use it; rules_go would compile it."""
    used = frozenset[str]().union(*(file.active for file in package.of(FileKind.GO) if file.uses_cgo))
    stray = [file.name for file in package.of(FileKind.C) if (file.may & cgo_on & package.buildable) - used]
    return f"{stray[0]} belongs to some platforms only" if stray else ""


def shape(found: Iterable[Reason], wiring: Wiring, go_directories: frozenset[str]) -> Shape:
    """The directories that the patch owns: those with a reason, and Go packages with cc rules for them."""
    wanted = {each.directory for each in found}
    for path, consumers in wiring.rules.consumers.items():
        if consumers & wanted and path in go_directories:
            wanted.add(path)
    if "" in wanted:
        return Shape(directories=(), whole=True)
    tops = [each for each in sorted(wanted) if not any(is_inside(each, o) for o in wanted - {each})]
    return Shape(directories=tuple(tops), whole=False)


def main_repository(*, bzlmod: bool) -> str:
    """The name of the main repository in a module's BUILD files, as the ``repo`` of a label."""
    return MAIN_OF_MODULES if bzlmod else MAIN_OF_WORKSPACE


def patch_head(path: str, version: str, why: Iterable[Reason]) -> str:
    """The text above the first file of a patch; patch(1) and Bazel skip it."""
    lines = [f"{_HEAD} modules: BUILD files for {path} {version}.".strip()]
    lines += [f"# {path}{'/' if each.directory else ''}{each.directory}: {each.text}" for each in why]
    return "\n".join(lines) + "\n"


def made_for(data: bytes) -> str:
    """The version in a patch's head, empty without one."""
    found = _MADE_FOR.match(data.decode("utf-8", "replace"))
    return found[1] if found else ""


def is_ours(data: bytes) -> bool:
    """Whether bazel-xc wrote a file."""
    return data.startswith(_HEAD.encode())


def aliases(labels: Iterable[Label]) -> Iterator[tuple[str, Label]]:
    """A name in our package for each label of another repository, by which other modules can see it."""
    for label in sorted({each for each in labels if each.repo}):
        yield alias_name(label), label


def aliased(data: bytes) -> frozenset[Label]:
    """The labels that our package has aliases of."""
    try:
        calls = parse("BUILD.bazel", data).calls
    except BuildSyntaxError:
        return frozenset()
    found = (call.string("actual") for call in calls if call.kind == "alias")
    return frozenset(label for text in found if text and (label := parsed_label(text)))


def alias_name(label: Label) -> str:
    """The repository's name, with package and target if they differ from it."""
    parts = [label.repo, *label.package.split("/"), label.name]
    return "_".join(part for part in dict.fromkeys(parts) if part)


def package_text(
    aliased: Iterable[tuple[str, Label]], used: frozenset[str] = frozenset(), rules_go: str = ""
) -> str:
    """The BUILD file of our package: the mark for targets that cannot be built, the names for cgo that are
    ``used`` in patches, and the aliases.
    """
    public = '    visibility = ["//visibility:public"],\n'
    parts = [f"{_HEAD} modules; it is written anew each time.\n"]
    parts += [
        'constraint_setting(name = "buildable")\n',
        f'constraint_value(\n    name = "incompatible",\n    constraint_setting = ":buildable",\n{public})\n',
    ]
    for rule in setting_rules(used, rules_go):
        attributes = [NewAttribute("name", String(rule.name))]
        attributes += [NewAttribute(name, value) for name, value in rule.attributes.items()]
        parts.append(format_call(rule.kind, attributes) + "\n")
    parts += [
        f'alias(\n    name = "{name}",\n    actual = "{label.relative_to(FOLDER)}",\n{public})\n'
        for name, label in aliased
    ]
    return "\n".join(parts)


def with_items(old: ListValue | None, ours: ListValue) -> ListValue:
    """A list with the items of people, and behind them ours with our comment."""
    items = old.items if old else ()
    own = tuple(each for each in items if not (isinstance(each, String) and is_added(each)))
    there = {each.value for each in own if isinstance(each, String)}
    added = tuple(
        evolve(each, notes=Notes(suffix=MARK))
        for each in ours.items
        if isinstance(each, String) and each.value not in there
    )
    end = old.end if old else ()
    return ListValue((*own, *added), multiline=bool(added) or bool(old and old.multiline), end=end)
