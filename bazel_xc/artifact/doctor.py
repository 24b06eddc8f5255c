"""Whether this machine can build for the configured platforms.

Comes in: the ``Surroundings``: the platforms, what is known about go, Bazel and the workspace, and a function
that runs commands. Goes out: checks by subject. A missing tool is a failure if a configured platform needs
it, and a warning if the platform is only a default or if only running and testing need the tool. It changes
nothing and uses no network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from bazel_xc.artifact.c_toolchain import c_checks
from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.gocache import compiled_packages
from bazel_xc.artifact.installed_bazel import MODULES_SINCE
from bazel_xc.artifact.machines import host, load_machines
from bazel_xc.artifact.running import find
from bazel_xc.artifact.surroundings import Surroundings
from bazel_xc.golang.listing import command_line
from bazel_xc.model import Platform, Progress, silent
from bazel_xc.tables import table
from bazel_xc.versions import version_numbers

_MODULES_BY_FLAG = (6,)  # the release of Bazel that reads MODULE.bazel if a flag asks for it
_BINFMT = Path("/proc/sys/fs/binfmt_misc")


def examine(here: Surroundings, progress: Progress = silent) -> Mapping[str, tuple[Check, ...]]:
    """All checks by subject: go, bazel, and each platform."""
    progress("checking go")
    found = {"go": tuple(_go(here))}
    progress("checking bazel")
    found["bazel"] = tuple(_bazel(here))
    known = _platforms(here)
    for at, platform in enumerate(here.platforms, 1):
        progress(f"checking {platform.name} ({at} of {len(here.platforms)})")
        title = f"{platform.name} (cgo {'on' if platform.cgo else 'off'})"
        found[title] = tuple(_platform(platform, known, here))
    return found


def _check(name: str, status: CheckStatus, found: str, remedy: str = "", command: str = "") -> Check:
    return Check(name=name, status=status, found=found, remedy=remedy, command=command)


def _go(here: Surroundings) -> Iterator[Check]:
    if not here.go:
        found, _, remedy = here.go_problem.partition("; ")
        yield _check("go", CheckStatus.FAILURE, found, remedy)
        return
    yield _check("go", CheckStatus.OK, f"{here.go_version}, {here.go}", command="go env GOVERSION")
    if here.go_mod:
        good = version_numbers(here.go_version) >= version_numbers(here.go_mod)
        remedy = "" if good else f"install Go {here.go_mod} or newer"
        status = CheckStatus.OK if good else CheckStatus.FAILURE
        yield _check("go.mod", status, f"asks for Go {here.go_mod}", remedy)
        yield from _modules(here)
    yield from _cache(here)


def _modules(here: Surroundings) -> Iterator[Check]:
    """Whether every imported package can be found without a network."""
    template = "{{with .Error}}{{.Err}}{{end}}"
    done = here.run((here.go, "list", "-e", "-deps", "-f", template, *here.patterns), here.root, {})
    words = f"go list -e -deps {' '.join(here.patterns)}"
    shown = _in_module(words, here)
    if not done.good:
        said = done.problem or (done.stderr.strip() or f"exit code {done.code}").split("\n")[0]
        yield _check("modules", CheckStatus.WARNING, said, "go mod tidy, or see the output of go list", shown)
        return
    errors = [line for line in done.stdout.split("\n") if line.strip()]
    missing = [line for line in errors if "module lookup disabled" in line or "cannot find module" in line
               or "no required module" in line]  # fmt: skip
    if missing:
        counted = f"{len(missing)} packages are" if len(missing) > 1 else "1 package is"
        found = f"{counted} in no downloaded module: {missing[0][:160]}"
        yield _check("modules", CheckStatus.WARNING, found, _in_module("go mod download", here), shown)
    else:
        yield _check("modules", CheckStatus.OK, "every imported package is available", command=shown)


def _in_module(words: str, here: Surroundings) -> str:
    """A command of go as it works in the root."""
    return command_line(words, here.root, {"GOWORK": "off"} if here.ignores_go_work else {})


def _cache(here: Surroundings) -> Iterator[Check]:
    done = here.run((here.go, "env", "GOCACHE"), here.root, {})
    folder = Path(done.stdout.strip() or "off")
    if not done.good or not folder.is_dir():
        return
    counts = compiled_packages(folder)
    if not counts:
        yield _check("build cache", CheckStatus.INFO, "no compiled packages")
        return
    counted = ", ".join(f"{count} {name} {release}" for (name, release), count in sorted(counts.items()))
    remedy = "nothing; run go clean -cache only after replacing a sysroot or system headers"
    yield _check("build cache", CheckStatus.INFO, f"in a sample: {counted}", remedy)


def _bazel(here: Surroundings) -> Iterator[Check]:
    name = next((name for name in ("bazel", "bazelisk") if find(name, here.environment)), "")
    if not name:
        status = CheckStatus.FAILURE if here.uses_bazel else CheckStatus.WARNING
        yield _check("bazel", status, "neither bazel nor bazelisk on PATH", "install bazelisk")
        return
    done = here.run((name, "--version"), here.root, {})
    version = done.stdout.strip().rpartition("\n")[2].removeprefix("bazel ")
    if not done.good:
        said = done.problem or f"exit code {done.code}"
        yield _check("bazel", CheckStatus.FAILURE, f"{name} does not work: {said}", "", f"{name} --version")
        return
    yield _version(version, name, here)
    if here.bazel_version:
        runs, asked = version_numbers(version), version_numbers(here.bazel_version)
        good = runs[:3] == asked[:3] or not runs
        remedy = "" if good else "use bazelisk, which runs the version that the file names"
        status = CheckStatus.OK if good else CheckStatus.WARNING
        yield _check(".bazelversion", status, f"asks for {here.bazel_version}", remedy)
    yield from _rules_go(here)


def _version(version: str, name: str, here: Surroundings) -> Check:
    """Whether Bazel knows MODULE.bazel, where the workspace has nothing else."""
    numbers, found, command = version_numbers(version), f"{version}, {name}", f"{name} --version"
    if not here.uses_modules or numbers >= MODULES_SINCE:
        return _check("bazel", CheckStatus.OK, found, command=command)
    remedy = "install bazelisk, which runs the version that .bazelversion names"
    if numbers >= _MODULES_BY_FLAG:
        found += "; it reads MODULE.bazel only with --enable_bzlmod"
        return _check("bazel", CheckStatus.WARNING, found, f"{remedy}, or set it in .bazelrc", command)
    unknown = f"its version is unknown ({version or 'none'})"
    said = f"{name}: {version if numbers else unknown}; MODULE.bazel needs Bazel 7 or newer"
    return _check("bazel", CheckStatus.FAILURE, said, remedy, command)


@cache
def _since() -> tuple[tuple[tuple[int, ...], str], ...]:
    since = table("rules_go.toml")["since"]
    return tuple(sorted((version_numbers(go), version) for go, version in since.items()))


def _rules_go(here: Surroundings) -> Iterator[Check]:
    if not here.rules_go:
        if here.uses_bazel:
            remedy = "bazel-xc init writes the missing lines"
            yield _check("rules_go", CheckStatus.WARNING, "no version of rules_go is declared", remedy)
        return
    release = version_numbers(here.go_version)[:2]
    least = next((version for go, version in reversed(_since()) if release >= go), "")
    if least and release and version_numbers(here.rules_go) < version_numbers(least):
        remedy = f"use rules_go {least} or newer, or an older Go under Bazel"
        found = f"{here.rules_go} is older than Go {'.'.join(map(str, release))}"
        yield _check("rules_go", CheckStatus.WARNING, found, remedy)
    else:
        yield _check("rules_go", CheckStatus.OK, here.rules_go)


def _platforms(here: Surroundings) -> Mapping[str, bool] | None:
    """The platforms that go knows, and whether it has cgo there; None if go cannot be asked."""
    if not here.go:
        return None
    done = here.run((here.go, "tool", "dist", "list", "-json"), here.root, {})
    try:
        return {f"{each['GOOS']}_{each['GOARCH']}": each["CgoSupported"] for each in json.loads(done.stdout)}
    except (ValueError, KeyError, TypeError):
        return None


def _platform(platform: Platform, known: Mapping[str, bool] | None, here: Surroundings) -> Iterator[Check]:
    if known is not None:
        yield _of_go(platform, known, here)
    if platform.cgo:
        yield from c_checks(platform, here)
    yield from _running(platform, here)


def _of_go(platform: Platform, known: Mapping[str, bool], here: Surroundings) -> Check:
    command = "go tool dist list -json"
    if platform.name not in known:
        remedy = f"use another Go, or remove [platforms.{platform.name}]"
        return _check("go", here.bad, f"{here.go_version} does not know it", remedy, command)
    if platform.cgo and not known[platform.name]:
        remedy = f"set cgo = false in [platforms.{platform.name}]"
        return _check("go", here.bad, "has no cgo there", remedy, command)
    found = "supports it with cgo" if platform.cgo else "supports it"
    return _check("go", CheckStatus.OK, found, command=command)


def _running(platform: Platform, here: Surroundings) -> Iterator[Check]:
    """Whether binaries and tests of the platform run on this machine."""
    if (platform.goos, platform.goarch) == host():
        return
    if platform.goos == "windows":
        wine = next((name for name in ("wine", "wine64") if find(name, here.environment)), "")
        found, remedy = (wine, "") if wine else ("nothing on this machine runs it", "test it on Windows")
        yield _check("emulator", CheckStatus.OK if wine else CheckStatus.INFO, found, remedy)
        return
    arch = load_machines().get(platform.goarch)
    if platform.goos != "linux" or host()[0] != "linux" or not arch:
        yield _check(
            "emulator", CheckStatus.INFO, "nothing on this machine runs it", "test it on such a machine"
        )
        return
    names = (f"qemu-{arch.qemu}-static", f"qemu-{arch.qemu}")
    qemu = next((name for name in names if find(name, here.environment)), "")
    if not qemu:
        remedy = "install qemu-user-static, to run its tests here"
        yield _check("emulator", CheckStatus.WARNING, f"no qemu-{arch.qemu}", remedy)
        return
    yield _check("emulator", CheckStatus.OK, qemu)
    yield _binfmt(arch.qemu)


def _binfmt(name: str) -> Check:
    path = _BINFMT / f"qemu-{name}"
    try:
        registered = path.read_text(encoding="utf-8").startswith("enabled")
    except OSError:
        registered = False
    if registered:
        return _check("binfmt_misc", CheckStatus.OK, f"runs its programs with qemu-{name}")
    remedy = "install binfmt-support, or run tests with --run_under; programs run only if qemu is named"
    return _check("binfmt_misc", CheckStatus.WARNING, f"qemu-{name} is not registered", remedy)
