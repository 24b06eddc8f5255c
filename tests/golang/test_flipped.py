"""Listings with the other setting of cgo, from sources."""

from __future__ import annotations

from collections.abc import Mapping

from bazel_xc.golang.flipped import flipped_listings
from bazel_xc.golang.listed import ListedPackage
from bazel_xc.golang.listing import Listing
from bazel_xc.golang.package import GoView
from bazel_xc.golang.sources import Sources
from bazel_xc.model import Platform
from bazel_xc.tree import MemoryTree

LINUX = Platform("linux", "amd64", cgo=True)
WINDOWS = Platform("windows", "amd64", cgo=False)
FILES = {
    "/c/c.go": 'package c\n\nimport "C"\n\nimport _ "o/below"\n',
    "/c/pure.go": '//go:build !cgo\n\npackage c\n\nimport _ "os/user"\n',
    "/c/more_linux.go": "package c\n",
    "/c/tool.go": "//go:build ignore\n\npackage main\n",
    "/user/on.go": '//go:build cgo\n\npackage user\n\nimport _ "o/c"\n',
    "/user/off.go": "//go:build !cgo\n\npackage user\n",
    "/other/other.go": "//go:build cgo\n\npackage other\n",
}


def _package(name: str, **lists: list[str]) -> ListedPackage:
    return ListedPackage.from_json({"ImportPath": f"o/{name}", "Dir": f"/{name}", "Name": name, **lists})


def _flipped(platform: Platform, *packages: ListedPackage) -> tuple[Platform, Mapping[str, ListedPackage]]:
    view = GoView(platforms=(LINUX, WINDOWS), release=(1, 26))
    sources = Sources(MemoryTree({path: text.encode() for path, text in FILES.items()}))
    listing = Listing(platform, {each.import_path: each for each in packages})
    (found,) = flipped_listings([listing], frozenset({"o/c"}), sources, view)
    return found.platform, found.packages


def test_files_without_cgo_take_the_place_of_others() -> None:
    package = _package(
        "c",
        GoFiles=["more_linux.go"],
        CgoFiles=["c.go"],
        IgnoredGoFiles=["pure.go", "tool.go"],
        Imports=["C", "o/below"],
    )

    platform, packages = _flipped(LINUX, package)

    found = packages["o/c"]
    assert (platform.name, platform.cgo) == ("linux_amd64", False)
    assert (found.go_files, found.cgo_files) == (("more_linux.go", "pure.go"), ())
    assert found.imports == ("os/user",)


def test_files_with_cgo_come_where_it_was_off() -> None:
    package = _package(
        "c", GoFiles=["pure.go"], IgnoredGoFiles=["c.go", "more_linux.go"], Imports=["os/user"]
    )

    platform, packages = _flipped(WINDOWS, package)

    found = packages["o/c"]
    assert (platform.name, platform.cgo) == ("windows_amd64", True)
    assert (found.go_files, found.cgo_files) == ((), ("c.go",))
    assert found.imports == ("C", "o/below")


def test_an_importer_of_cgo_is_looked_at_too() -> None:
    package = _package("user", GoFiles=["on.go"], IgnoredGoFiles=["off.go"], Imports=["o/c"])

    _, packages = _flipped(LINUX, package)

    assert (packages["o/user"].go_files, packages["o/user"].imports) == (("off.go",), ())


def test_other_packages_stay_as_they_are() -> None:
    package = _package("other", GoFiles=["other.go"])

    _, packages = _flipped(LINUX, package)

    assert packages == {"o/other": package}
