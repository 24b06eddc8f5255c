"""Names of rules and of external repositories, as Gazelle gives them.

Comes in: import paths, directories, a naming convention. Goes out: rule names and repository names. These are
pure functions of strings; the convention and the repository of an import are chosen elsewhere. Sources:
``language/go/package.go`` and ``internal/bzlmod/go_deps.bzl`` of bazel-gazelle.
"""

from __future__ import annotations

import re

_MAJOR = re.compile(r"v[0-9]+")
DEFAULT_LIBRARY = "go_default_library"
DEFAULT_TEST = "go_default_test"


def base_name(import_path: str) -> str:
    """The last element of an import path, without a major version, dots as underscores.

    A path of one element stays as it is, and so does a major version behind one.
    """
    head, slash, last = import_path.rpartition("/")
    if not slash:
        return import_path
    if _MAJOR.fullmatch(last) and "/" in head:
        last = head.rpartition("/")[2]
    return last.replace(".", "_")


def library_name(convention: str, import_path: str, package_name: str) -> str:
    """The name of a go_library."""
    if convention == DEFAULT_LIBRARY:
        return DEFAULT_LIBRARY
    name = base_name(import_path)
    command = package_name == "main"
    if not name:
        return "lib" if command else package_name
    return f"{name}_lib" if command else name


def test_name(convention: str, import_path: str) -> str:
    """The name of a package's only go_test."""
    if convention == DEFAULT_LIBRARY:
        return DEFAULT_TEST
    return f"{base_name(import_path) or 'lib'}_test"


def file_test_name(file_name: str) -> str:
    """The name of a go_test for a single file: dots other than the last one stay."""
    stem = file_name.rpartition(".")[0]
    return stem if stem.endswith("_test") else f"{stem}_test"


def binary_name(directory: str, prefix: str, root_name: str) -> str:
    """The name of a go_binary: of its directory, in the root of the prefix, else of the workspace."""
    for path in (directory, prefix, root_name):
        last = path.rstrip("/").rpartition("/")[2]
        if last:
            return last
    return "root"


def workspace_repository(module_path: str) -> str:
    """The repository name that go_repository rules in a WORKSPACE have by convention."""
    host, _, rest = module_path.lower().partition("/")
    words = ".".join([*reversed(host.split(".")), *([rest] if rest else [])])
    return re.sub(r"\W+", "_", words)


def module_repository(module_path: str) -> str:
    """The repository name that Gazelle's go_deps extension gives a module under bzlmod."""
    host, slash, rest = module_path.lower().partition("/")
    words = ".".join(reversed(host.split("."))) + slash + rest
    return re.sub(r"[^a-z0-9_]", "_", words)
