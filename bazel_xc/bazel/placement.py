"""The attributes that follow from where a package lies: ``importmap``, ``visibility``, ``data``.

Comes in: a package, the settings of its directory, the modules of the workspace. Goes out: values of
attributes, as Gazelle has them. Nothing is looked up.
"""

from __future__ import annotations

from bazel_xc.buildfile.settings import Settings
from bazel_xc.buildfile.syntax import Opaque, String, Value
from bazel_xc.buildfile.workspace import Workspace
from bazel_xc.golang.modules import Module, module_of
from bazel_xc.golang.package import GoPackage

PUBLIC = "//visibility:public"
PRIVATE = "//visibility:private"


def importmap(package: GoPackage, settings: Settings, modules: tuple[Module, ...]) -> Value | None:
    """The ``importmap``: the path that tells vendored packages apart, or by ``importmap_prefix``."""
    path = package.directory
    head, inside, below = f"/{path}".rpartition("/vendor/")
    vendor = f"{head}/vendor".lstrip("/")
    if settings.importmap_prefix is not None and not (
        inside and len(vendor) > len(settings.importmap_directory)
    ):
        below = path[len(settings.importmap_directory) :].strip("/")
        prefix = settings.importmap_prefix
    elif inside:
        prefix = _outer_import_path(vendor, settings, modules)
    else:
        return None
    found = "/".join(part for part in (prefix, below) if part)
    return String(found) if found != package.import_path else None


def _outer_import_path(path: str, settings: Settings, modules: tuple[Module, ...]) -> str:
    """The import path of a ``vendor`` directory, from its own module or prefix."""
    if settings.prefix is not None and f"{path}/".startswith(settings.prefix_directory):
        below = path[len(settings.prefix_directory) :].strip("/")
        return "/".join(part for part in (settings.prefix, below) if part)
    module = module_of(path, modules)
    return module.import_path(path) if module else path


def library_visibility(package: GoPackage, settings: Settings) -> tuple[str, ...]:
    """The visibility of a package's library; that of a command is private."""
    if package.is_command:
        return settings.visibility or (PRIVATE,)
    return visibility(package.directory, package.import_path, settings)


def visibility(directory: str, import_path: str, settings: Settings) -> tuple[str, ...]:
    """The visibility of a rule in a directory; ``internal`` ends it as in Go."""
    parts = directory.split("/")
    if "internal" in parts:
        at = len(parts) - 1 - parts[::-1].index("internal")
        return (*settings.visibility, f"//{'/'.join(parts[:at])}:__subpackages__")
    if "internal" in import_path.split("/"):
        return (*settings.visibility, "//:__subpackages__")
    return (PUBLIC,)


def testdata(directory: str, workspace: Workspace, packages: frozenset[str]) -> Value | None:
    """The ``data`` of a test: a testdata folder that is not empty and has no Bazel package in it."""
    path = f"{directory}/testdata".lstrip("/")
    below = workspace.directories.get(path)
    if below is None or any(f"{each}/".startswith(f"{path}/") for each in packages):
        return None
    return Opaque('glob(["testdata/**"])') if below.files or below.subdirectories or below.hidden else None
