"""C files without cgo, which go refuses."""

from __future__ import annotations

import pytest

from bazel_xc.golang.package import GoPackage, GoView, fold, read_directory
from bazel_xc.model import Platform


@pytest.mark.parametrize(
    ("files", "cgo", "refused"),
    [
        pytest.param({"a.go": "package a\n", "b.c": ""}, True, True, id="C alone"),
        pytest.param({"a.go": "package a\n", "b.c": ""}, False, False, id="cgo is off"),
        pytest.param({"a.go": 'package a\n\nimport "C"\n', "b.c": ""}, True, False, id="with cgo"),
        pytest.param({"a.go": "package a\n", "b_windows.c": ""}, True, False, id="C of another platform"),
        pytest.param({"a.go": "package a\n", "b.S": "", "c.s": "", "d.h": ""}, True, False, id="no C"),
    ],
)
def test_c_without_cgo_is_refused(files: dict[str, str], cgo: bool, refused: bool) -> None:
    platform = Platform("linux", "amd64", cgo)
    directory, _ = read_directory("_a", "m/_a", files, lambda path: files[path[3:]].encode(), unlisted=True)
    package, _ = fold(directory, {}, GoView(platforms=(platform,), release=(1, 26)))
    assert isinstance(package, GoPackage)
    assert package.is_refused(platform) is refused
