"""Holds the verdicts of ``bazel-xc report`` against what ``go build`` does, for every binary of some modules.

Comes in: folders with a go.mod each, whose modules are downloaded. Goes out: a table of verdict against
result for linux_amd64, linux_arm64 and windows_arm64, each with cgo on and off, and every disagreement with
the first line of the error. A C compiler for a platform is named as ``--cc linux_arm64=COMMAND``; with cgo on
only those platforms are built that have one. The tree itself is never touched. Needs nothing beyond the
standard library.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PLATFORMS = ("linux_amd64", "linux_arm64", "windows_arm64")
MACHINES = {"linux_amd64": ("elf", 62), "linux_arm64": ("elf", 183), "windows_arm64": ("PE", 0xAA64)}
_ELSEWHERE = "cannot find module providing package"
# go refuses C files in a package without cgo; rules_go, which the verdicts are about, builds it without them.
_REFUSED = "source files not allowed when not using cgo"
# What each verdict says of go build; C libraries may be there or not.
EXPECTED = {"unknown": None, "pure": True, "c-toolchain": True, "c-libraries": None, "blocked": False}


@dataclass(frozen=True)
class Case:
    """One binary on one platform with one setting of cgo, the verdict and what go build did."""

    module: str
    package: str
    platform: str
    cgo: bool
    verdict: str
    error: str  # empty where it was built
    binary: str = ""  # what is wrong with what was built

    @property
    def agrees(self) -> bool:
        """Whether go did what the verdict says, as far as it says anything, and built what it should."""
        expected = EXPECTED[self.verdict]
        refused = _REFUSED in self.error
        return not self.binary and (refused or expected is None or expected is (not self.error))


def main() -> int:
    options = _options()
    compilers = dict(text.split("=", 1) for text in options.cc)
    compilers.setdefault("linux_amd64", "gcc")
    cases = [case for tree in options.trees for case in _cases(tree.resolve(), compilers)]
    counts = Counter((each.verdict, "built" if not each.error else "failed") for each in cases)
    print(f"{len(cases)} builds\n")
    print("verdict | built | failed\n--- | --- | ---")
    for verdict in EXPECTED:
        print(f"{verdict} | {counts[verdict, 'built']} | {counts[verdict, 'failed']}")
    wrong = [each for each in cases if not each.agrees]
    print(f"\n{len(wrong)} disagreements")
    for each in wrong:
        setting = "cgo on" if each.cgo else "cgo off"
        said = each.error or each.binary or "was built"
        print(f"  {each.package} on {each.platform}, {setting}: {each.verdict}; {said}")
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path, nargs="+")
    parser.add_argument("--cc", action="append", default=[], metavar="PLATFORM=COMMAND")
    return parser.parse_args()


def _cases(tree: Path, compilers: dict[str, str]) -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "bazel-*", "BUILD*"))
        if not (copy / "vendor" / "modules.txt").exists():
            subprocess.run(["go", "mod", "download"], cwd=copy, check=False)
        for cgo in (True, False):
            platforms = [name for name in PLATFORMS if not cgo or name in compilers]
            (copy / "bazel_xc.toml").write_text(
                "".join(f"[platforms.{name}]\ncgo = {str(cgo).lower()}\n" for name in platforms)
            )
            for package, platform, verdict in _verdicts(copy):
                error, data, info = _build(copy, package, platform, compilers.get(platform, ""), cgo)
                if _ELSEWHERE in error:
                    continue  # of a nested module, which go does not know from here
                print(f"{package} {platform} cgo={cgo}: {verdict} {error}", file=sys.stderr)
                binary = "" if error else _looked_at(data, info, platform, verdict, cgo)
                yield Case(tree.name, package, platform, cgo, verdict, error, binary)


def _verdicts(tree: Path) -> Iterator[tuple[str, str, str]]:
    command = [sys.executable, "-m", "bazel_xc", "report", "-C", str(tree), "--format", "json", "-q"]
    path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    if not done.stdout:
        raise SystemExit(f"{tree}: {done.stderr}")
    for target in json.loads(done.stdout)["targets"]:
        if target["kind"] == "go_binary":
            for platform, on in target["platforms"].items():
                yield target["package"], platform, on["verdict"]


def _looked_at(data: bytes, info: str, platform: str, verdict: str, cgo: bool) -> str:
    """What ``go version -m`` and the binary itself say against a verdict; empty where nothing."""
    said = dict(re.findall(r"^\tbuild\t(\w+)=(.*)$", info, re.MULTILINE))
    wanted = {"GOOS": platform.partition("_")[0], "GOARCH": platform.partition("_")[2]}
    wanted["CGO_ENABLED"] = "1" if cgo else "0"
    other = [name for name, value in wanted.items() if said.get(name) != value]
    if other:
        return f"go version -m says otherwise of {', '.join(other)}"
    machine = MACHINES[platform]
    if data[:4] == b"\x7fELF":
        found = "elf", int.from_bytes(data[18:20], "little")
    else:
        at = int.from_bytes(data[60:64], "little")
        found = data[at : at + 2].decode(), int.from_bytes(data[at + 4 : at + 6], "little")
    if found != machine:
        return f"it is {found}, not {machine}"
    if machine[0] != "elf":
        return ""
    # Where C is linked, or Go's own net and os/user use it, there is a cgo runtime, and only there.
    has_c = b"x_cgo_init" in data
    if has_c and not cgo:
        return "there is a cgo runtime in it"
    return "" if has_c or not verdict.startswith("c-") else "there is no cgo runtime in it"


def _build(tree: Path, package: str, platform: str, compiler: str, cgo: bool) -> tuple[str, bytes, str]:
    """The first line of go's error that says something, the binary, and what ``go version -m`` says."""
    goos, _, goarch = platform.partition("_")
    vendored = (tree / "vendor" / "modules.txt").exists()
    settings = {"GOOS": goos, "GOARCH": goarch, "CGO_ENABLED": "1" if cgo else "0"}
    settings["GOFLAGS"] = "" if vendored else "-mod=mod"
    if cgo:
        settings["CC"] = compiler
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["go", "build", "-o", f"{folder}/out", package],
            cwd=tree,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        if not done.returncode:
            command = ["go", "version", "-m", f"{folder}/out"]
            info = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            return "", Path(folder, "out").read_bytes(), info
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("#")]
    return (lines or ["failed"])[0], b"", ""


if __name__ == "__main__":
    sys.exit(main())
