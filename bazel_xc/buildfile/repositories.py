"""The external repositories that the workspace declares, read from its own files.

Comes in: MODULE.bazel, WORKSPACE and the macros it loads, through a ``read`` function. Goes out: one
``Repositories``: bzlmod or not, the name and version of rules_go, the Go modules whose repository has a name
of its own. Nothing is evaluated and nothing outside the workspace is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from attrs import field, frozen

from bazel_xc.buildfile.declarations import Declaration, calls_in, unreadable, workspace_calls
from bazel_xc.buildfile.module_file import BazelDep, ModuleFile, read_module_files
from bazel_xc.buildfile.outside import OutsideFile, files_of_extensions, outside_files
from bazel_xc.buildfile.syntax import BuildSyntaxError
from bazel_xc.model import WORKSPACE_NAMES, Diagnostic
from bazel_xc.versions import version_numbers

_VERSION_IN_URL = re.compile(r"rules_go[-/](?:.*?/)?v?(\d+\.\d+\.\d+)")
_NAMING = "gazelle:go_naming_convention"
_EXCLUDE = "gazelle:exclude"
_STRIP = re.compile(r"-p(\d)")
OURS = "//third_party/bazel_xc:"
"""The start of the labels of our patches."""
_RULES_GO_NAMES = ("io_bazel_rules_go", "rules_go")


@frozen
class GoRepository:
    """A Go module or package prefix with a repository: ``go_repository`` or ``module_override``."""

    import_path: str
    name: str
    naming: str = ""


@frozen(kw_only=True)
class GazelleRun:
    """How Gazelle runs in the repository of a Go module: ``go_repository``, ``gazelle_override``.

    ``path`` is the module's, empty for all modules of go_deps. ``generation`` is ``build_file_generation``;
    ``naming`` is the convention of attributes or directives.
    """

    path: str
    generation: str = "on"
    naming: str = ""
    has_directives: bool = False


@frozen(kw_only=True)
class OwnOverride:
    """The changes of people to a third-party Go module and to its BUILD files, without ours.

    ``patches`` are labels, applied with ``strip`` leading components of their paths. ``excluded`` are the
    directories that directives keep Gazelle out of. With ``generation`` "off" Gazelle writes nothing at all.
    A ``replaced`` module has another archive.
    """

    path: str
    patches: tuple[str, ...] = ()
    strip: int = 0
    excluded: tuple[str, ...] = ()
    generation: str = ""
    replaced: bool = False


@frozen(kw_only=True)
class Repositories:
    """The declarations of the workspace.

    ``rules_go_version`` is empty if no file has it. ``own_names`` are the names of the main repository for
    itself. ``workspace_version`` is the version of rules_go in a WORKSPACE, also beside a MODULE.bazel, None
    without one. ``repository_names`` are the apparent names that ``use_repo`` brings in, or that the
    WORKSPACE and its macros declare, without those of ``bazel_deps``. ``gazelle_runs`` are those that differ
    from the ordinary. ``outside`` are BUILD files in the tree for other repositories. ``module_files`` are
    MODULE.bazel and the files that it includes.
    """

    bzlmod: bool = True
    rules_go: str = "rules_go"
    rules_go_version: str = ""
    workspace_version: str | None = None
    bazel_deps: tuple[BazelDep, ...] = ()
    go_repositories: tuple[GoRepository, ...] = ()
    declared: bool = False
    own_names: tuple[str, ...] = ()
    repository_names: frozenset[str] = frozenset()
    gazelle_runs: tuple[GazelleRun, ...] = ()
    own_overrides: tuple[OwnOverride, ...] = ()
    outside: tuple[OutsideFile, ...] = ()
    module_files: tuple[ModuleFile, ...] = field(default=(), eq=False, repr=False)

    @property
    def has_gazelle(self) -> bool:
        """Whether Gazelle is declared, so that it may run in the workspace."""
        return self.bazel_dep("gazelle") is not None or "bazel_gazelle" in self.repository_names

    def bazel_dep(self, name: str) -> BazelDep | None:
        """The ``bazel_dep`` on a module."""
        return next((dep for dep in self.bazel_deps if dep.name == name), None)

    def go_repository(self, import_path: str) -> GoRepository | None:
        """The repository with the longest import path at or above a package's."""
        while import_path and import_path not in self._by_import_path:
            import_path = import_path.rpartition("/")[0]
        return self._by_import_path.get(import_path)

    @cached_property
    def _by_import_path(self) -> Mapping[str, GoRepository]:
        return {each.import_path: each for each in reversed(self.go_repositories)}

    @property
    def version_tuple(self) -> tuple[int, ...]:
        """The version of rules_go as numbers, empty if unknown."""
        return version_numbers(self.rules_go_version)

    @property
    def filters_tests(self) -> bool:
        """Whether go_test leaves out test files by the constraints of the target; before 0.44 by those of the
        host.
        """
        return self._is_since((0, 44))

    @property
    def assembles_with_c(self) -> bool:
        """Whether assembly beside cgo goes to the C compiler, as with go; before 0.42 it goes to go's
        assembler.
        """
        return self._is_since((0, 42))

    def _is_since(self, version: tuple[int, ...]) -> bool:
        """Whether rules_go has at least a version; an unknown version of a WORKSPACE counts as old."""
        if self.workspace_version is not None and version_numbers(self.workspace_version) < version:
            return False
        return not self.rules_go_version or self.version_tuple >= version


def read_repositories(
    read: Callable[[str], bytes | None],
) -> tuple[Repositories, tuple[Diagnostic, ...]]:
    """Reads the workspace's declarations; ``read`` gives a file by its path, None if there is none."""
    said: list[Diagnostic] = []
    modules = _module_files(read, said)
    module = modules[0] if modules else None
    workspace_name = next((name for name in WORKSPACE_NAMES if read(name) is not None), "")
    in_module = [Declaration.from_call(call) for each in modules for call in each.file.calls]
    deps = module.bazel_deps if module else ()
    rules_go = next((dep for dep in deps if dep.name == "rules_go"), None)
    calls = list(workspace_calls(workspace_name, read, said)) if workspace_name else []
    own = next((call for call in calls if call.keywords.get("name") in _RULES_GO_NAMES), None)
    archive = _archive_version(own) if own else None
    if rules_go or not workspace_name:
        found = Repositories(
            bzlmod=True,
            rules_go=rules_go.repository if rules_go else "rules_go",
            rules_go_version=rules_go.version if rules_go else "",
            workspace_version=archive,
            bazel_deps=deps,
            go_repositories=tuple(_overrides(in_module)),
            declared=rules_go is not None,
            own_names=_own_names(in_module),
            repository_names=frozenset(_used(in_module)),
            gazelle_runs=tuple(_runs_of_modules(in_module)),
            own_overrides=tuple(_own_overrides(in_module)),
            outside=tuple(
                dict.fromkeys(file for each in modules for file in files_of_extensions(each, in_module, read))
            ),
            module_files=modules,
        )
    else:
        found = Repositories(
            bzlmod=False,
            rules_go=own.keywords["name"] if own else "io_bazel_rules_go",
            rules_go_version=archive or "",
            workspace_version=archive,
            go_repositories=tuple(_go_repositories(calls)),
            declared=own is not None,
            own_names=_own_names(calls),
            repository_names=frozenset(_declared(calls)),
            gazelle_runs=tuple(_runs_of_repositories(calls)),
            own_overrides=tuple(_own_in_repositories(calls)),
            outside=tuple(outside_files(calls, _own_names(calls))),
            module_files=modules,
        )
    return found, tuple(said)


def go_repositories_in(path: str, data: bytes) -> tuple[GoRepository, ...]:
    """The Go modules that one file of macros declares; none if it cannot be read."""
    return tuple(_go_repositories(list(calls_in(path, data, []))))


def _module_files(read: Callable[[str], bytes | None], said: list[Diagnostic]) -> tuple[ModuleFile, ...]:
    def failed(path: str, e: BuildSyntaxError) -> None:
        said.append(unreadable(path, e.message, e.line, e.column))

    return read_module_files(read, failed)


def _own_names(calls: list[Declaration]) -> tuple[str, ...]:
    found = [call for call in calls if call.kind in ("module", "workspace")]
    return tuple(text for call in found for key in ("name", "repo_name") if (text := call.keywords.get(key)))


def _used(calls: list[Declaration]) -> Iterator[str]:
    """The names that ``use_repo(extension, "name", apparent = "name")`` brings in."""
    for call in calls:
        if call.kind == "use_repo":
            yield from (*call.args, *call.keywords)


def _declared(calls: list[Declaration]) -> Iterator[str]:
    """The names that calls of a WORKSPACE give. Names of other rules in a macro file are collected too, which
    is harmless.
    """
    for call in calls:
        if call.kind not in ("workspace", "module") and (name := call.keywords.get("name")):
            yield name


def _overrides(calls: list[Declaration]) -> Iterator[GoRepository]:
    for call in calls:
        path, name = call.keywords.get("path"), call.keywords.get("repo_name")
        if call.kind.endswith(".module_override") and path and name:
            yield GoRepository(path, name)


def _runs_of_modules(calls: list[Declaration]) -> Iterator[GazelleRun]:
    """``gazelle_override`` and ``gazelle_default_attributes``, with which Gazelle runs by default."""
    for call in calls:
        tag = call.kind.rpartition(".")[2]
        path = call.keywords.get("path", "")
        if (tag == "gazelle_override" and path) or tag == "gazelle_default_attributes":
            yield _run(call, path, "on", "directives")


def _runs_of_repositories(calls: list[Declaration]) -> Iterator[GazelleRun]:
    for call in calls:
        path = call.keywords.get("importpath")
        if call.kind.rpartition(".")[2] == "go_repository" and path:
            yield _run(call, path, "auto", "build_directives")


def _own_overrides(calls: list[Declaration]) -> Iterator[OwnOverride]:
    """The tags of go_deps that people wrote, together for each module."""
    tags: dict[str, dict[str, Declaration]] = {}
    for call in calls:
        tag, path = call.kind.rpartition(".")[2], call.keywords.get("path")
        if path and tag in ("gazelle_override", "module_override", "archive_override") and not call.ours:
            tags.setdefault(path, {})[tag] = call
    for path, by_tag in tags.items():
        none = Declaration("", (), {})
        gazelle = by_tag.get("gazelle_override", none)
        source = by_tag.get("module_override") or by_tag.get("archive_override", none)
        yield OwnOverride(
            path=path,
            patches=tuple(each for each in source.lists.get("patches", ()) if each not in source.added),
            strip=source.numbers.get("patch_strip", 0),
            excluded=tuple(_excluded(gazelle, "directives")),
            generation=gazelle.keywords.get("build_file_generation", ""),
            replaced="archive_override" in by_tag,
        )


def _own_in_repositories(calls: list[Declaration]) -> Iterator[OwnOverride]:
    """The same for ``go_repository``."""
    for call in calls:
        path, patches = call.keywords.get("importpath"), call.lists.get("patches", ())
        own = (
            OwnOverride(
                path=path,
                patches=patches,
                strip=next((int(found[1]) for each in call.lists.get("patch_args", ())
                            if (found := _STRIP.fullmatch(each))), 0),
                excluded=tuple(_excluded(call, "build_directives")),
                generation=call.keywords.get("build_file_generation", ""),
            )
            if path and call.kind.rpartition(".")[2] == "go_repository"
            else None
        )  # fmt: skip
        if own and own != OwnOverride(path=own.path) and not any(OURS in each for each in patches):
            yield own


def _excluded(call: Declaration, attribute: str) -> Iterator[str]:
    for text in call.lists.get(attribute, ()):
        words = text.split()
        if text not in call.added and len(words) == 2 and words[0] == _EXCLUDE:
            yield words[1]


def _run(call: Declaration, path: str, generation: str, attribute: str) -> GazelleRun:
    directives = call.lists.get(attribute, ())
    asked = [words[1] for text in directives if len(words := text.split()) > 1 and words[0] == _NAMING]
    return GazelleRun(
        path=path,
        generation=call.keywords.get("build_file_generation", generation),
        naming=asked[-1] if asked else call.keywords.get("build_naming_convention", ""),
        has_directives=bool(directives),
    )


def _archive_version(call: Declaration) -> str:
    texts = [*call.keywords.values(), *(text for texts in call.lists.values() for text in texts)]
    found = next((match for text in texts if (match := _VERSION_IN_URL.search(text))), None)
    return found[1] if found else ""


def _go_repositories(calls: list[Declaration]) -> Iterator[GoRepository]:
    for call in calls:
        name, path = call.keywords.get("name"), call.keywords.get("importpath")
        if call.kind.rpartition(".")[2] == "go_repository" and name and path:
            yield GoRepository(path, name, call.keywords.get("build_naming_convention", ""))
