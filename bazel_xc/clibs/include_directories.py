"""The directories of headers of pkg-config names, for libraries that come with the toolchain's system.

Comes in: the table ``c_includes.toml`` that ships with the package. Goes out: the directories that a name
stands for, and the compiler flags for them on a platform. pkg-config is not run, and whether the directories
exist is not looked at: compilers ignore those that do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from bazel_xc.tables import table

VARYING = "*"  # a directory with a version in its name
_LIB = "@lib/"
# Where distributions have libraries, beside Debian's directory for each processor.
_LIB_FOLDERS = ("/usr/lib64", "/usr/lib")
_DEBIAN: Mapping[str, str] = {
    "386": "i386-linux-gnu",
    "amd64": "x86_64-linux-gnu",
    "arm": "arm-linux-gnueabihf",
    "arm64": "aarch64-linux-gnu",
    "loong64": "loongarch64-linux-gnu",
    "mips64le": "mips64el-linux-gnuabi64",
    "mipsle": "mipsel-linux-gnu",
    "ppc64le": "powerpc64le-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "s390x": "s390x-linux-gnu",
}


def include_directories(pkg_config: str) -> tuple[str, ...]:
    """The directories of a name, as the table spells them; none if all headers are in /usr/include, or if
    nothing is known.
    """
    return _shipped().get(pkg_config, ())


def depends_on_processor(directories: Iterable[str]) -> bool:
    """Whether the flags for some directories differ by processor."""
    return any(each.startswith(_LIB) for each in directories)


def include_flags(directories: Iterable[str], platform: str) -> tuple[str, ...]:
    """The flags for directories of the table on a known platform; they are known for Linux only.

    ``-I=`` means a directory in the sysroot. A compiler without one ignores that, so that the plain directory
    follows.
    """
    goos, _, goarch = platform.partition("_")
    if goos != "linux":
        return ()
    found = dict.fromkeys(path for each in directories for path in _paths(each, goarch))
    return tuple(f"{flag}{path}" for path in found for flag in ("-I=", "-I"))


def _paths(directory: str, goarch: str) -> Iterator[str]:
    if directory.startswith(_LIB):
        debian = [f"/usr/lib/{_DEBIAN[goarch]}"] if goarch in _DEBIAN else []
        yield from (f"{base}/{directory.removeprefix(_LIB)}" for base in (*debian, *_LIB_FOLDERS))
    elif directory != VARYING:
        yield f"/usr/include/{directory}"


@cache
def _shipped() -> Mapping[str, tuple[str, ...]]:
    found: Mapping[str, list[str]] = table("c_includes.toml")["includes"]
    return {name: tuple(directories) for name, directories in found.items()}
