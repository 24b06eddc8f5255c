"""The stages in order: read the workspace, ask go, fold, join, plan, merge.

Comes in: the workspace root, the configuration and a few choices of the command line. Goes out: a
``Reading`` (everything known of the workspace), and from it the file changes of ``generate`` or the graph of
``report``. Only this module calls stages; each stage takes values and gives values.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc import __version__
from bazel_xc.bazel import setup
from bazel_xc.bazel.index import Externals, Index, build_index, detect_convention
from bazel_xc.bazel.merge import MergeContext, merge
from bazel_xc.bazel.outline import Outline, outline
from bazel_xc.bazel.plan import Facts, Planner, WantedRule
from bazel_xc.bazel.platforms import BAZELRC_NAME, bazelrc, incompatible_label, platform_rules
from bazel_xc.bazel.select import Conditions
from bazel_xc.buildfile.evaluate import MadeRule, check_new, evaluate
from bazel_xc.buildfile.repositories import Repositories, read_repositories
from bazel_xc.buildfile.syntax import BuildFile, Call
from bazel_xc.buildfile.workspace import Directory, Workspace, read_workspace
from bazel_xc.cgo.flags import CgoFlags, CgoSource, ListedFlags, flags_by_platform, listed_flags
from bazel_xc.cgo.needs import CNeed, c_needs
from bazel_xc.cgo.preamble import cgo_lines, includes
from bazel_xc.config import FILE_NAME, Config, load_config, select_platforms
from bazel_xc.errors import ConfigError, WorkspaceError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS, RULES_GO_SINCE
from bazel_xc.golang.listing import ListedPackage, Listing, list_packages
from bazel_xc.golang.modules import ListingGroup, Module, listing_groups, module_of, read_modules
from bazel_xc.golang.package import (
    FileKind,
    GoPackage,
    GoView,
    PackageFile,
    ReadDirectory,
    fold,
    read_directory,
)
from bazel_xc.golang.source import SourceFile, scan_go
from bazel_xc.golang.toolchain import TIMEOUT_SECONDS, Run, Toolchain, find_go, run_go
from bazel_xc.graph import (
    DependencyGraph,
    Target,
    absent_for_tests,
    absent_platforms,
    broken_on,
    build_graph,
)
from bazel_xc.model import Diagnostic, Label, Severity
from bazel_xc.report.build import Run as RunSummary
from bazel_xc.write import FileChange


@frozen(kw_only=True)
class Options:
    """Choices of the command line that a whole run depends on."""

    root: Path
    config_file: Path | None = None
    platforms: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(factory=lambda: dict(os.environ))


@frozen(kw_only=True)
class Reading:
    """Everything that is known of a workspace before anything is planned."""

    root: Path
    config: Config
    workspace: Workspace
    repositories: Repositories
    toolchain: Toolchain
    modules: tuple[Module, ...]
    listings: tuple[Listing, ...]
    packages: Mapping[str, GoPackage]
    untouched: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


@frozen(kw_only=True)
class Generated:
    """What generate would write, and everything worth saying."""

    changes: tuple[FileChange, ...]
    diagnostics: tuple[Diagnostic, ...]


@frozen(kw_only=True)
class Initialised:
    """What init would write, and what it leaves to the user."""

    changes: tuple[FileChange, ...]
    diagnostics: tuple[Diagnostic, ...]
    advice: tuple[str, ...]


@frozen(kw_only=True)
class Joined:
    """The graph with the targets that are reported on, and each package's C needs."""

    reading: Reading
    graph: DependencyGraph
    targets: tuple[Target, ...]
    needs: Mapping[str, tuple[CNeed, ...]]
    summary: RunSummary
    diagnostics: tuple[Diagnostic, ...]


def load_configuration(options: Options) -> Config:
    """Reads bazel_xc.toml and applies ``--platform``."""
    path = options.config_file or options.root / FILE_NAME
    text = ""
    if options.config_file or path.exists():
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(f"{path}: cannot be read: {e}") from None
    config = load_config(text, KNOWN_PLATFORMS, path.name)

    def fail(message: str) -> None:
        raise ConfigError(f"--platform: {message}")

    return evolve(config, platforms=select_platforms(config, options.platforms, fail))


def read(options: Options) -> Reading:
    """Reads the workspace and asks go about it, once per configured platform."""
    config = load_configuration(options)
    root = options.root
    workspace = read_workspace(root)
    repositories, said = read_repositories(_reader(root))
    go_mods = [
        path for path, each in workspace.directories.items() if "go.mod" in each.files and _is_root(path)
    ]
    if not go_mods:
        raise WorkspaceError(f"{root}: no go.mod in this directory or below; run: go mod init MODULE")
    timeout = float(options.environment.get("BAZEL_XC_TIMEOUT", TIMEOUT_SECONDS))
    toolchain = find_go(options.environment, root, timeout)

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        return run_go(toolchain.command, arguments, directory, environment, timeout)

    modules = read_modules(root, go_mods, toolchain, run)
    groups = listing_groups(root, modules, toolchain, run)
    with ThreadPoolExecutor(max_workers=1) as pool:
        pending = pool.submit(_list_groups, groups, root, toolchain, run, config)
        vendored = config.external == "vendored" or (
            not config.external and any(module.vendored for module in modules)
        )
        directories, unreadable = _read_directories(workspace, modules, config, vendored)
        listings = pending.result()
    packages, load_errors = _fold_all(directories, listings, root, toolchain, config)
    failed = frozenset(directory.path for directory in directories) - packages.keys()
    missing = _missing_modules(listings, frozenset(directory.import_path for directory in directories))
    return Reading(
        root=root,
        config=evolve(config, external="vendored" if vendored else "module"),
        workspace=workspace,
        repositories=repositories,
        toolchain=toolchain,
        modules=modules,
        listings=listings,
        packages=packages,
        untouched=_untouched(failed, load_errors, unreadable),
        diagnostics=(*workspace.diagnostics, *said, *unreadable, *load_errors, *missing),
    )


def generate(reading: Reading, only: Iterable[str] = ()) -> Generated:
    """Plans and merges every BUILD file and the platforms package; ``only`` restricts what is written."""
    planned = _Plan(reading)
    changes: list[FileChange] = []
    for each in planned.outlines:
        if _selected(each.directory.path, tuple(only)):
            change = planned.merged(each)
            if change:
                changes.append(change)
    if not tuple(only) or reading.config.platforms_package in only:
        package, said = _platforms_package(reading.config, reading.workspace, reading.repositories)
        changes.extend(package)
        planned.said.extend(said)
    good, bad = _checked([change for change in changes if change.is_change])
    return Generated(changes=good, diagnostics=_unique([*reading.diagnostics, *planned.said, *bad]))


def join(reading: Reading) -> Joined:
    """Builds the dependency graph that reports are made from."""
    planned = _Plan(reading)
    needs = dict(_external_needs(reading))
    needs.update(planned.needs)
    targets = tuple(planned.targets)
    return Joined(
        reading=reading,
        graph=build_graph(reading.listings, needs, targets),
        targets=targets,
        needs=needs,
        summary=RunSummary(
            module=min(reading.modules, key=lambda module: module.directory).path,
            go_version=reading.toolchain.version,
            tool_version=__version__,
            platforms=tuple((platform.name, platform.cgo) for platform in reading.config.platforms),
        ),
        diagnostics=_unique(reading.diagnostics),
    )


def initialise(options: Options) -> Initialised:
    """The first files of a workspace: configuration, platforms package, lines for Bazel's own files."""
    root = options.root
    config = load_configuration(options)
    workspace = read_workspace(root)
    repositories, said = read_repositories(_reader(root))
    paths = (FILE_NAME, "MODULE.bazel", ".bazelrc")
    old = {path: _reader(root)(path) for path in paths}
    before = {
        path: None if data is None else data.decode("utf-8", "surrogateescape") for path, data in old.items()
    }
    name = setup.bazel_module_name(_module_path(root) or root.resolve().name)
    module = setup.module_text(before.get("MODULE.bazel"), repositories, name)
    after = {
        FILE_NAME: before[FILE_NAME]
        if before[FILE_NAME] is not None
        else setup.config_text(config.platforms),
        "MODULE.bazel": module,
        ".bazelrc": setup.bazelrc_text(before.get(".bazelrc"), config.platforms_package),
    }
    if module is not None and "MODULE.bazel" not in before:
        repositories, _ = read_repositories(lambda path: module.encode() if path == "MODULE.bazel" else None)
    changes = [
        FileChange(path, old[path], text.encode("utf-8", "surrogateescape"))
        for path, text in after.items()
        if text is not None
    ]
    package, more = _platforms_package(config, workspace, repositories)
    return Initialised(
        changes=tuple(change for change in (*changes, *package) if change.is_change),
        diagnostics=_unique([*said, *more]),
        advice=setup.advice(repositories),
    )


def _checked(changes: list[FileChange]) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
    """Leaves out BUILD files that ran before the change and would not run after it."""
    build = [change for change in changes if not change.path.endswith(BAZELRC_NAME)]
    errors = dict(check_new({each.path: each.new for each in build if each.old is None}))
    edited = {each.path: each for each in build if each.old is not None}
    if edited:
        _, after = evaluate({path: each.new for path, each in edited.items()})
        _, before = evaluate({path: edited[path].old or b"" for path in after})
        errors |= {path: message for path, message in after.items() if path not in before}
    said = tuple(
        Diagnostic(
            path=path,
            severity=Severity.ERROR,
            code="internal",
            message=f"what would be written is no Starlark: {message}",
            remedy="it is left as it was; please report the file",
        )
        for path, message in errors.items()
    )
    return tuple(change for change in changes if change.path not in errors), said


# Reading


def _module_path(root: Path) -> str:
    data = _reader(root)("go.mod") or b""
    words = (line.split() for line in data.decode("utf-8", "replace").splitlines())
    return next((each[1].strip('"') for each in words if len(each) > 1 and each[0] == "module"), "")


def _reader(root: Path) -> Callable[[str], bytes | None]:
    def read_bytes(path: str) -> bytes | None:
        try:
            return (root / path).read_bytes()
        except OSError:
            return None

    return read_bytes


def _is_root(path: str) -> bool:
    """Whether a go.mod here makes a module of the workspace; test data and vendored code do not."""
    return not {"testdata", "vendor"} & set(path.split("/"))


def _list_groups(
    groups: tuple[ListingGroup, ...],
    root: Path,
    toolchain: Toolchain,
    run: Callable[[list[str], Path, Mapping[str, str]], Run],
    config: Config,
) -> tuple[Listing, ...]:
    """One listing per platform over all groups of modules; what a group lists itself wins."""
    merged: dict[str, dict[str, ListedPackage]] = {platform.name: {} for platform in config.platforms}
    for group in groups:
        found = list_packages(
            toolchain,
            run,
            root / group.directory,
            group.patterns(),
            config.platforms,
            config.tags,
            group.environment(),
        )
        for listing in found:
            table = merged[listing.platform.name]
            for path, package in listing.packages.items():
                if path not in table or table[path].dep_only:
                    table[path] = package
    return tuple(Listing(platform, merged[platform.name]) for platform in config.platforms)


def _read_directories(
    workspace: Workspace, modules: tuple[Module, ...], config: Config, vendored: bool
) -> tuple[tuple[ReadDirectory, ...], tuple[Diagnostic, ...]]:
    found: list[ReadDirectory] = []
    said: list[Diagnostic] = []
    nested = {
        path for path, each in workspace.directories.items() if "go.mod" in each.files and not _is_root(path)
    }

    base = os.path.join(workspace.root, "")  # noqa: PTH118 - ten thousand files; a Path each is slow

    def read_bytes(path: str) -> bytes:
        with open(base + path, "rb") as file:  # noqa: PTH123
            return file.read()

    for path, directory in workspace.directories.items():
        module = module_of(path, modules)
        if module is None or not any(name.endswith(".go") for name in directory.files):
            continue
        if any(_inside(path, other) for other in nested):
            continue
        import_path = _import_path(directory, module, vendored)
        if import_path is None:
            continue
        each, problems = read_directory(
            path,
            import_path,
            directory.files,
            read_bytes,
            directory.settings.build_tags | frozenset(config.tags),
            unlisted=_is_unlisted(path),
        )
        found.append(each)
        said.extend(problems)
    return tuple(found), tuple(said)


def _inside(path: str, other: str) -> bool:
    return path == other or path.startswith(other + "/")


def _is_unlisted(path: str) -> bool:
    """Whether ``./...`` leaves a directory out, though rules are written for it."""
    return any(part in ("testdata", "vendor") or part[:1] in ("_", ".") for part in path.split("/"))


def _import_path(directory: Directory, module: Module, vendored: bool) -> str | None:
    """The import path of a directory; None for vendored code that is not used from ``vendor``."""
    parts = directory.path.split("/")
    if "vendor" in parts:
        return "/".join(parts[parts.index("vendor") + 1 :]) or None if vendored else None
    settings = directory.settings
    own = settings.prefix is not None and len(settings.prefix_directory) >= len(module.directory)
    if own and settings.prefix is not None:
        below = directory.path[len(settings.prefix_directory) :].strip("/")
        return "/".join(part for part in (settings.prefix, below) if part)
    return module.import_path(directory.path)


def _fold_all(
    directories: Iterable[ReadDirectory],
    listings: tuple[Listing, ...],
    root: Path,
    toolchain: Toolchain,
    config: Config,
) -> tuple[dict[str, GoPackage], tuple[Diagnostic, ...]]:
    where = _by_directory(listings, root)
    tags = frozenset((*config.tags, *toolchain.tool_tags))
    view = GoView(platforms=config.platforms, release=toolchain.release, tags=tags)
    packages: dict[str, GoPackage] = {}
    said: list[Diagnostic] = []
    for directory in directories:
        package, problems = fold(directory, where.get(directory.path, {}), view)
        said.extend(_without_root(each, root) for each in problems)
        if package:
            packages[directory.path] = package
    return packages, tuple(said)


def _by_directory(listings: Iterable[Listing], root: Path) -> dict[str, dict[str, ListedPackage]]:
    """Directory -> platform -> the package that go listed there."""
    base = str(root.resolve())
    prefix = base.rstrip(os.sep) + os.sep
    found: dict[str, dict[str, ListedPackage]] = {}
    for listing in listings:
        for package in listing.packages.values():
            if package.directory == base:
                path = ""
            elif package.directory.startswith(prefix):
                path = package.directory[len(prefix) :].replace(os.sep, "/")
            else:
                continue
            found.setdefault(path, {})[listing.platform.name] = package
    return found


def _without_root(each: Diagnostic, root: Path) -> Diagnostic:
    """Messages of go have absolute paths; people want them from the workspace root."""
    prefix = str(root.resolve()).rstrip(os.sep) + os.sep
    path = each.path.removeprefix(prefix).replace(os.sep, "/")
    return evolve(each, path=path, message=each.message.replace(prefix, ""))


def _untouched(
    failed: frozenset[str], load_errors: Iterable[Diagnostic], unreadable: Iterable[Diagnostic]
) -> frozenset[str]:
    """Directories whose rules stay as they are because what is in them could not be understood."""
    told = {each.path for each in (*load_errors, *unreadable) if each.severity is Severity.ERROR}
    return frozenset(
        path for path in failed if any(each == path or _inside(each, path or each) for each in told)
    ) | frozenset(each.path.rpartition("/")[0] for each in unreadable)


_NOWHERE = ("no required module provides package", "is not in std")


def _missing_modules(listings: Iterable[Listing], own: frozenset[str]) -> Iterator[Diagnostic]:
    """Packages that are not on disk, nor the workspace's own: one warning, with the first of them named."""
    missing: dict[str, str] = {}
    for listing in listings:
        for package in listing.packages.values():
            message = " ".join(package.error.message.split()) if package.error else ""
            gone = message and package.dep_only and not package.directory
            # What no module provides may be made by a rule; if not, resolving the import says so.
            if gone and package.import_path not in own and not any(text in message for text in _NOWHERE):
                missing.setdefault(package.import_path, message)
    if missing:
        first = min(missing)
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield Diagnostic(
            path="go.mod",
            code="missing-module",
            message=f"package {first}{more} cannot be loaded: {missing[first]}",
            remedy="run: go mod download; what they import is not known",
        )


# Planning


class _Plan:
    """The middle of the pipeline: outlines, index, facts and the planner, each made once."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.config = reading.config
        self.said: list[Diagnostic] = []
        self.convention = reading.config.naming or detect_convention(reading.workspace.directories)
        self.outlines = tuple(self._outlines())
        self.index = self._index()
        self.sources = {
            path: _cgo_sources(package) for path, package in reading.packages.items() if _has_cgo(package)
        }
        self.absent = {
            path: absent_platforms(p, self.config.platforms) for path, p in reading.packages.items()
        }
        self.broken = broken_on(reading.packages.values(), self.config.platforms, self.absent)
        self.needs = dict(self._needs())
        self.targets = tuple(self._targets())
        self.conditions = Conditions(reading.repositories.rules_go, self._select_platforms())
        self.incompatible = incompatible_label(reading.repositories, self.config.platforms_package)
        self.planner = self._planner()

    def _outlines(self) -> Iterator[Outline]:
        for path, directory in self.reading.workspace.directories.items():
            if path in self.reading.untouched:
                yield Outline(directory=directory, package=None)
                continue
            found, said = outline(
                directory,
                self.reading.packages.get(path),
                self.convention,
                self.reading.root.resolve().name,
            )
            self.said.extend(said)
            yield found

    def _index(self) -> Index:
        standard = frozenset(
            path for each in self.reading.listings for path, p in each.packages.items() if p.standard
        )
        source = Path(self.reading.toolchain.goroot) / "src"
        known: dict[str, bool] = {"C": True, "unsafe": True}

        def is_standard(path: str) -> bool:
            if path not in known:
                plain = "." not in path.partition("/")[0]
                known[path] = path in standard or (plain and (source / path).is_dir())
            return known[path]

        externals = Externals(
            repositories=self.reading.repositories,
            modules=self.reading.modules,
            module_of={
                path: package.module.path
                for listing in self.reading.listings
                for path, package in listing.packages.items()
                if package.module and not package.module.main
            },
            is_standard=is_standard,
            vendored=self.config.external == "vendored",
            untouched=self.reading.untouched,
        )
        return build_index(self.outlines, externals, self.convention, self._made_rules())

    def _made_rules(self) -> dict[str, tuple[MadeRule, ...]]:
        """The rules of BUILD files with loops and the like, by directory; such files are run."""
        found = {path: each.build_file for path, each in self.reading.workspace.directories.items()}
        dynamic = {path: file for path, file in found.items() if file and file.dynamic}
        if not dynamic:
            return {}
        made, errors = evaluate({path: file.data for path, file in dynamic.items()})
        for path, message in sorted(errors.items()):
            self.said.append(
                Diagnostic(
                    path=dynamic[path].path,
                    severity=Severity.NOTE,
                    code="evaluate",
                    message=f"cannot be run to see which rules it makes: {message}",
                )
            )
        return dict(made)

    def _select_platforms(self) -> frozenset[str]:
        """The platforms that the declared rules_go has settings for."""
        version = self.reading.repositories.version_tuple
        if not version:
            return KNOWN_PLATFORMS - RULES_GO_SINCE.keys()
        since = {name: tuple(map(int, text.split("."))) for name, text in RULES_GO_SINCE.items()}
        return frozenset(name for name in KNOWN_PLATFORMS if since.get(name, ()) <= version)

    def _needs(self) -> Iterator[tuple[str, tuple[CNeed, ...]]]:
        for path, sources in self.sources.items():
            package = self.reading.packages[path]
            found = c_needs(sources, self.config.platforms, path, _exists_below(self.reading.root / path))
            if found:
                yield package.import_path, found

    def _targets(self) -> Iterator[Target]:
        for each in self.outlines:
            package, path = each.package, each.directory.path
            if package is None:
                continue
            buildable = [name for name in self._names if name in package.buildable]
            if each.binary and not each.binary.blocked:
                label = str(Label("", path, each.binary.name))
                imports = dict.fromkeys(buildable, (package.import_path,))
                yield Target(label, "go_binary", package.import_path, imports)
            for test in each.tests:
                label = str(Label("", path, test.slot.name))
                yield Target(
                    label, "go_test", package.import_path, _test_imports(package, test.files, self._names)
                )

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(platform.name for platform in self.config.platforms)

    def _planner(self) -> Planner:
        reading = self.reading
        packages = frozenset(
            each.directory.path
            for each in self.outlines
            if each.slots or each.directory.build_file or each.directory.broken
        )
        return Planner(
            workspace=reading.workspace,
            index=self.index,
            conditions=self.conditions,
            facts=self._facts(),
            incompatible=self.incompatible,
            packages=packages,
            absent_labels=self._absent_labels(),
        )

    def _facts(self) -> Facts:
        graph = build_graph(self.reading.listings, {}, self.targets)
        tainted = {name: graph.above(graph.cgo_packages(name), name) for name in self._names}
        needs_cgo: dict[tuple[str, str], frozenset[str]] = {}
        for target in self.targets:
            label = Label.parse(target.label)
            held = frozenset(name for name in target.imports if target.label in tainted[name])
            if held:
                needs_cgo[label.package, label.name] = held
        flags, test_flags = {}, {}
        for path, sources in self.sources.items():
            package = self.reading.packages[path]
            flags[path] = self._flags(package, [s for s in sources if not s.path.endswith("_test.go")])
            test_flags[path] = self._flags(package, [s for s in sources if s.path.endswith("_test.go")])
        self._compare_flags(flags)
        return Facts(
            absent=self.absent,
            absent_tests=self._absent_tests(),
            needs_cgo=needs_cgo,
            flags=flags,
            test_flags=test_flags,
            configured=frozenset(self._names),
        )

    def _flags(self, package: GoPackage, sources: Iterable[CgoSource]) -> CgoFlags:
        tags = self.reading.workspace.directories[package.directory].settings.build_tags
        return flags_by_platform(sources, package.directory, KNOWN_PLATFORMS, tags)

    def _compare_flags(self, flags: Mapping[str, CgoFlags]) -> None:
        """Holds our reading of #cgo lines against go list's on the configured platforms."""
        where = _by_directory(self.reading.listings, self.reading.root)
        cgo_on = {platform.name for platform in self.config.platforms if platform.cgo}
        for path, found in flags.items():
            for platform, listed in sorted(where.get(path, {}).items()):
                if (
                    platform not in cgo_on
                    or not listed.cgo_files
                    or self.reading.packages[path].directory != path
                ):
                    continue
                theirs = ListedFlags(
                    directory=listed.directory,
                    cflags=listed.cgo.cflags,
                    cppflags=listed.cgo.cppflags,
                    cxxflags=listed.cgo.cxxflags,
                    ldflags=listed.cgo.ldflags,
                    pkg_config=listed.cgo.pkg_config,
                )
                for line in listed_flags(found, platform, path, theirs):
                    self.said.append(
                        Diagnostic(
                            path=path or ".",
                            severity=Severity.NOTE,
                            code="cgo-flags",
                            message=f"#cgo flags on {platform} differ from go list's: {line}",
                        )
                    )

    def _absent_tests(self) -> dict[str, frozenset[str]]:
        """Where tests have nothing to compile, unless the library they embed says it already."""
        found: dict[str, frozenset[str]] = {}
        for each in self.outlines:
            if each.package and each.tests:
                absent = absent_for_tests(each.package, self.config.platforms)
                embeds = each.library and each.package.of(FileKind.TEST)
                if not (embeds and absent <= self.absent[each.directory.path]):
                    found[each.directory.path] = absent
        return found

    def _absent_labels(self) -> dict[Label, frozenset[str]]:
        """Libraries that Bazel will find incompatible, by themselves or through what they depend on."""
        found: dict[Label, frozenset[str]] = {}
        for each in self.outlines:
            if each.package and each.library:
                path = each.directory.path
                absent = self.absent[path] | self.broken.get(each.package.import_path, frozenset())
                if absent:
                    found[Label("", path, each.library.name)] = absent
        return found

    def merged(self, each: Outline) -> FileChange | None:
        """The change of one directory's BUILD file; None where nothing may or need be written."""
        directory = each.directory
        untouched = directory.path in self.reading.untouched
        if not directory.writable or untouched or directory.path == self.config.platforms_package:
            return None
        if directory.build_file is None and (not each.slots or directory.settings.update_only):
            return None
        if directory.build_file is None and self.config.mode == "cgo":
            return None
        wanted, said = self.planner.plan(each)
        self.said.extend(said)
        if directory.build_file is None and not wanted:
            return None
        return self._merge(directory, wanted, each.stale)

    def _merge(self, directory: Directory, wanted: Iterable[WantedRule], stale: Iterable[Call]) -> FileChange:
        change, said = _merged(directory, wanted, stale, self.config, self.reading.repositories)
        self.said.extend(said)
        return change


def _merged(
    directory: Directory,
    wanted: Iterable[WantedRule],
    stale: Iterable[Call],
    config: Config,
    repositories: Repositories,
) -> tuple[FileChange, tuple[Diagnostic, ...]]:
    file = directory.build_file or BuildFile(directory.build_path, b"")
    stop = incompatible_label(repositories, config.platforms_package)
    context = MergeContext(
        settings=directory.settings,
        package=directory.path,
        rules_go=repositories.rules_go,
        incompatible=("@platforms//:incompatible", stop),
        own_names=repositories.own_names,
        cgo_only=config.mode == "cgo" and directory.path != config.platforms_package,
    )
    new, said = merge(file, wanted, stale, context)
    old = directory.build_file.data if directory.build_file else None
    return FileChange(directory.build_path, old, new), said


def _platforms_package(
    config: Config, workspace: Workspace, repositories: Repositories
) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
    """The platforms package and its bazelrc fragment."""
    package = config.platforms_package
    directory = workspace.directories.get(package) or Directory(
        path=package,
        files=(),
        build_path=f"{package}/BUILD.bazel",
        settings=workspace.directories[""].settings,
    )
    if not directory.writable:
        return (), ()
    rules = platform_rules(config.platforms, repositories, package, directory.build_file)
    build, said = _merged(
        directory, [rule for rule in rules if not rule.slot.blocked], (), config, repositories
    )
    path = f"{package}/{BAZELRC_NAME}"
    text = bazelrc(config.platforms, repositories, package)
    return (build, FileChange(path, _reader(workspace.root)(path), text.encode())), said


def _has_cgo(package: GoPackage) -> bool:
    return any(file.uses_cgo for file in package.files)


def _cgo_sources(package: GoPackage) -> tuple[CgoSource, ...]:
    files = [file for file in package.files if file.uses_cgo]
    base = f"{package.directory}/" if package.directory else ""
    return tuple(_cgo_source(base + file.name, file.source, file.may, file.active) for file in files)


def _cgo_source(path: str, source: SourceFile, may: frozenset[str], active: frozenset[str]) -> CgoSource:
    return CgoSource(
        path=path,
        lines=tuple(line for preamble in source.preambles for line in cgo_lines(preamble)),
        includes=tuple(each for preamble in source.preambles for each in includes(preamble)),
        may=may,
        active=active,
    )


def _exists_below(directory: Path) -> Callable[[str], bool]:
    return lambda path: (directory / path).is_file()


def _test_imports(
    package: GoPackage, files: Iterable[PackageFile], platforms: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    files = tuple(files)
    internal = any(file.kind is FileKind.TEST for file in files)
    for platform in platforms:
        active = [file for file in files if platform in file.active]
        if active:
            paths = {each.path for file in active for each in file.source.imports}
            own = {package.import_path} if internal and platform in package.buildable else set()
            found[platform] = tuple(sorted((paths | own) - {"C"}))
    return found


def _external_needs(reading: Reading) -> Iterator[tuple[str, tuple[CNeed, ...]]]:
    """C needs of packages outside the workspace, read from the module cache or the vendor tree."""
    active: dict[str, dict[str, set[str]]] = {}
    directories: dict[str, str] = {}
    own = {package.import_path for package in reading.packages.values()}
    for listing in reading.listings:
        for path, package in listing.packages.items():
            if package.cgo_files and not package.standard and path not in own:
                directories[path] = package.directory
                for name in package.cgo_files:
                    active.setdefault(path, {}).setdefault(name, set()).add(listing.platform.name)
    for path in sorted(active):
        sources = list(_scan_external(path, Path(directories[path]), active[path]))
        found = c_needs(sources, reading.config.platforms, path, _exists_below(Path(directories[path])))
        if found:
            yield path, found


def _scan_external(import_path: str, directory: Path, active: Mapping[str, set[str]]) -> Iterator[CgoSource]:
    for name, platforms in sorted(active.items()):
        try:
            source = scan_go(name, (directory / name).read_bytes())
        except OSError:
            continue
        yield _cgo_source(f"{import_path}/{name}", source, KNOWN_PLATFORMS, frozenset(platforms))


def _selected(path: str, only: tuple[str, ...]) -> bool:
    return not only or any(not each or _inside(path, each) for each in only)


def _unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(set(diagnostics)))
