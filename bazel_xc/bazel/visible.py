"""The repositories of Go modules that BUILD files name and MODULE.bazel does not bring in.

Comes in: the declarations of the workspace, the texts of its BUILD files, and the modules of the build. Goes
out: the names that Bazel would not find. A WORKSPACE is not judged, because its macros may declare more than
can be read.
"""

from __future__ import annotations

from collections.abc import Iterable

from bazel_xc.bazel.names import module_repository
from bazel_xc.buildfile.module_file import NAME
from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.syntax import repositories_in_text, repositories_named
from bazel_xc.model import Diagnostic, Severity, some_of


def module_repositories(modules: Iterable[str], repositories: Repositories) -> frozenset[str]:
    """The names of the repositories that go_deps makes for Go modules, or that a declaration gives them."""
    named = {each.import_path: each.name for each in repositories.go_repositories}
    return frozenset(named.get(path) or module_repository(path) for path in modules)


def is_visible(name: str, repositories: Repositories) -> bool:
    """Whether MODULE.bazel brings in a repository, by ``use_repo`` or as a dependency; without one, yes."""
    if not repositories.bzlmod or not repositories.module_files:
        return True
    deps = (each.repository for each in repositories.bazel_deps)
    return name in repositories.repository_names or name in (*repositories.own_names, *deps)


def missing_repositories(
    texts: Iterable[bytes], modules: Iterable[str], repositories: Repositories
) -> frozenset[str]:
    """The repositories of ``modules``, paths of Go modules, that texts name and the workspace lacks."""
    if not repositories.bzlmod or not repositories.module_files:
        return frozenset()
    known = module_repositories(modules, repositories)
    unseen = frozenset(each for each in known if not is_visible(each, repositories))
    return unseen & _named(texts, unseen) if unseen else unseen


def missing_findings(missing: Iterable[str]) -> tuple[Diagnostic, ...]:
    """One warning for all repositories that are missing."""
    missing = sorted(missing)
    if not missing:
        return ()
    message = f"use_repo lacks {some_of(missing, 3)}, which BUILD files name"
    return (
        Diagnostic(
            path=NAME,
            severity=Severity.WARNING,
            code="use-repo-missing",
            message=message,
            remedy="run: bazel-xc modules",
        ),
    )


def _named(texts: Iterable[bytes], names: frozenset[str]) -> frozenset[str]:
    """The names that labels use. Only texts that seem to use one are parsed: it may be in a comment."""
    found: set[str] = set()
    for text in texts:
        if names & repositories_in_text(text):
            found.update(repositories_named(parse("", text)))
    return frozenset(found)
