"""The systems and architectures of rules_go, and what `@platforms` calls them."""

OS = {
    "aix": None,
    "android": "@platforms//os:android",
    "darwin": "@platforms//os:osx",
    "dragonfly": None,
    "freebsd": "@platforms//os:freebsd",
    "illumos": None,
    "ios": "@platforms//os:ios",
    "js": None,
    "linux": "@platforms//os:linux",
    "nacl": None,
    "netbsd": None,
    "openbsd": None,
    "plan9": None,
    "solaris": None,
    "windows": "@platforms//os:windows",
}

CPU = {
    "386": "@platforms//cpu:x86_32",
    "amd64": "@platforms//cpu:x86_64",
    "amd64p32": None,
    "arm": "@platforms//cpu:arm",
    "arm64": "@platforms//cpu:aarch64",
    "mips": None,
    "mips64": None,
    "mips64le": None,
    "mipsle": None,
    "ppc64": None,
    "ppc64le": "@platforms//cpu:ppc",
    "riscv64": None,
    "s390x": "@platforms//cpu:s390x",
    "wasm": None,
}

_ARCHITECTURES = {
    "aix": "ppc64",
    "android": "386 amd64 arm arm64",
    "darwin": "386 amd64 arm arm64",
    "dragonfly": "amd64",
    "freebsd": "386 amd64 arm arm64",
    "illumos": "amd64",
    "ios": "amd64 arm64",
    "js": "wasm",
    "linux": "386 amd64 arm arm64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x",
    "nacl": "386 amd64p32 arm",
    "netbsd": "386 amd64 arm arm64",
    "openbsd": "386 amd64 arm arm64",
    "plan9": "386 amd64 arm",
    "solaris": "amd64",
    "windows": "386 amd64 arm arm64",
}

PAIRS = [
    (goos, goarch)
    for goos, architectures in _ARCHITECTURES.items()
    for goarch in architectures.split(" ")
]
