"""``bazel-xc verify``: checks built binaries against their platform.

Comes in: files and a platform. Goes out: one block of checks per file on standard output, exit code 1 if
one is a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from bazel_xc.artifact.baseline import from_text, held_against, to_text
from bazel_xc.artifact.check import Check, CheckStatus, failed
from bazel_xc.artifact.differences import differences
from bazel_xc.artifact.expect import PROPERTIES, Wanted, verify
from bazel_xc.artifact.facts import BinaryFacts
from bazel_xc.artifact.inspect import inspect
from bazel_xc.artifact.systems import load_systems
from bazel_xc.artifact.trial import Figures, try_out
from bazel_xc.cli.checks import as_json, show_checks
from bazel_xc.cli.common import run_options, shared_options
from bazel_xc.cli.files import text_of, write_text
from bazel_xc.cli.progress import working
from bazel_xc.commands.options import configuration
from bazel_xc.config import DEFAULT_PLATFORMS, FILE_NAME
from bazel_xc.errors import ArtifactError, ConfigError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.model import Platform
from bazel_xc.versions import dotted_numbers

SCHEMA = 1
_UNITS = {
    "": 1,
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KIB": 1 << 10,
    "MIB": 1 << 20,
    "GIB": 1 << 30,
}


def add_parser(commands: Any, summary: str) -> None:  # noqa: ANN401 - argparse's own type is private
    """Adds the command to the parser; ``summary`` is its line in the list of commands."""
    parser = commands.add_parser(
        "verify",
        parents=[shared_options()],
        help=summary,
        description="Checks built binaries against their platform: format, machine, linkage, libraries,"
        " Go build information, size.",
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a program, a library or an archive"
    )
    parser.add_argument("--format", choices=("json", "text"), default="text", help="default: text")
    parser.add_argument(
        "--cgo", choices=("on", "off"), help="whether cgo is on; default: as configured for the platform"
    )
    parser.add_argument(
        "--max-size", type=_size, metavar="SIZE", help="fail if the file is larger, such as 20MB or 16MiB"
    )
    parser.add_argument(
        "--max-glibc",
        type=_version,
        metavar="VERSION",
        help="fail if it needs symbols of a newer glibc, such as 2.31",
    )
    parser.add_argument(
        "--expect", action="append", default=[], choices=sorted(PROPERTIES), metavar="PROPERTY",
        help=f"fail if the file does not have the property; repeatable: {', '.join(sorted(PROPERTIES))}",
    )  # fmt: skip
    parser.add_argument(
        "--compare",
        type=Path,
        metavar="OTHER",
        help="fail if the bytes differ from those of another file, and show where",
    )
    parser.add_argument(
        "--run", nargs="?", const="", metavar="ARGS", dest="arguments",
        help="run it five times, with an emulator if needed, as in --run='--version'",
    )  # fmt: skip
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE", help="fail if figures are worse than those saved in FILE"
    )
    parser.add_argument(
        "--save-baseline", type=Path, metavar="FILE", help="save size, run time, memory and system calls"
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=10.0,
        metavar="PERCENT",
        help="how much worse figures may be; default: 10",
    )
    parser.set_defaults(run=run)


@frozen(kw_only=True)
class _Verified:
    facts: BinaryFacts
    checks: tuple[Check, ...]
    figures: Figures


def run(options: argparse.Namespace) -> int:
    """Runs the command and returns its exit code."""
    wanted = _wanted(options)
    before = _baseline(options.baseline) if options.baseline else None
    if options.compare and len(options.files) > 1:
        raise ArtifactError("--compare: takes one FILE")
    found = []
    with working(options) as at:
        for path in options.files:
            at(f"checking {path}" if options.arguments is None else f"checking and running {path}")
            found.append(_verified(path, wanted, options, before))
    if options.format == "json":
        print(json.dumps(_raw(found, wanted.platform), indent=2))
    else:
        show_checks({f"{each.facts.path} ({wanted.platform.name})": each.checks for each in found}, options)
    if options.save_baseline:
        write_text(options.save_baseline, to_text({each.facts.path: each.figures for each in found}))
    return 1 if any(failed(each.checks) for each in found) else 0


def _verified(
    path: Path, wanted: Wanted, options: argparse.Namespace, before: Mapping[str, Figures] | None
) -> _Verified:
    facts = inspect(path, str(path), wanted.platform.goarch)
    checks = [*verify(facts, wanted, load_systems())]
    figures = Figures(size=facts.size)
    if options.arguments is not None and not facts.problem:
        trial = try_out(path, facts.size, wanted.platform, _arguments(options.arguments), os.environ)
        checks += trial.checks
        figures = trial.figures
    if options.compare:
        other = inspect(options.compare, str(options.compare), wanted.platform.goarch)
        checks += differences(facts, other, (path, options.compare))
    if before is not None:
        old = before.get(facts.path)
        checks += held_against(figures, old, options.tolerance) if old else [_unknown(facts)]
    return _Verified(facts=facts, checks=tuple(checks), figures=figures)


def _unknown(facts: BinaryFacts) -> Check:
    remedy = "save it with --save-baseline"
    return Check(
        name="baseline", status=CheckStatus.WARNING, found=f"{facts.path} is not in it", remedy=remedy
    )


def _baseline(path: Path) -> Mapping[str, Figures]:
    return from_text(text_of(path, f"make it with --save-baseline {path}"), str(path))


def _wanted(options: argparse.Namespace) -> Wanted:
    platform, certain = _platform(options)
    if options.cgo:
        platform, certain = Platform(platform.goos, platform.goarch, options.cgo == "on"), True
    return Wanted(
        platform=platform,
        certain=certain,
        max_size=options.max_size,
        max_glibc=options.max_glibc,
        properties=tuple(dict.fromkeys(options.expect)),
    )


def _platform(options: argparse.Namespace) -> tuple[Platform, bool]:
    """The platform, and whether it is configured; without a configuration it may be any platform of Go."""
    if len(options.platform) != 1:
        raise ConfigError("--platform: name the one platform that the files are for, such as linux_arm64")
    (name,) = options.platform
    if options.config or (options.root / FILE_NAME).exists():
        return configuration(run_options(options)).platforms[0], True
    if name not in KNOWN_PLATFORMS:
        raise ConfigError(f"--platform: {name!r} is not a platform of Go such as linux_arm64")
    goos, _, goarch = name.partition("_")
    default = next((each for each in DEFAULT_PLATFORMS if each.name == name), None)
    return default or Platform(goos, goarch), False


def _arguments(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as e:
        raise ArtifactError(f"--run: {text!r}: {e}") from None


def _size(text: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", text)
    if not found or found[2].upper() not in _UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 20MB or 16MiB")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def _version(text: str) -> tuple[int, ...]:
    found = dotted_numbers(text.removeprefix("GLIBC_"))
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a version such as 2.31")
    return found


def _raw(found: list[_Verified], platform: Platform) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "platform": {"name": platform.name, "cgo": platform.cgo},
        "files": [
            {
                "path": each.facts.path,
                "sha256": each.facts.sha256,
                "failed": failed(each.checks),
                "figures": asdict(each.figures),
                "checks": [as_json(check) for check in each.checks],
                "image": asdict(each.facts.image) if each.facts.image else None,
                "go": asdict(each.facts.go) if each.facts.go else None,
            }
            for each in found
        ],
    }
