"""The BUILD files in the tree that are for external repositories, as ``build_file =`` names them.

Comes in: the calls that declare repositories, such as http_archive and new_local_repository, in MODULE.bazel,
in the WORKSPACE with its macros, and in the ``.bzl`` files of module extensions of the workspace. Goes out:
an ``OutsideFile`` for each repository with such a file. Files are named, not read; repositories that a loop
makes are not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from attrs import frozen

from bazel_xc.buildfile.declarations import Declaration, workspace_calls
from bazel_xc.buildfile.module_file import ModuleFile
from bazel_xc.model import parsed_label

_CONTENT = "build_file_content"


@frozen(order=True)
class OutsideFile:
    """The BUILD file of a repository by its apparent name: a path in the workspace, or the text itself."""

    repository: str
    path: str = ""
    text: str = ""


def outside_files(calls: Iterable[Declaration], own_names: Collection[str]) -> Iterator[OutsideFile]:
    """The files that calls of a WORKSPACE or a module name; any rule or macro may be called."""
    for call in calls:
        name = call.keywords.get("name", "")
        label = parsed_label(call.keywords.get("build_file", ""), "", own_names)
        if name and label and not label.repo:
            yield OutsideFile(name, label.path)
        elif name and call.keywords.get(_CONTENT):
            yield OutsideFile(name, text=call.keywords[_CONTENT])


def files_of_extensions(
    module: ModuleFile, calls: Iterable[Declaration], read: Callable[[str], bytes | None]
) -> Iterator[OutsideFile]:
    """The files of repositories that MODULE.bazel makes by a rule, or that ``use_repo`` brings in from tags
    or from extensions of the workspace.
    """
    some = tuple(calls)
    own = tuple(text for call in some if call.kind == "module" and (text := call.keywords.get("name")))
    seen = {real: apparent for call in some for real, apparent in _apparent(call)}
    found = list(outside_files(some, own))
    for each in module.extensions:
        label = parsed_label(each.file, "", own)
        if label and not label.repo:
            made = workspace_calls(label.path, read, [])
            found += outside_files(made, own)
    rules = {call.keywords["name"] for call in some if "." not in call.kind and "name" in call.keywords}
    for file in dict.fromkeys(found):
        if file.repository in seen:
            yield OutsideFile(seen[file.repository], file.path, file.text)
        elif file.repository in rules:
            yield file


def _apparent(call: Declaration) -> Iterator[tuple[str, str]]:
    """The real and the apparent names of a ``use_repo``."""
    if call.kind == "use_repo":
        yield from ((name, name) for name in call.args)
        yield from ((real, apparent) for apparent, real in call.keywords.items())
