"""Compares the facts of a file with the needs of its platform and of the user.

Comes in: ``BinaryFacts`` and ``Wanted``. Goes out: one ``Check`` per property, in a fixed order. A property
that the platform decides is a failure if it is wrong. Any other property is information, unless the user asks
for it with ``--expect``. It runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from attrs import field, frozen

from bazel_xc.artifact.check import Check, CheckStatus
from bazel_xc.artifact.facts import BinaryFacts, BinaryKind, GoInfo, Image, Relro
from bazel_xc.artifact.systems import Systems
from bazel_xc.machine import Container, fits
from bazel_xc.model import Platform
from bazel_xc.versions import dotted_numbers

_LARGEST = 5
_SHOWN_SETTINGS = ("-buildmode", "-trimpath", "vcs.revision", "vcs.modified")


@frozen(kw_only=True)
class Wanted:
    """The expectations of a file.

    The platform's cgo setting is ``certain`` if somebody configured it and it is no default. ``max_size`` is
    in bytes, ``max_glibc`` is a version such as ``(2, 31)``, ``properties`` are names of ``PROPERTIES``.
    """

    platform: Platform
    certain: bool = True
    max_size: int | None = None
    max_glibc: tuple[int, ...] | None = None
    properties: tuple[str, ...] = field(default=())


def _has_trimpath(facts: BinaryFacts) -> bool:
    return bool(facts.go and facts.go.settings.get("-trimpath") == "true")


def _image_says(claim: Callable[[Image], bool]) -> Callable[[BinaryFacts], bool]:
    return lambda facts: bool(facts.image and claim(facts.image))


PROPERTIES: Mapping[str, Callable[[BinaryFacts], bool]] = MappingProxyType(
    {
        "aslr": _image_says(lambda image: bool(image.pie) or image.kind is BinaryKind.SHARED),
        "build-id": _image_says(lambda image: bool(image.build_id or image.go_build_id)),
        "debug-info": _image_says(lambda image: image.debug_info),
        "dynamic": _image_says(lambda image: image.dynamic),
        "executable": lambda facts: facts.kind is BinaryKind.EXECUTABLE,
        "full-relro": _image_says(lambda image: image.relro is Relro.FULL),
        "go": lambda facts: facts.go is not None,
        "nx": _image_says(lambda image: image.nx is True),
        "pie": _image_says(lambda image: bool(image.pie)),
        "relro": _image_says(lambda image: image.relro in (Relro.PARTIAL, Relro.FULL)),
        "shared-library": lambda facts: facts.kind is BinaryKind.SHARED,
        "static": _image_says(lambda image: not image.dynamic),
        "stripped": _image_says(lambda image: not image.symbols and not image.debug_info),
        "symbols": _image_says(lambda image: image.symbols),
        "trimpath": _has_trimpath,
        "vcs": lambda facts: bool(facts.go and facts.go.settings.get("vcs.revision")),
    }
)


def verify(facts: BinaryFacts, wanted: Wanted, systems: Systems) -> tuple[Check, ...]:
    """All checks of one file."""
    found = [*_whole(facts, wanted)]
    if facts.image:
        found += _image(facts, facts.image, wanted, systems)
    if not facts.problem:
        found += _go(facts, wanted)
    found += _size(facts, wanted)
    found += _asked(facts, wanted)
    return (*found, _info("sha256", facts.sha256))


def _check(name: str, good: bool, found: str, remedy: str, bad: CheckStatus = CheckStatus.FAILURE) -> Check:
    return Check(
        name=name, status=CheckStatus.OK if good else bad, found=found, remedy="" if good else remedy
    )


def _info(name: str, found: str) -> Check:
    return Check(name=name, status=CheckStatus.INFO, found=found)


def _whole(facts: BinaryFacts, wanted: Wanted) -> Iterator[Check]:
    """The checks of format, machine and completeness."""
    if facts.problem:
        yield _check(
            "file",
            False,
            facts.problem,
            "it was truncated or copied as text; build it again",
        )
        return
    name = wanted.platform.name
    parts = ", ".join(f"{part.container} {part.goarch}" for part in sorted(facts.machine.parts)) or "nothing"
    number = f", {facts.image.machine}" if facts.image else ""
    good = fits(facts.machine, name) is True
    if facts.kind is BinaryKind.ARCHIVE:  # one wrong member is enough to break the link
        good = good and len(facts.machine.parts) == 1
    yield _check("machine", good, f"{facts.kind}: {parts}{number}", _machine_remedy(facts, wanted))
    if facts.image and facts.image.damage:
        yield _check(
            "whole", False, facts.image.damage[0], "it was truncated or damaged; build or copy it again"
        )


def _machine_remedy(facts: BinaryFacts, wanted: Wanted) -> str:
    platform = wanted.platform
    containers = {part.container for part in facts.machine.parts}
    builder = f"GOOS={platform.goos} GOARCH={platform.goarch}"
    if not facts.machine.parts:
        return f"it contains no object; build it with {builder}"
    if len(facts.machine.parts) > 1 and facts.kind is BinaryKind.ARCHIVE:
        return "one archive has objects of several machines; clean the cache that they come from"
    if Container.ELF in containers and platform.goos == "linux":
        return f"built for another processor; build it with {builder}, and CC for it where cgo is on"
    return f"not for {platform.name}; build it with {builder}"


def _image(facts: BinaryFacts, image: Image, wanted: Wanted, systems: Systems) -> Iterator[Check]:
    order = "little-endian" if image.little_endian else "big-endian"
    system = f", {image.system}" if image.system else ""
    yield _info("format", f"{image.bits} bit, {order}{system}")
    if image.entry_in_code is not None:
        remedy = "it is outside the code; the file is damaged"
        yield _check("entry point", image.entry_in_code, f"{image.entry:#x}", remedy)
    if fits(facts.machine, wanted.platform.name):
        yield _linkage(image, wanted)
        yield from _loading(image, wanted, systems)
    yield from _hardening(image, wanted)
    kept = (("symbols", image.symbols), ("debug information", image.debug_info))
    shown = [word for word, there in kept if there]
    yield _info("stripped", f"no, has {' and '.join(shown)}" if shown else "yes")
    if image.build_id or image.go_build_id:
        yield _info("build id", image.build_id or image.go_build_id)
    largest = sorted(image.sections, key=lambda each: (-each.size, each.name))[:_LARGEST]
    if largest:
        yield _info("sections", ", ".join(f"{each.name} {each.size}" for each in largest))


def _linkage(image: Image, wanted: Wanted) -> Check:
    """The check of linkage: a Linux binary without cgo must be static; other systems are called through
    libraries.
    """
    platform = wanted.platform
    found = "dynamic" if image.dynamic else "static"
    if platform.goos != "linux" or platform.cgo or image.kind is not BinaryKind.EXECUTABLE:
        return _info("linkage", found)
    status = CheckStatus.FAILURE if wanted.certain else CheckStatus.WARNING
    remedy = "cgo is off for this platform: build with CGO_ENABLED=0 and without -buildmode=pie"
    return _check("linkage", not image.dynamic, found, remedy, status)


def _loading(image: Image, wanted: Wanted, systems: Systems) -> Iterator[Check]:
    goos, goarch = wanted.platform.goos, wanted.platform.goarch
    if image.interpreter and goos == "linux":
        library = systems.c_library(image.interpreter, goarch)
        remedy = "no C library has this interpreter: check the sysroot, or -Wl,--dynamic-linker"
        known = goarch in systems.glibc
        found = f"{image.interpreter}{f' ({library})' if library else ''}"
        yield _check("interpreter", bool(library) or not known, found, remedy)
    if image.needed:
        strange = [name for name in image.needed if not systems.brings(name, goos)]
        status = CheckStatus.FAILURE if goos == "windows" else CheckStatus.WARNING
        remedy = f"not part of {goos}: {', '.join(strange)}; link it statically or ship it with the binary"
        check = _check("libraries", not strange, ", ".join(image.needed), remedy, status)
        yield check if goos in ("darwin", "windows") else _info("libraries", check.found)
    yield from _glibc(image, wanted)
    if image.rpaths:
        absolute = [path for path in image.rpaths if path.startswith("/")]
        remedy = "it names folders of the build machine; remove -Wl,-rpath, or use $ORIGIN"
        yield _check("rpath", not absolute, ", ".join(image.rpaths), remedy, CheckStatus.WARNING)


def _glibc(image: Image, wanted: Wanted) -> Iterator[Check]:
    asked = {each.version for each in image.versions if each.version.startswith("GLIBC_")}
    highest = max(asked, key=_glibc_numbers, default="")
    if not highest:
        return
    where = sorted({each.library for each in image.versions if each.version == highest})
    found = f"{highest} ({', '.join(where)})"
    if wanted.max_glibc is None:
        yield _info("glibc", found)
        return
    most = ".".join(map(str, wanted.max_glibc))
    remedy = f"newer than {most}: build against an older sysroot, such as zig cc -target …-linux-gnu.{most}"
    yield _check("glibc", _glibc_numbers(highest) <= wanted.max_glibc, found, remedy)


def _glibc_numbers(version: str) -> tuple[int, ...]:
    return dotted_numbers(version.removeprefix("GLIBC_"))


def _hardening(image: Image, wanted: Wanted) -> Iterator[Check]:
    if image.pie is not None:
        yield _info("pie", "yes" if image.pie else "no")
    if image.relro is not None and image.kind is not BinaryKind.OBJECT:
        yield _info("relro", str(image.relro))
    if image.nx is not None:
        remedy = "the stack is executable; look for assembly without .note.GNU-stack, or for -z execstack"
        yield _check("nx", image.nx, "yes" if image.nx else "no", remedy, CheckStatus.WARNING)
    if image.writable_code:
        remedy = "memory that is both writable and executable is a risk; check the linker script"
        yield _check(
            "w^x",
            False,
            f"{', '.join(image.writable_code)} writable and executable",
            remedy,
            CheckStatus.WARNING,
        )
    if image.signed is not None and wanted.platform.goos == "darwin":
        needs = wanted.platform.goarch == "arm64" and image.kind is BinaryKind.EXECUTABLE
        remedy = "macOS on ARM64 kills programs without a signature: codesign -s - FILE"
        status = CheckStatus.FAILURE if needs else CheckStatus.INFO
        yield _check("signature", image.signed, "yes" if image.signed else "none", remedy, status)


def _go(facts: BinaryFacts, wanted: Wanted) -> Iterator[Check]:
    go, platform = facts.go, wanted.platform
    if go is None:
        yield _info("go", "no Go build information")
        return
    yield _info("go", f"{go.version} {go.path}".strip())
    goos, goarch = go.settings.get("GOOS"), go.settings.get("GOARCH")
    if goos and goarch:
        good = (goos, goarch) == (platform.goos, platform.goarch)
        remedy = f"built for another platform; set GOOS={platform.goos} GOARCH={platform.goarch}"
        yield _check("go platform", good, f"{goos}_{goarch}", remedy)
    yield from _cgo(go, wanted)
    shown = [f"{name}={go.settings[name]}" for name in _SHOWN_SETTINGS if name in go.settings]
    if shown:
        yield _info("go settings", ", ".join(shown))
    if go.main:
        yield _info(
            "go modules", f"{go.main.path} {go.main.version} and {len(go.modules)} others".replace("  ", " ")
        )


def _cgo(go: GoInfo, wanted: Wanted) -> Iterator[Check]:
    setting = go.settings.get("CGO_ENABLED")
    if setting not in {"0", "1"}:
        return
    platform, on = wanted.platform, setting == "1"
    bad = CheckStatus.FAILURE if wanted.certain else CheckStatus.WARNING
    found, where = "on" if on else "off", "the configuration" if wanted.certain else "the default"
    if platform.cgo:
        remedy = "--cgo off if the program needs no C; otherwise build it with CGO_ENABLED=1 and CC"
    else:
        remedy = "build it with CGO_ENABLED=0, or verify it with --cgo on"
    if on != platform.cgo:
        found += f", but {where} has cgo {'on' if platform.cgo else 'off'} for {platform.name}"
    yield _check("cgo", on == platform.cgo, found, remedy, bad)


def _size(facts: BinaryFacts, wanted: Wanted) -> Iterator[Check]:
    if wanted.max_size is None:
        yield _info("size", f"{facts.size} bytes")
        return
    found = f"{facts.size} bytes of at most {wanted.max_size}"
    yield _check(
        "size", facts.size <= wanted.max_size, found, "strip it (-ldflags='-s -w'), or see which section grew"
    )


def _asked(facts: BinaryFacts, wanted: Wanted) -> Iterator[Check]:
    for name in wanted.properties:
        holds = not facts.problem and PROPERTIES[name](facts)
        yield _check(f"expect {name}", holds, "yes" if holds else "no", f"required by --expect {name}")
