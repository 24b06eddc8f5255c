"""Are the declared inputs of cgo packages complete? Compiles each with nothing else in reach.

Comes in: a workspace whose BUILD files stand. Goes out: what the compiler says per Go package that uses cgo,
in a scratch folder with only those files that the package's rules, and the rules below them, name. Needs go
and a C compiler, no Bazel. As a program: ``python tests/declared_inputs.py ROOT [DIRECTORY ...]``; the exit
code is 1 where a package does not compile.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bazel_xc.buildfile.parser import parse
from bazel_xc.buildfile.syntax import Call
from bazel_xc.model import Label

FILES = ("srcs", "hdrs", "textual_hdrs", "embedsrcs", "static_library", "shared_library", "interface_library")
RULES = ("deps", "embed", "cdeps")
MODULE_FILES = ("go.mod", "go.sum", "go.work", "go.work.sum")


def cgo_packages(root: Path) -> tuple[str, ...]:
    """The directories with a go_library that uses cgo."""
    found = []
    for path in sorted(root.rglob("BUILD*")):
        if path.name in ("BUILD", "BUILD.bazel") and path.is_file():
            calls = parse(path.name, path.read_bytes()).calls
            if any(call.kind == "go_library" and call.get("cgo") for call in calls):
                found.append(path.parent.relative_to(root).as_posix().removeprefix("."))
    return tuple(found)


def declared(root: Path, package: str) -> tuple[str, ...]:
    """The files that the libraries of a directory name, those of the workspace's rules below included."""
    labels = [Label("", package, call.name) for call in _calls(root, package) if call.kind == "go_library"]
    pending, seen, files = list(labels), set(labels), set[str]()
    while pending:
        label = pending.pop()
        for call in _calls(root, label.package):
            if call.name != label.name:
                continue
            files.update(f"{label.package}/{text}".lstrip("/") for text in _strings(call, FILES))
            below = {Label.parse(text, label.package) for text in _strings(call, RULES)}
            new = {each for each in below if not each.repo} - seen
            seen |= new
            pending.extend(new)
    return tuple(sorted(files))


def compile_alone(
    root: Path, package: str, environment: dict[str, str] | None = None, *, link: bool = False
) -> str:
    """Compiles one package from its declared files; what go says where it fails, else nothing.

    With ``link`` a program that imports it is linked too, without which no library has to be there.
    """
    variables = os.environ | {"CGO_ENABLED": "1", "GOFLAGS": "-mod=mod"} | (environment or {})
    with tempfile.TemporaryDirectory() as folder:
        _copy(root, Path(folder), declared(root, package))
        directory = Path(folder) / package
        if link:
            path = _go(["list", "."], directory, variables).stdout.strip()
            directory /= "importer"
            directory.mkdir()
            text = f'package main\n\nimport _ "{path}"\n\nfunc main() {{}}\n'
            (directory / "main.go").write_text(text, encoding="utf-8")
        done = _go(["build", "-o", os.devnull, "."], directory, variables)
    return done.stderr or done.stdout if done.returncode else ""


def _go(arguments: list[str], directory: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["go", *arguments], cwd=directory, env=variables, capture_output=True, text=True, check=False
    )


def _copy(root: Path, folder: Path, files: Iterable[str]) -> None:
    modules = (path.relative_to(root).as_posix() for name in MODULE_FILES for path in root.rglob(name))
    for each in (*files, *modules):
        if (root / each).is_file():
            target = folder / each
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / each, target)


def _calls(root: Path, package: str) -> tuple[Call, ...]:
    for name in ("BUILD.bazel", "BUILD"):
        path = root / package / name
        if path.is_file():
            return parse(name, path.read_bytes()).calls
    return ()


def _strings(call: Call, attributes: Iterable[str]) -> Iterator[str]:
    for name in attributes:
        yield from call.strings(name)


def main(arguments: list[str]) -> int:
    """Compiles what is named, or every cgo package of the workspace."""
    root = Path(arguments[0])
    failed = 0
    for package in arguments[1:] or cgo_packages(root):
        said = compile_alone(root, package)
        sys.stdout.write(f"{package or '.'}: {'does not compile' if said else 'ok'}\n")
        sys.stdout.writelines(f"    {line}\n" for line in said.splitlines()[:8])
        failed += bool(said)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
