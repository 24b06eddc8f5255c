"""The stages in order: read the workspace, ask go, look at C, join, plan, merge.

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
from bazel_xc.bazel.compatibility import compatibility, rule_targets
from bazel_xc.bazel.files import FileMaker, bazelrc_path, checked
from bazel_xc.bazel.index import Externals, build_index, detect_convention
from bazel_xc.bazel.outline import Outline, generated_files, outline
from bazel_xc.bazel.plan import Planner
from bazel_xc.bazel.platforms import incompatible_label
from bazel_xc.bazel.select import select_conditions
from bazel_xc.buildfile.evaluate import MadeRule, evaluate
from bazel_xc.buildfile.repositories import Repositories, read_repositories
from bazel_xc.buildfile.workspace import Directory, Workspace, read_workspace
from bazel_xc.cgo.external import external_needs
from bazel_xc.cgo.needs import CNeed
from bazel_xc.cgo.survey import survey
from bazel_xc.config import FILE_NAME, Config, load_config, select_platforms
from bazel_xc.errors import ConfigError, WorkspaceError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.loading import Loaded, Loader, is_inside, is_module_root
from bazel_xc.golang.modules import Module, listing_groups, read_modules
from bazel_xc.golang.package import GoView
from bazel_xc.golang.toolchain import TIMEOUT_SECONDS, Run, Toolchain, find_go, run_go
from bazel_xc.graph import DependencyGraph, Target, build_graph
from bazel_xc.model import Diagnostic, FileChange, Severity
from bazel_xc.report.build import Run as RunSummary


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

    config: Config
    workspace: Workspace
    repositories: Repositories
    toolchain: Toolchain
    modules: tuple[Module, ...]
    loaded: Loaded
    diagnostics: tuple[Diagnostic, ...]

    @property
    def convention(self) -> str:
        """The naming convention where no directive says other."""
        return self.config.naming or detect_convention(self.workspace.directories)

    @property
    def view(self) -> GoView:
        """The go in use and its configuration, for evaluating constraints."""
        tags = frozenset((*self.config.tags, *self.toolchain.tool_tags))
        return GoView(platforms=self.config.platforms, release=self.toolchain.release, tags=tags)


@frozen(kw_only=True)
class Result:
    """What a command would write, everything worth saying, and what it leaves to the user."""

    changes: tuple[FileChange, ...]
    diagnostics: tuple[Diagnostic, ...]
    advice: tuple[str, ...] = ()


@frozen(kw_only=True)
class Joined:
    """The graph with the targets that are reported on, and each package's C needs."""

    graph: DependencyGraph
    targets: tuple[Target, ...]
    needs: Mapping[str, tuple[CNeed, ...]]
    summary: RunSummary
    diagnostics: tuple[Diagnostic, ...]


def read(options: Options, *, whole: bool = True) -> Reading:
    """Reads the workspace and asks go about it, once per configured platform.

    ``whole`` is as for ``list_packages``: reports want it, rules do without.
    """
    root = options.root
    config = _configuration(options)
    timeout = _timeout(options)
    with ThreadPoolExecutor(max_workers=1) as pool:
        searching = pool.submit(find_go, options.environment, root, timeout)
        workspace = read_workspace(root)
    repositories, said = read_repositories(_reader(root))
    found = (path for path, each in workspace.directories.items() if "go.mod" in each.files)
    go_mods = [path for path in found if is_module_root(path)]
    if not go_mods:
        raise WorkspaceError(f"{root}: no go.mod in this directory or below; run: go mod init MODULE")
    toolchain = searching.result()

    def run(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Run:
        return run_go(toolchain.command, arguments, directory, environment, timeout)

    modules = read_modules(root, go_mods, toolchain, run)
    used = any(module.vendored for module in modules)
    config = evolve(config, external=config.external or ("vendored" if used else "module"))
    loader = Loader(
        workspace=workspace,
        modules=modules,
        groups=listing_groups(root, modules, toolchain, run),
        toolchain=toolchain,
        run=run,
        config=config,
        vendored=config.external == "vendored",
        generated=dict(_generated(workspace)),
        whole=whole,
    )
    loaded = loader.load()
    return Reading(
        config=config,
        workspace=workspace,
        repositories=repositories,
        toolchain=toolchain,
        modules=modules,
        loaded=loaded,
        diagnostics=(*workspace.diagnostics, *said, *loaded.diagnostics),
    )


def generate(reading: Reading, only: Iterable[str] = ()) -> Result:
    """Plans and merges every BUILD file and the platforms package; ``only`` restricts what is written."""
    only = tuple(only)
    config, workspace = reading.config, reading.workspace
    outlines, said = _outlines(reading)
    planner, more = _planner(reading, outlines)
    said += more
    maker = FileMaker(config, reading.repositories)
    changes: list[FileChange] = []
    for each in outlines:
        if (not only or any(is_inside(each.directory.path, path) for path in only)) and _may_write(
            each, reading
        ):
            wanted, problems = planner.plan(each)
            said += problems
            if wanted or each.directory.build_file:
                change, problems = maker.build_file(each.directory, wanted, each.stale)
                changes.append(change)
                said += problems
    if not only or config.platforms_package in only:
        old = _reader(workspace.root)(bazelrc_path(config))
        package, problems = maker.platforms_package(workspace, old)
        changes += package
        said += problems
    good, bad = checked(changes)
    return Result(changes=good, diagnostics=_unique((*reading.diagnostics, *said, *bad)))


def join(reading: Reading) -> Joined:
    """Builds the dependency graph that reports are made from."""
    outlines, _ = _outlines(reading)
    loaded = reading.loaded
    own = survey(reading.workspace, loaded.packages, loaded.listings, reading.view)
    paths = frozenset(package.import_path for package in loaded.packages.values())
    needs = {**external_needs(loaded.listings, paths, reading.view), **own.needs}
    targets = tuple(rule_targets(outlines, reading.config.platforms))
    return Joined(
        graph=build_graph(loaded.listings, needs, targets),
        targets=targets,
        needs=needs,
        summary=RunSummary(
            module=reading.modules[0].path,
            go_version=reading.toolchain.version,
            tool_version=__version__,
            platforms=tuple((platform.name, platform.cgo) for platform in reading.config.platforms),
        ),
        diagnostics=_unique(reading.diagnostics),
    )


def initialise(options: Options) -> Result:
    """The first files of a workspace: configuration, platforms package, lines for Bazel's own files."""
    config, workspace = _configuration(options), read_workspace(options.root)
    look = _reader(options.root)
    repositories, said = read_repositories(look)
    texts = setup.first_files(look, config, repositories, options.root.resolve().name)
    made = texts.get("MODULE.bazel")
    if made is not None:  # what it declares decides how the platforms package is spelt
        repositories, _ = read_repositories(lambda path: made if path == "MODULE.bazel" else look(path))
    changes = [FileChange(path, look(path), text) for path, text in texts.items()]
    package, more = FileMaker(config, repositories).platforms_package(workspace, look(bazelrc_path(config)))
    return Result(
        changes=tuple(change for change in (*changes, *package) if change.is_change),
        diagnostics=_unique((*said, *more)),
        advice=setup.advice(repositories),
    )


def _configuration(options: Options) -> Config:
    """Reads bazel_xc.toml and applies ``--platform``."""
    path = options.config_file or options.root / FILE_NAME
    text = ""
    if options.config_file or path.exists():
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(f"{path}: cannot be read: {e}") from None
    config = load_config(text, KNOWN_PLATFORMS, path.name)
    return evolve(config, platforms=select_platforms(config, options.platforms))


def _timeout(options: Options) -> float:
    text = options.environment.get("BAZEL_XC_TIMEOUT", "")
    try:
        return float(text) if text else float(TIMEOUT_SECONDS)
    except ValueError:
        raise ConfigError(f"BAZEL_XC_TIMEOUT: {text!r} is no number of seconds") from None


def _reader(root: Path) -> Callable[[str], bytes | None]:
    def look(path: str) -> bytes | None:
        try:
            return (root / path).read_bytes()
        except OSError:
            return None

    return look


def _generated(workspace: Workspace) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The Go files, by directory, that rules make and that are not on disk."""
    for path, directory in workspace.directories.items():
        if directory.build_file:
            names = generated_files(directory) - set(directory.files)
            made = tuple(sorted(name for name in names if name.endswith(".go") and "/" not in name))
            if made:
                yield path, made


def _outlines(reading: Reading) -> tuple[tuple[Outline, ...], tuple[Diagnostic, ...]]:
    loaded, said = reading.loaded, list[Diagnostic]()
    convention = reading.convention
    root_name = reading.workspace.root.resolve().name
    found: list[Outline] = []
    for path, directory in reading.workspace.directories.items():
        if path in loaded.untouched:
            found.append(Outline(directory=directory, package=None))
            continue
        each, problems = outline(directory, loaded.packages.get(path), convention, root_name)
        found.append(each)
        said.extend(problems)
    return tuple(found), tuple(said)


def _planner(reading: Reading, outlines: tuple[Outline, ...]) -> tuple[Planner, tuple[Diagnostic, ...]]:
    loaded, config, workspace = reading.loaded, reading.config, reading.workspace
    made, said = _made_rules(workspace.directories)
    c_side = survey(workspace, loaded.packages, loaded.listings, reading.view)
    where = compatibility(outlines, loaded.packages, loaded.listings, config.platforms, c_side)
    externals = Externals.known(
        reading.repositories,
        reading.modules,
        loaded.listings,
        source=Path(reading.toolchain.goroot) / "src",
        vendored=config.external == "vendored",
        untouched=loaded.untouched,
    )
    planner = Planner(
        workspace=workspace,
        index=build_index(outlines, externals, reading.convention, made),
        conditions=select_conditions(reading.repositories),
        facts=where.facts,
        incompatible=incompatible_label(reading.repositories, config.platforms_package),
        packages=frozenset(each.directory.path for each in outlines if each.is_package),
        absent_labels=where.absent_labels,
        filters_tests=reading.repositories.filters_tests,
    )
    return planner, (*said, *c_side.diagnostics)


def _made_rules(
    directories: Mapping[str, Directory],
) -> tuple[dict[str, tuple[MadeRule, ...]], tuple[Diagnostic, ...]]:
    """The rules of BUILD files with loops and the like, by directory; such files are run."""
    dynamic = {path: each.build_file for path, each in directories.items() if each.build_file}
    texts = {path: file.data for path, file in dynamic.items() if file.dynamic}
    if not texts:
        return {}, ()
    made, errors = evaluate(texts)
    said = tuple(
        Diagnostic(
            path=dynamic[path].path,
            severity=Severity.NOTE,
            code="evaluate",
            message=f"cannot be run to see which rules it makes: {message}",
        )
        for path, message in sorted(errors.items())
    )
    return dict(made), said


def _may_write(each: Outline, reading: Reading) -> bool:
    """Whether a directory's BUILD file may be written, or made."""
    directory = each.directory
    untouched = directory.path in reading.loaded.untouched
    if not directory.writable or untouched or directory.path == reading.config.platforms_package:
        return False
    may_make = bool(each.slots) and not directory.settings.update_only and reading.config.mode != "cgo"
    return directory.build_file is not None or may_make


def _unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(set(diagnostics)))
