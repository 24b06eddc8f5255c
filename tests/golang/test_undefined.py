"""What does not compile where files are left out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bazel_xc.golang.left_out import Compiled, CompiledTests
from bazel_xc.golang.sources import Sources
from bazel_xc.golang.undefined import Undefined, undefined, undefined_findings
from bazel_xc.report.words import without_platforms
from bazel_xc.tree import MemoryTree

WINDOWS = ("windows_amd64", "windows_arm64")
KEY = "type Key struct{}\n\nfunc Sign() {}\n\nfunc (k Key) seal() {}\n"


def found(files: Mapping[str, str], left_out: set[str]) -> list[tuple[str, str, int, str, str]]:
    """Files are named DIRECTORY/NAME; a directory is a package that is imported as example.com/DIRECTORY."""
    imports = {
        path: frozenset(line.split('"')[1] for line in text.splitlines() if line.startswith("import"))
        for path, text in files.items()
    }
    packages = {path.partition("/")[0] for path in files}
    here = {package: {path for path in files if path.startswith(f"{package}/")} for package in packages}
    compiled = {
        f"example.com/{package}": Compiled(
            name="main" if package == "cmd" else package,
            files=frozenset(paths - left_out),
            imports=frozenset[str]().union(*(imports[path] for path in paths - left_out)),
        )
        for package, paths in here.items()
    }
    out = {f"example.com/{package}": frozenset(paths & left_out) for package, paths in here.items()}
    sources = Sources(MemoryTree({path: f"package p\n\n{text}".encode() for path, text in files.items()}))
    return [
        (each.import_path, each.file, each.line, each.name, ", ".join(each.declared_in))
        for each in undefined(compiled, out, sources)
    ]


@pytest.mark.parametrize(
    ("here", "name"),
    [
        pytest.param("func Use() { Sign() }", "Sign", id="function"),
        pytest.param("func Use(k *Key) {}", "Key", id="type"),
        pytest.param("func use() { k().seal() }", "seal", id="own method"),
        pytest.param("func use() { Sign := 1; _ = Sign }", "", id="another of that name"),
        pytest.param("func Sign() { Sign() }", "", id="declared here too"),
        pytest.param("type T struct { seal int }\n\nfunc use(t T) { t.seal = 1 }", "", id="another member"),
        pytest.param("func use(t T) { t.Sign() }", "", id="a method of who knows what"),
        pytest.param("func Use() { Sign( }", "", id="no Go"),
    ],
)
def test_in_the_package_itself(here: str, name: str) -> None:
    files = {"key/key.go": f'import "C"\n\n{KEY}', "key/rest.go": here}
    wanted = [("example.com/key", "key/rest.go", 3, name, "key/key.go")] if name else []
    assert found(files, {"key/key.go"}) == wanted


@pytest.mark.parametrize(
    ("importer", "name"),
    [
        pytest.param('import "example.com/key"\n\nvar _ = key.Sign()', "key.Sign", id="by its name"),
        pytest.param('import k "example.com/key"\n\nvar _ k.Key', "k.Key", id="by another name"),
        pytest.param('import "example.com/key"\n\nvar _ = key.Rest()', "", id="what is left"),
        pytest.param(
            'import "example.com/key"\n\nfunc f(key T) { key.Sign() }', "", id="a parameter of its name"
        ),
        pytest.param('import "example.com/key2"\n\nvar _ = key.Sign()', "", id="another package"),
    ],
)
def test_in_importers(importer: str, name: str) -> None:
    files = {"key/key.go": KEY, "key/rest.go": "func Rest() {}", "user/user.go": importer}
    wanted = [("example.com/user", "user/user.go", 5, name, "key/key.go")] if name else []
    assert found(files, {"key/key.go"}) == wanted


def test_a_command_without_its_main_function() -> None:
    files = {"cmd/main.go": 'import "C"\n\nfunc main() {}', "cmd/more.go": "var More = 1"}
    assert found(files, {"cmd/main.go"}) == [("example.com/cmd", "cmd/more.go", 1, "main", "cmd/main.go")]


def test_nothing_is_lost_where_nothing_is_left_out() -> None:
    assert found({"key/key.go": KEY, "key/rest.go": "func use() { Sign() }"}, set()) == []


INNER = 'import "testing"\n\nfunc TestSign(t *testing.T) { Sign() }'
OUTER = 'import "example.com/key"\n\nfunc TestSign() { key.Sign() }'
ANOTHER = 'import "example.com/other"\n\nfunc TestSign() { other.Sign() }'


@pytest.mark.parametrize(
    ("inner", "outer", "name"),
    [
        pytest.param(INNER, "", "Sign", id="inner"),
        pytest.param("", OUTER, "key.Sign", id="outer"),
        pytest.param("func Sign() {}", OUTER, "", id="exported_by_inner"),
        pytest.param(f"{INNER}\n\nfunc Sign() {{}}", "", "", id="declared_in_tests"),
        pytest.param(ANOTHER, "", "other.Sign", id="inner_with_another"),
        pytest.param("", ANOTHER, "other.Sign", id="outer_with_another"),
        pytest.param("", "func TestRest() { key.Rest() }", "", id="what_is_left"),
    ],
)
def test_in_tests(inner: str, outer: str, name: str) -> None:
    files = {
        "key/key.go": f'import "C"\n\n{KEY}',
        "key/rest.go": "func Rest() {}",
        "other/sign.go": f'import "C"\n\n{KEY}',
        "other/rest.go": "func Rest() {}",
        "key/key_test.go": inner,
        "key/out_test.go": outer,
    }
    assert _found_in_tests(files, {"key/key.go", "other/sign.go"}) == ([name] if name else [])


def test_tests_of_what_is_left_out_altogether_or_does_not_compile() -> None:
    files = {"key/key.go": f'import "C"\n\n{KEY}', "key/key_test.go": INNER, "key/out_test.go": ""}
    assert _found_in_tests(files, {"key/key.go"}) == []

    files["key/rest.go"] = "func use() { Sign() }"
    assert _found_in_tests(files, {"key/key.go"}) == []


def _found_in_tests(files: Mapping[str, str], left_out: set[str]) -> list[str]:
    """The names that the tests of key lack; ``key_test.go`` are inner tests, ``out_test.go`` outer ones."""

    def compiled(name: str, *paths: str) -> Compiled:
        here = [path for path in paths if path in files and path not in left_out]
        lines = (line for path in here for line in files[path].splitlines())
        imports = frozenset(line.split('"')[1] for line in lines if line.startswith("import"))
        return Compiled(name=name, files=frozenset(here), imports=imports)

    packages = {
        "example.com/key": compiled("key", "key/key.go", "key/rest.go"),
        "example.com/other": compiled("other", "other/sign.go", "other/rest.go"),
    }
    out = {f"example.com/{path.partition('/')[0]}": frozenset({path}) for path in left_out}
    tests = CompiledTests(
        inner=compiled("", "key/key_test.go"),
        outer=compiled("", "key/out_test.go"),
        inner_left_out=frozenset(),
        outer_left_out=frozenset(),
    )
    sources = Sources(MemoryTree({path: f"package p\n\n{text}".encode() for path, text in files.items()}))
    found = undefined(packages, out, sources, {"example.com/key": tests})
    return [each.name for each in found if each.in_tests]


@pytest.mark.parametrize(
    ("files", "with_cgo", "message", "remedy"),
    [
        ("key.go", WINDOWS, "key.go, which is not compiled on ", "enable cgo there, "),
        ("a.go key.go", (), "a.go and key.go, which are not compiled on ", ""),
        ("a.go b.go key.go", (), "a.go, b.go and key.go, which are not compiled on ", ""),
        (
            "a.go b.go c.go key.go",
            WINDOWS[:1],
            "a.go, b.go and 2 more files, which are not compiled on ",
            "enable cgo on windows_amd64, ",
        ),
    ],
)
def test_it_is_said_with_what_to_do(files: str, with_cgo: tuple[str, ...], message: str, remedy: str) -> None:
    use = Undefined(
        import_path="example.com/key",
        file="/cache/key/rest.go",
        line=7,
        name="Sign",
        declared_in=tuple(f"/cache/key/{each}" for each in files.split()),
        platforms=WINDOWS,
        with_cgo=with_cgo,
    )
    (finding,) = undefined_findings([use], {"example.com/key": "src/key"})
    assert (f"{finding.path}:{finding.line}", finding.message, finding.remedy) == (
        "src/key/rest.go:7",
        f"Sign is declared only in {message}windows_amd64, windows_arm64",
        f"{remedy}add a declaration, or give this file the same build constraint",
    )
    assert without_platforms(finding.message) == f"Sign is declared only in {message}".partition(", which")[0]
