"""Whether this machine can build for the configured platforms.

Comes in: a ``Ground``: the platforms, what is known of go, Bazel and the workspace, and a function that runs
commands. Goes out: checks by subject. What a configured platform needs is a failure where it is missing, a
warning where the platform is only a default; what only running or testing needs is a warning. It changes
nothing and asks no network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from attrs import frozen

from bazel_xc.artifact.check import Check, Status
from bazel_xc.artifact.compilers import Proof, candidates, prove
from bazel_xc.artifact.gocache import compiled_packages
from bazel_xc.artifact.machines import host, load_machines
from bazel_xc.artifact.running import Done, find
from bazel_xc.model import Platform
from bazel_xc.tables import table
from bazel_xc.versions import version_numbers

_BINFMT = Path("/proc/sys/fs/binfmt_misc")
_INSTALL = {
    "linux": "install gcc for it (Debian: gcc-{gnu}), or zig",
    "windows": "install llvm-mingw or zig",
    "darwin": "install zig for C that needs no framework, or build on macOS",
}


@frozen(kw_only=True)
class Ground:
    """What the examination stands on.

    ``go`` is the command and ``go_problem`` why there is none; ``go_mod`` the highest version that a go.mod
    asks for. ``bazel_version`` is that of .bazelversion, ``rules_go`` the version that the workspace
    declares, each empty where none is. ``run`` runs a command in a folder, with variables that are set or,
    by "", unset.
    """

    platforms: tuple[Platform, ...]
    certain: bool
    root: Path
    environment: Mapping[str, str]
    run: Callable[[tuple[str, ...], Path, Mapping[str, str]], Done]
    go: str = ""
    go_version: str = ""
    go_problem: str = ""
    go_mod: str = ""
    uses_bazel: bool = False
    bazel_version: str = ""
    rules_go: str = ""

    @property
    def bad(self) -> Status:
        """How bad it is when a platform lacks something."""
        return Status.FAILURE if self.certain else Status.WARNING


def examine(ground: Ground) -> Mapping[str, tuple[Check, ...]]:
    """All checks, by what they are about: go, bazel, and each platform."""
    found = {"go": tuple(_go(ground)), "bazel": tuple(_bazel(ground))}
    known = _platforms(ground)
    for platform in ground.platforms:
        title = f"{platform.name} (cgo {'on' if platform.cgo else 'off'})"
        found[title] = tuple(_platform(platform, known, ground))
    return found


def _check(name: str, status: Status, found: str, remedy: str = "", command: str = "") -> Check:
    return Check(name=name, status=status, found=found, remedy=remedy, command=command)


def _go(ground: Ground) -> Iterator[Check]:
    if not ground.go:
        found, _, remedy = ground.go_problem.partition("; ")
        yield _check("go", Status.FAILURE, found, remedy)
        return
    yield _check("go", Status.OK, f"{ground.go_version}, {ground.go}", command="go env GOVERSION")
    if ground.go_mod:
        good = version_numbers(ground.go_version) >= version_numbers(ground.go_mod)
        remedy = "" if good else f"install Go {ground.go_mod} or newer"
        status = Status.OK if good else Status.FAILURE
        yield _check("go.mod", status, f"asks for Go {ground.go_mod}", remedy)
        yield from _modules(ground)
    yield from _cache(ground)


def _modules(ground: Ground) -> Iterator[Check]:
    """Whether every package that is imported can be found without a network."""
    template = "{{with .Error}}{{.Err}}{{end}}"
    command = ("go", "list", "-e", "-deps", "-f", template, "./...")
    done = ground.run((ground.go, *command[1:]), ground.root, {})
    shown = "go list -e -deps ./..."
    if not done.good:
        said = done.problem or (done.stderr.strip() or f"exit code {done.code}").split("\n")[0]
        yield _check("modules", Status.WARNING, said, "go mod tidy, or look at what go list says", shown)
        return
    errors = [line for line in done.stdout.split("\n") if line.strip()]
    missing = [line for line in errors if "module lookup disabled" in line or "cannot find module" in line
               or "no required module" in line]  # fmt: skip
    if missing:
        found = f"{len(missing)} packages are in no module that is here: {missing[0][:160]}"
        yield _check("modules", Status.WARNING, found, "go mod download", shown)
    else:
        yield _check("modules", Status.OK, "all that is imported is here", command=shown)


def _cache(ground: Ground) -> Iterator[Check]:
    done = ground.run((ground.go, "env", "GOCACHE"), ground.root, {})
    folder = Path(done.stdout.strip() or "off")
    if not done.good or not folder.is_dir():
        return
    counts = compiled_packages(folder)
    if not counts:
        yield _check("build cache", Status.INFO, "no compiled packages")
        return
    told = ", ".join(f"{count} {name} {release}" for (name, release), count in sorted(counts.items()))
    remedy = (
        "packages of several platforms do not mix; after exchanging a sysroot or C headers: go clean -cache"
    )
    yield _check("build cache", Status.INFO, f"of a sample: {told}", remedy)


def _bazel(ground: Ground) -> Iterator[Check]:
    name = next((name for name in ("bazel", "bazelisk") if find(name, ground.environment)), "")
    if not name:
        status = Status.FAILURE if ground.uses_bazel else Status.WARNING
        yield _check("bazel", status, "neither bazel nor bazelisk on PATH", "install bazelisk")
        return
    done = ground.run((name, "--version"), ground.root, {})
    version = done.stdout.strip().rpartition("\n")[2].removeprefix("bazel ")
    if not done.good:
        said = done.problem or f"exit code {done.code}"
        yield _check("bazel", Status.FAILURE, f"{name} does not work: {said}", "", f"{name} --version")
        return
    yield _check("bazel", Status.OK, f"{version}, {name}", command=f"{name} --version")
    if ground.bazel_version:
        runs, asked = version_numbers(version), version_numbers(ground.bazel_version)
        good = runs[:3] == asked[:3] or not runs
        remedy = "" if good else "use bazelisk, which takes the version that the file says"
        status = Status.OK if good else Status.WARNING
        yield _check(".bazelversion", status, f"asks for {ground.bazel_version}", remedy)
    yield from _rules_go(ground)


@cache
def _since() -> tuple[tuple[tuple[int, ...], str], ...]:
    since = table("rules_go.toml")["since"]
    return tuple(sorted((version_numbers(go), version) for go, version in since.items()))


def _rules_go(ground: Ground) -> Iterator[Check]:
    if not ground.rules_go:
        if ground.uses_bazel:
            remedy = "bazel-xc init writes the lines that are missing"
            yield _check("rules_go", Status.WARNING, "no version of rules_go is declared", remedy)
        return
    release = version_numbers(ground.go_version)[:2]
    least = next((version for go, version in reversed(_since()) if release >= go), "")
    if least and release and version_numbers(ground.rules_go) < version_numbers(least):
        remedy = f"take rules_go {least} or newer, or an older Go under Bazel"
        found = f"{ground.rules_go} is older than Go {'.'.join(map(str, release))}"
        yield _check("rules_go", Status.WARNING, found, remedy)
    else:
        yield _check("rules_go", Status.OK, ground.rules_go)


def _platforms(ground: Ground) -> Mapping[str, bool] | None:
    """The platforms that go knows, and whether it has cgo there; None where it cannot be asked."""
    if not ground.go:
        return None
    done = ground.run((ground.go, "tool", "dist", "list", "-json"), ground.root, {})
    try:
        return {f"{each['GOOS']}_{each['GOARCH']}": each["CgoSupported"] for each in json.loads(done.stdout)}
    except (ValueError, KeyError, TypeError):
        return None


def _platform(platform: Platform, known: Mapping[str, bool] | None, ground: Ground) -> Iterator[Check]:
    if known is not None:
        yield _of_go(platform, known, ground)
    if platform.cgo:
        yield from _compiler(platform, ground)
    yield from _running(platform, ground)


def _of_go(platform: Platform, known: Mapping[str, bool], ground: Ground) -> Check:
    command = "go tool dist list -json"
    if platform.name not in known:
        remedy = f"take another Go, or drop [platforms.{platform.name}]"
        return _check("go", ground.bad, f"{ground.go_version} does not know it", remedy, command)
    if platform.cgo and not known[platform.name]:
        remedy = f"set cgo = false in [platforms.{platform.name}]"
        return _check("go", ground.bad, "has no cgo there", remedy, command)
    return _check("go", Status.OK, f"with{'' if known[platform.name] else 'out'} cgo", command=command)


def _compiler(platform: Platform, ground: Ground) -> Iterator[Check]:
    """The first compiler that makes objects for the platform, and those that were tried before."""

    def run(command: tuple[str, ...], folder: Path) -> Done:
        return ground.run(command, folder, {})

    proof: Proof | None = None
    for candidate in candidates(platform, ground.environment):
        proof = prove(candidate, platform, run)
        if not proof.problem:
            break
        own = candidate.variable.startswith("CC_FOR") or (
            candidate.variable == "CC" and (platform.goos, platform.goarch) == host()
        )
        status = ground.bad if own else Status.INFO
        yield _check("C compiler", status, f"{candidate.shown}: {proof.problem}", "", proof.command)
    if proof is None or proof.problem:
        gnu = getattr(load_machines().get(platform.goarch), "gnu", "")
        remedy = _INSTALL.get(platform.goos, "install one").format(gnu=gnu)
        remedy += f"; or name yours in CC_FOR_{platform.name}"
        yield _check("C compiler", ground.bad, "none makes objects for it", remedy)
        return
    shown = f"{proof.candidate.shown} {proof.version}".strip()
    yield _check("C compiler", Status.OK, f"{shown} makes {proof.machine} objects", command=proof.command)
    if proof.header_problem:
        remedy = "install the C library's headers for it, or set --sysroot"
        yield _check("C library", ground.bad, proof.header_problem, remedy)
    elif proof.library:
        yield _check("C library", Status.OK, proof.library)


def _running(platform: Platform, ground: Ground) -> Iterator[Check]:
    """Whether binaries and tests of the platform run here."""
    if (platform.goos, platform.goarch) == host():
        return
    if platform.goos == "windows":
        wine = next((name for name in ("wine", "wine64") if find(name, ground.environment)), "")
        found, remedy = (wine, "") if wine else ("nothing here runs it", "test it on Windows")
        yield _check("emulator", Status.OK if wine else Status.INFO, found, remedy)
        return
    arch = load_machines().get(platform.goarch)
    if platform.goos != "linux" or host()[0] != "linux" or not arch:
        yield _check("emulator", Status.INFO, "nothing here runs it", "test it on such a machine")
        return
    names = (f"qemu-{arch.qemu}-static", f"qemu-{arch.qemu}")
    qemu = next((name for name in names if find(name, ground.environment)), "")
    if not qemu:
        remedy = "install qemu-user-static, to run its tests here"
        yield _check("emulator", Status.WARNING, f"no qemu-{arch.qemu}", remedy)
        return
    yield _check("emulator", Status.OK, qemu)
    yield _binfmt(arch.qemu)


def _binfmt(name: str) -> Check:
    path = _BINFMT / f"qemu-{name}"
    try:
        registered = path.read_text(encoding="utf-8").startswith("enabled")
    except OSError:
        registered = False
    if registered:
        return _check("binfmt_misc", Status.OK, f"runs its programs through qemu-{name}")
    remedy = "install binfmt-support, or run tests by --run_under; programs run only when qemu is named"
    return _check("binfmt_misc", Status.WARNING, f"qemu-{name} is not registered", remedy)
