"""Makes changed files from wanted rules: BUILD files and the platforms package, with a last check of both.

Comes in: wanted and stale rules of a directory, the configuration, the declarations of the workspace. Goes
out: ``FileChange`` values, and diagnostics. A text is refused if it does not run in Starlark though the old
one did, or if it lacks anything of the user's. The disk is changed elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import evolve, field, frozen

from bazel_xc.bazel.by_hand import our_cdeps
from bazel_xc.bazel.cgo_settings import GUARD_FILE, guard_file
from bazel_xc.bazel.configs import choose_configs
from bazel_xc.bazel.merge import MergeContext, merge
from bazel_xc.bazel.platforms import BAZELRC_NAME, bazelrc, platform_findings, platform_rules
from bazel_xc.bazel.select import Conditions, Marks
from bazel_xc.bazel.touched import touched_rules
from bazel_xc.bazel.untouched import damage, defect
from bazel_xc.bazel.wanted import WantedRule
from bazel_xc.buildfile.bazelrc import Bazelrc
from bazel_xc.buildfile.evaluate import check_new, evaluate
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.rules import ExistingRule, rule_table
from bazel_xc.buildfile.syntax import BuildFile, BuildSyntaxError
from bazel_xc.buildfile.workspace import BUILD_FILE_NAMES, Directory, Workspace, new_build_file_name
from bazel_xc.config import Config
from bazel_xc.model import Diagnostic, FileChange, Severity


@frozen(kw_only=True)
class FileMaker:
    """Makes changes by the configuration and the declarations of the workspace.

    ``conditions`` and ``marks`` are the labels by which its BUILD files name platforms and settings of cgo.
    """

    config: Config
    repositories: Repositories
    workspace: Workspace
    conditions: Conditions
    marks: Marks
    rc: Bazelrc = field(factory=Bazelrc)

    def build_file(
        self,
        directory: Directory,
        wanted: Iterable[WantedRule],
        stale: Iterable[ExistingRule],
        *,
        platforms: bool = False,
    ) -> tuple[FileChange, tuple[Diagnostic, ...]]:
        """The change of a directory's BUILD file; ``platforms`` are wanted in every mode."""
        context = MergeContext(
            settings=directory.settings,
            package=directory.path,
            rules_go=self.repositories.rules_go,
            marks=self.marks,
            own_names=self.repositories.own_names,
            our_cdeps=our_cdeps(directory, self.workspace),
            cgo_only=self.config.mode == "cgo" and not platforms,
            conditions=self.conditions,
            cc_load=self._cc_load(),
        )
        file = directory.build_file or BuildFile(directory.build_path, b"")
        wanted, stale = tuple(wanted), tuple(stale)
        new, said = merge(file, wanted, stale, context)
        old = directory.build_file.data if directory.build_file else None
        wrong = ""
        if new != old and file.data:
            wrong = damage(file, new, touched_rules(wanted, stale, context))
        elif new != old:
            wrong = defect(file.path, wanted)
        return FileChange(directory.build_path, old, new, objection=wrong), said

    def _cc_load(self) -> str:
        """The file that defines cc rules if the workspace declares rules_cc; otherwise they are built in."""
        dep = self.repositories.bazel_dep("rules_cc")
        return f"@{dep.repository}//cc:defs.bzl" if self.repositories.bzlmod and dep else ""

    def platforms_package(
        self, look: Callable[[str], bytes | None], used: frozenset[str], beside: FileChange | None = None
    ) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
        """The changes of the platforms package and of its bazelrc fragment.

        ``look`` gives the bytes of a file of the workspace, None if there is none. ``used`` are the names for
        cgo that BUILD files use, ``beside`` is the change of the package's BUILD file for its Go.
        """
        directory = platforms_directory(self.workspace, self.config)
        if not directory.writable:
            return (), ()
        before = directory.build_file.data if directory.build_file else None
        if beside and beside.new is not None:
            directory = evolve(directory, build_file=parse(directory.build_path, beside.new))
        package, platforms = directory.path, self.config.platforms
        guard_path = f"{package}/{GUARD_FILE}"
        old_guard = look(guard_path)
        guard = guard_file(used, old_guard) if self.config.require_cgo != "never" else None
        existing = _existing(directory)
        rules = platform_rules(platforms, self.repositories, package, existing, used, guard=bool(guard))
        wanted = [rule for rule in rules if not rule.slot.blocked]
        build, said = self.build_file(directory, wanted, (), platforms=True)
        build = evolve(build, old=before)
        old_bazelrc = look(bazelrc_path(self.config))
        configs = choose_configs(platforms, self.rc, old_bazelrc)
        tags = self.config.tags, self.rc.go_tags
        fragment = bazelrc(configs.names, self.repositories, package, *tags).encode()
        change = FileChange(bazelrc_path(self.config), old_bazelrc, fragment)
        lacking = platform_findings(platforms, self.repositories, directory.build_file)
        file = FileChange(guard_path, old_guard, guard)
        return (build, change, *([file] if guard else [])), (
            *said,
            *lacking,
            *configs.findings(Severity.NOTE),
        )


def bazelrc_path(config: Config) -> str:
    """The path of the bazelrc fragment in the platforms package."""
    return f"{config.platforms_package}/{BAZELRC_NAME}"


def platforms_directory(workspace: Workspace, config: Config) -> Directory:
    """The directory of the platforms package, whether it exists or not."""
    package = config.platforms_package
    settings = workspace.settings_at(package)
    found = workspace.directories.get(package)
    if found is None:
        path = f"{package}/{new_build_file_name(settings)}"
        return Directory(path=package, files=(), build_path=path, settings=settings)
    other = next((name for name in BUILD_FILE_NAMES if name in found.files), None)
    if found.build_file or found.broken or other is None:
        return found
    return _with_build_file(found, workspace, f"{package}/{other}")


def _with_build_file(directory: Directory, workspace: Workspace, path: str) -> Directory:
    """A directory with a BUILD file whose name is not configured, but which Bazel reads."""
    try:
        file = parse(path, workspace.tree.read(path))
    except (OSError, BuildSyntaxError):
        return evolve(directory, build_path=path, broken=True)
    return evolve(directory, build_path=path, build_file=file)


def checked(changes: Iterable[FileChange]) -> tuple[tuple[FileChange, ...], tuple[Diagnostic, ...]]:
    """The changes that may be written, and errors for the others.

    A BUILD file is left out if it would lose anything of the user's, or if it ran before the change and would
    not run after it.
    """
    changes = [change for change in changes if change.is_change]
    said = [
        _left(each.path, f"its new text is refused: {each.objection}") for each in changes if each.objection
    ]
    changes = [change for change in changes if not change.objection]
    build = [change for change in changes if not change.path.endswith((BAZELRC_NAME, GUARD_FILE))]
    errors = dict(check_new({each.path: each.text for each in build if each.old is None}))
    edited = {each.path: each for each in build if each.old is not None}
    if edited:
        _, after = evaluate({path: each.text for path, each in edited.items()})
        _, before = evaluate({path: edited[path].old or b"" for path in after})
        errors |= {path: message for path, message in after.items() if path not in before}
    said += [_left(path, f"the new text is not Starlark: {text}") for path, text in errors.items()]
    return tuple(change for change in changes if change.path not in errors), tuple(said)


def _existing(directory: Directory) -> tuple[ExistingRule, ...]:
    """The rules of the platforms package as it is now; the workspace may have another text of it."""
    path, file = directory.path, directory.build_file
    return rule_table({path: (file, directory.settings)}, {path: directory.rules}).of(path) if file else ()


def _left(path: str, message: str) -> Diagnostic:
    return Diagnostic(
        path=path,
        severity=Severity.ERROR,
        code="internal",
        message=message,
        remedy="the file is left as it was; please report it",
    )
