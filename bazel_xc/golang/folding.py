"""Reads the files of a directory and folds them with its listings into one package.

Comes in: the bytes of a directory's files, and its listing on every configured platform. Goes out: a
``ReadDirectory``, and the ``GoPackage`` of it. If our reading of constraints and go list disagree, go wins
and a diagnostic reports it. go is not started here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from attrs import evolve, frozen

from bazel_xc.golang.constraints import may_hold, names_cgo, with_cgo
from bazel_xc.golang.gazelle import read_constraints
from bazel_xc.golang.listed import C_WITHOUT_CGO, CGO_IN_TEST, ListedPackage
from bazel_xc.golang.package import (
    GO_KINDS,
    FileKind,
    GoPackage,
    GoView,
    PackageFile,
    base_name,
    kind_of,
    kind_of_name,
)
from bazel_xc.golang.source import SourceFile, scanned
from bazel_xc.model import LOAD, ByCgo, Diagnostic, Severity
from bazel_xc.tree import Tree


@frozen
class RuleTags:
    """The ``gotags`` of a rule and the sources that it names."""

    tags: frozenset[str]
    sources: frozenset[str]


@frozen(kw_only=True)
class ReadDirectory:
    """A directory with Go in it, its files scanned."""

    path: str
    import_path: str
    sources: tuple[SourceFile, ...]
    deferred_tags: frozenset[str] = frozenset()
    rule_tags: tuple[RuleTags, ...] = ()
    unlisted: bool = False  # not in ./...: testdata, vendored, names with _ or .


def read_directory(
    path: str,
    import_path: str,
    names: Iterable[str],
    tree: Tree,
    deferred_tags: frozenset[str] = frozenset(),
    unlisted: bool = False,
    rule_tags: tuple[RuleTags, ...] = (),
) -> tuple[ReadDirectory, tuple[Diagnostic, ...]]:
    """Scans the files of a directory that matter to go."""
    sources: list[SourceFile] = []
    diagnostics: list[Diagnostic] = []
    for name in names:
        if kind_of_name(name) is None or name[0] in "_.":
            continue
        full = f"{path}/{name}" if path else name
        try:
            sources.append(scanned(tree, full))
        except OSError as e:
            diagnostics.append(
                Diagnostic(
                    path=full,
                    severity=Severity.ERROR,
                    code="unreadable",
                    message=f"cannot be read: {e.strerror}",
                    remedy="the directory's rules are left unchanged",
                )
            )
    directory = ReadDirectory(
        path=path,
        import_path=import_path,
        sources=tuple(sources),
        deferred_tags=deferred_tags,
        rule_tags=rule_tags,
        unlisted=unlisted,
    )
    return directory, tuple(diagnostics)


def fold(
    directory: ReadDirectory, listed: Mapping[str, ListedPackage], view: GoView
) -> tuple[GoPackage | None, tuple[Diagnostic, ...]]:
    """The package in a directory; ``listed`` maps names of configured platforms to its listing there.

    None with an error diagnostic if the package does not load, None alone if there is no package.
    """
    diagnostics = tuple(_load_errors(directory, listed))
    if any(each.severity is Severity.ERROR for each in diagnostics):
        return None, diagnostics
    unknown = _unknown(directory, listed, view)
    files = tuple(_file(source, directory, listed.keys() | unknown, view) for source in directory.sources)
    name, others = _package_name(directory, files, listed)
    if not name:
        return None, diagnostics
    own = tuple(file for file in files if file.name not in others)
    believed, disagreements = _with_listing(directory, own, listed, view)
    checked = tuple(file for file in believed if file.is_anywhere)
    package = GoPackage(
        directory=directory.path,
        import_path=directory.import_path,
        name=name,
        files=checked,
        listed=frozenset(listed),
        buildable=_buildable(directory, checked, listed, unknown),
        unknown=unknown,
        nowhere=tuple(each.name for each in believed if each.kind is FileKind.GO and not each.is_anywhere),
        elsewhere_cgo=frozenset(each.kind for each in believed if each.uses_cgo and not each.is_anywhere),
        embeds=_union(package.embed_files for package in listed.values()),
        test_embeds=_union(package.test_embed_files for package in listed.values()),
    )
    return package, diagnostics + disagreements


def flipped_package(package: GoPackage, view: GoView) -> GoPackage:
    """The package on the platforms of ``view``, which have the other setting of cgo; by its files alone."""
    files = tuple(_active_there(file, view) for file in package.files)
    buildable = frozenset(name for file in files if file.kind is FileKind.GO for name in file.active)
    if not files:
        buildable = package.buildable  # its sources are made by rules
    return evolve(
        package,
        files=files,
        buildable=buildable,
        unknown=frozenset(),
        undefined=frozenset(),
        undefined_in_tests=frozenset(),
    )


def _active_there(file: PackageFile, view: GoView) -> PackageFile:
    active = view.active(file.source)
    return file if active == file.active else evolve(file, active=active)


def active_platforms(directory: ReadDirectory, view: GoView) -> frozenset[str]:
    """The configured platforms on which any Go file of a directory is compiled, tests included."""
    go = (each for each in directory.sources if each.name.endswith(".go"))
    sources = (each for each in go if each.package not in ("", "documentation") and not each.error)
    return frozenset().union(*(view.active(each) for each in sources))


def _union(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({text for each in lists for text in each}))


def _file(source: SourceFile, directory: ReadDirectory, possible: Set[str], view: GoView) -> PackageFile:
    """A file by its constraints, active on ``possible`` platforms only."""
    active = view.active(source)
    if not (directory.unlisted or active <= possible):
        active &= possible
    tags = directory.deferred_tags | _tags_of_rules(source.name, directory)
    may = on = off = may_hold(source.constraint, tags)
    if names_cgo(source.constraint):
        on, off = (may_hold(with_cgo(source.constraint, cgo=cgo), tags) for cgo in (True, False))
    return PackageFile(
        name=source.name,
        kind=kind_of(source),
        source=source,
        may=may,
        active=active,
        by_cgo=ByCgo(on, frozenset() if source.uses_cgo else off),
        gazelle=read_constraints(source.name, source.header, tags),
        tagged=may_hold(source.constraint, tags, view.tags) if view.tags else may,
    )


def _tags_of_rules(name: str, directory: ReadDirectory) -> frozenset[str]:
    """The tags of rules that name the file together with a file that needs no tag.

    A rule with tagged sources only is left alone: its files are in no other rule.
    """
    found: frozenset[str] = frozenset()
    for each in directory.rule_tags:
        others = (source for source in directory.sources if source.name in each.sources)
        if name in each.sources and any(may_hold(o.constraint, directory.deferred_tags) for o in others):
            found |= each.tags
    return found


def _unknown(directory: ReadDirectory, listed: Mapping[str, ListedPackage], view: GoView) -> frozenset[str]:
    """The platforms on which go should list a directory but does not, for any reason."""
    if directory.unlisted or len(listed) == len(view.platforms):
        return frozenset()
    return active_platforms(directory, view) - listed.keys()


def _package_name(
    directory: ReadDirectory, files: tuple[PackageFile, ...], listed: Mapping[str, ListedPackage]
) -> tuple[str, frozenset[str]]:
    """The package's name, and the Go files that belong to another one.

    The name in go list decides; without one, the name of the directory, if a file has it, else the first
    name.
    """
    go = [file for file in files if file.kind in GO_KINDS]
    names = {
        base_name(file.source): None
        for file in go
        if file.gazelle.platforms and file.source.package != "documentation"
    }
    names.pop("", None)
    listed_name = next((each.name for each in listed.values() if each.name and each.buildable), "")
    like = directory.import_path.rpartition("/")[2]
    name = listed_name or (like if like in names else next(iter(sorted(names)), ""))
    return name, frozenset(file.name for file in go if base_name(file.source) != name)


def _buildable(
    directory: ReadDirectory,
    files: tuple[PackageFile, ...],
    listed: Mapping[str, ListedPackage],
    unknown: frozenset[str],
) -> frozenset[str]:
    by_files = frozenset(name for file in files if file.kind is FileKind.GO for name in file.active)
    if directory.unlisted:
        return by_files
    return frozenset(name for name, each in listed.items() if each.buildable) | (by_files & unknown)


def _load_errors(directory: ReadDirectory, listed: Mapping[str, ListedPackage]) -> Iterable[Diagnostic]:
    """The errors of go list about the package itself, each once with its platforms."""
    where: dict[tuple[str, int, int, str], list[str]] = {}
    for platform, package in sorted(listed.items()):
        error = package.error
        if error is None or not error.is_obstacle:
            continue
        message = " ".join(error.message.split())
        where.setdefault((*error.place(), message), []).append(platform)
    for (path, line, column, message), platforms in where.items():
        soft = C_WITHOUT_CGO in message
        in_test = CGO_IN_TEST in message
        everywhere = len(platforms) == len(listed)
        yield Diagnostic(
            path=path or directory.path or ".",
            line=line,
            column=column,
            severity=Severity.NOTE if soft else Severity.WARNING if in_test else Severity.ERROR,
            code="c-without-cgo" if soft else LOAD,
            message=message if everywhere else f"{message} [{', '.join(platforms)}]",
            remedy="" if soft or in_test else "its rules are left unchanged",
        )


def _with_listing(
    directory: ReadDirectory,
    files: tuple[PackageFile, ...],
    listed: Mapping[str, ListedPackage],
    view: GoView,
) -> tuple[tuple[PackageFile, ...], tuple[Diagnostic, ...]]:
    """Compares our evaluation with go list; go wins, and every difference is reported."""
    if directory.unlisted:
        return files, ()
    checked = list(files)
    diagnostics: list[Diagnostic] = []
    compiled = {name: package.files for name, package in listed.items() if _comparable(package)}
    beside = frozenset[str]().union(*(file.active for file in files if file.uses_cgo)) - compiled.keys()
    for at, file in enumerate(files):
        if file.kind is FileKind.HEADER:
            continue  # headers are not compiled by themselves; go lists them with and without cgo
        go_active = frozenset(name for name in compiled if file.name in compiled[name])
        unknown = file.active - compiled.keys()
        own = file.active & compiled.keys()
        if file.kind is FileKind.C:  # without cgo, go lists it as ignored
            on = frozenset(platform.name for platform in view.platforms if platform.cgo)
            if file.name.endswith(".S"):  # go compiles it only beside cgo files
                on &= frozenset(name for name in compiled if listed[name].cgo_files) | beside
            own, go_active, unknown = own & on, go_active & on, unknown & on
        if own != go_active:
            diagnostics.append(_disagreement(directory, file, own, go_active))
        active, may, tagged = go_active | unknown, file.may | go_active, file.tagged | go_active
        if active != file.active or may != file.may or tagged != file.tagged:
            checked[at] = evolve(file, active=active, may=may, tagged=tagged)
    return tuple(checked), tuple(diagnostics)


def _comparable(package: ListedPackage) -> bool:
    return package.error is None or not package.error.is_obstacle


def _disagreement(
    directory: ReadDirectory, file: PackageFile, own: frozenset[str], go_active: frozenset[str]
) -> Diagnostic:
    differing = ", ".join(sorted(own ^ go_active))
    verb = "compiles" if go_active - own else "leaves out"
    return Diagnostic(
        path=f"{directory.path}/{file.name}" if directory.path else file.name,
        severity=Severity.WARNING,
        code="constraint",
        message=f"go list {verb} this file on {differing}, but its build constraints differ",
        remedy="go list is used; please report the file",
    )
