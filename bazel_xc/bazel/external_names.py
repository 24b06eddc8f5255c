"""The name of a package's library in the repository of a third-party module.

Comes in: where go found modules, and how the workspace runs Gazelle in their repositories. Goes out: a
``LibraryName`` per import path. A module that has BUILD files keeps them, unless Gazelle is asked to write
rules in it; otherwise Gazelle writes them, by a naming convention. BUILD files are read when they are needed.

Sources: ``internal/go_repository.bzl`` and ``internal/bzlmod/go_deps.bzl`` of bazel-gazelle, release 0.53.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc.buildfile.directives import directives_in
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.repositories import GazelleRun, Repositories
from bazel_xc.buildfile.rules import LIBRARY_KINDS, ExistingRule, written_rules
from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.syntax import BuildFile, BuildSyntaxError
from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES
from bazel_xc.config import NAMINGS
from bazel_xc.golang.universe import Universe
from bazel_xc.tables import table
from bazel_xc.tree import read_file

_TABLE = "gazelle_overrides.toml"
_NAMING = "go_naming_convention"
_NEVER, _AS_NEEDED = "off", "auto"


@frozen(kw_only=True)
class LibraryName:
    """The facts about a library's name.

    ``written`` are the names in the BUILD file of the module, the rule's own first. Without them
    ``convention`` is Gazelle's naming, empty if every convention will do. It is ``certain`` if no other name
    can be right.
    """

    written: tuple[str, ...] = ()
    convention: str = ""
    certain: bool = False


@frozen
class ExternalNames:
    """Answers for the modules of a build; ``roots`` are their directories by module path, from go."""

    repositories: Repositories
    roots: Mapping[str, Path]
    _files: dict[Path, BuildFile | None] = field(factory=dict, init=False, eq=False, repr=False)

    @classmethod
    def known(cls, repositories: Repositories, build: Universe) -> ExternalNames:
        """The modules outside of the workspace that the build uses."""
        packages = build.packages.values()
        modules = (package.module for package in packages if package.module and not package.module.main)
        return cls(repositories, {each.path: Path(each.directory) for each in modules if each.directory})

    def of(self, import_path: str, module: str, *, is_bazel_module: bool = False) -> LibraryName:
        """The name of a package's library; ``module`` is the path that its repository is made for.

        The files of a Go module that is also a Bazel module are never changed.
        """
        run = self._run(module)
        if run is None:
            return LibraryName()
        keeps = is_bazel_module or self._keeps(run)
        if keeps:
            written = tuple(self._written(module, import_path))
            return LibraryName(written=written, convention=run.naming, certain=bool(written))
        if keeps is None:
            return LibraryName(convention=run.naming, certain=bool(run.naming))
        return LibraryName(convention=run.naming or self._naming(run), certain=True)

    def keeps_build_files(self, module: str) -> bool:
        """Whether Gazelle leaves the BUILD files of a module as they are, and the module is on disk."""
        run = self._run(module)
        root = self.roots.get(module)
        return bool(run and self._keeps(run) and root and _build_file(root))

    @cached_property
    def _runs(self) -> Mapping[str, GazelleRun]:
        return {run.path: run for run in self.repositories.gazelle_runs}

    def _run(self, module: str) -> GazelleRun | None:
        """How Gazelle runs in a repository; None for a repository of a WORKSPACE that is not known."""
        runs = self._runs
        if not self.repositories.bzlmod or module in runs:
            return runs.get(module)
        default = _default_runs().get(module) or GazelleRun(path=module, generation=_AS_NEEDED)
        everywhere = runs.get("")
        if everywhere is None:
            return default
        return evolve(
            everywhere if everywhere.has_directives else default,
            path=module,
            generation=everywhere.generation,
        )

    def _keeps(self, run: GazelleRun) -> bool | None:
        """Whether a module keeps the BUILD files it comes with; None if it is not on disk."""
        if run.generation != _AS_NEEDED:
            return run.generation == _NEVER
        root = self.roots.get(run.path)
        return None if root is None else _build_file(root) is not None

    def _written(self, module: str, import_path: str) -> Iterator[str]:
        """The name of the rule with an import path in its BUILD file, and of aliases of it."""
        root = self.roots.get(module)
        file = self._file(root / import_path[len(module) + 1 :]) if root else None
        rules = written_rules(file, Settings(), "")
        libraries = [rule for rule in rules if rule.kind in LIBRARY_KINDS]
        embedded = {text.removeprefix(":") for rule in libraries for text in rule.strings("embed")}
        found = [rule.name for rule in libraries if rule.import_path == import_path]
        found = [name for name in found if name and name not in embedded]
        if len(found) == 1:
            yield found[0]
            yield from (rule.name for rule in rules if _is_alias(rule, found[0]))

    def _naming(self, run: GazelleRun) -> str:
        """The convention of the root's own BUILD file, if Gazelle finds one there."""
        root = self.roots.get(run.path)
        file = self._file(root) if root and run.generation == "on" and not run.has_directives else None
        directives = directives_in(file) if file else ()
        asked = [each.value for each in directives if (each.tool, each.key) == ("gazelle", _NAMING)]
        return asked[-1] if asked and asked[-1] in NAMINGS else ""

    def _file(self, directory: Path) -> BuildFile | None:
        if directory not in self._files:
            self._files[directory] = _read(directory)
        return self._files[directory]


def _build_file(directory: Path) -> Path | None:
    return next((path for name in BUILD_FILE_NAMES if (path := directory / name).is_file()), None)


def _read(directory: Path) -> BuildFile | None:
    path = _build_file(directory)
    try:
        return parse(path.name, read_file(path)) if path else None
    except (OSError, BuildSyntaxError):
        return None


def _is_alias(rule: ExistingRule, name: str) -> bool:
    actual = rule.source.string("actual") or ""
    return rule.kind == "alias" and bool(rule.name) and actual.rpartition(":")[2] == name


@cache
def _default_runs() -> Mapping[str, GazelleRun]:
    """The settings that go_deps has for some modules by default."""
    raw = table(_TABLE)
    naming, generation = raw["naming"], raw["generation"]
    return {
        path: GazelleRun(
            path=path,
            generation=generation.get(path, _AS_NEEDED),
            naming=naming.get(path, ""),
            has_directives=path in naming,
        )
        for path in sorted({*naming, *generation})
    }
