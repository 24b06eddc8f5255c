"""The macro with go_repository rules, kept in step with the build list."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.bazel.repository_macro import MacroPlace, find_macro, new_macro, updated_macro
from bazel_xc.golang.build_list import BuildList, BuildModule

PLACE = MacroPlace("deps.bzl", "go_dependencies")
HEAD = (
    'load("@bazel_gazelle//:deps.bzl", "go_repository")\n\ndef go_dependencies():\n    """All of them."""\n'
)
A = BuildModule(path="a.org/a", version="v1.0.0", sum="h1:a=")
B = BuildModule(path="b.org/b", version="v1.0.0", sum="h1:b=")
LOCAL = BuildModule(path="l.org/l", version="v1.0.0", local="./l")
REPLACED = BuildModule(
    path="a.org/a", version="v1.0.0", replace_path="z.org/z", replace_version="v3.0.0", sum="h1:z="
)
RULE_A = """\
    go_repository(
        name = "org_a_a",
        importpath = "a.org/a",
        sum = "h1:a=",
        version = "v1.0.0",
    )
"""
RULE_B = RULE_A.replace("_a_a", "_b_b").replace("a.org/a", "b.org/b").replace("h1:a", "h1:b")
OURS = ModuleOverride(
    path="a.org/a", patches=("//third_party/bazel_xc:org_a_a/build.patch",), generation="off"
)


def text_of(
    old: str, *modules: BuildModule, whole: bool = True, overrides: Mapping[str, ModuleOverride] | None = None
) -> tuple[str, tuple[str, ...]]:
    new, said = updated_macro(
        PLACE, old.encode(), BuildList(modules, whole), frozenset({"m.org/m"}), overrides or {}
    )
    again = updated_macro(PLACE, new, BuildList(modules, whole), frozenset({"m.org/m"}), overrides or {})
    assert again[0] == new
    return new.decode(), tuple(each.code for each in said)


@pytest.mark.parametrize(
    ("old", "modules", "new"),
    [
        pytest.param(RULE_A, (A,), RULE_A, id="as it is"),
        pytest.param("", (B, A), RULE_A + RULE_B, id="new ones by name"),
        pytest.param(RULE_B, (A, B), RULE_A + RULE_B, id="before another"),
        pytest.param(RULE_A + RULE_B, (B,), RULE_B, id="one goes"),
        pytest.param(
            RULE_A.replace("v1.0.0", "v0.9.0").replace("h1:a=", "h1:old="), (A,), RULE_A, id="another version"
        ),
        pytest.param(
            RULE_A.replace("org_a_a", "my_a"), (A,), RULE_A.replace("org_a_a", "my_a"), id="a name of its own"
        ),
        pytest.param(
            RULE_A.replace("        sum", '        build_tags = ["x"],\n        sum'),
            (A,),
            RULE_A.replace("        sum", '        build_tags = ["x"],\n        sum'),
            id="other attributes stay",
        ),
        pytest.param(
            RULE_A.replace('version = "v1.0.0"', 'version = "v0.9.0",  # keep').replace("# keep,", "# keep"),
            (A,),
            RULE_A.replace('version = "v1.0.0"', 'version = "v0.9.0",  # keep').replace("# keep,", "# keep"),
            id="kept version",
        ),
        pytest.param(f"    # keep\n{RULE_A}", (), f"    # keep\n{RULE_A}", id="kept rule"),
        pytest.param(
            RULE_A,
            (REPLACED,),
            RULE_A.replace("        sum", '        replace = "z.org/z",\n        sum')
            .replace("h1:a=", "h1:z=")
            .replace("v1.0.0", "v3.0.0"),
            id="replaced",
        ),
        pytest.param(
            "    other(\n        name = 'x',\n    )\n" + RULE_A,
            (A,),
            "    other(\n        name = 'x',\n    )\n" + RULE_A,
            id="other calls",
        ),
    ],
)
def test_rules(old: str, modules: tuple[BuildModule, ...], new: str) -> None:
    assert text_of(HEAD + old, *modules) == (HEAD + new, ())


def test_what_another_file_declares_is_left_to_it() -> None:
    assert text_of(HEAD, BuildModule(path="m.org/m", version="v1.0.0", sum="h1:m=")) == (HEAD, ())


def test_directories_and_modules_without_checksum_are_said() -> None:
    unknown = BuildModule(path="u.org/u", version="v1.0.0")
    assert text_of(HEAD + RULE_A, A, LOCAL, unknown) == (HEAD + RULE_A, ("no-checksum", "local-module"))


def test_nothing_goes_where_the_list_is_not_whole() -> None:
    assert text_of(HEAD + RULE_A, B, whole=False) == (HEAD + RULE_A + RULE_B, ("build-list",))


def test_overrides_come_and_go() -> None:
    with_override = RULE_A.replace(
        "        importpath", '        build_file_generation = "off",\n        importpath'
    ).replace(
        "        sum",
        '        patch_args = ["-p1"],\n'
        '        patches = ["//third_party/bazel_xc:org_a_a/build.patch"],\n'
        "        sum",
    )
    assert text_of(HEAD + RULE_A, A, overrides={"a.org/a": OURS}) == (HEAD + with_override, ())
    assert text_of(HEAD + with_override, A) == (HEAD + RULE_A, ())


def test_patches_of_the_users_own_stand() -> None:
    own = RULE_A.replace("        sum", '        patches = ["//:mine.patch"],\n        sum')
    assert text_of(HEAD + own, A, overrides={"a.org/a": OURS}) == (HEAD + own, ("own-override",))


def test_directives_of_a_person_stay_beside_ours() -> None:
    """Ours come and go with our comment; nothing of theirs changes."""
    own = RULE_A.replace(
        '        importpath = "a.org/a",\n',
        '        build_directives = ["gazelle:proto disable"],\n        importpath = "a.org/a",\n',
    )
    both = (
        "        build_directives = [\n"
        '            "gazelle:proto disable",\n'
        '            "gazelle:exclude c",  # Kept by bazel-xc.\n'
        "        ],\n"
    )
    override = ModuleOverride(path="a.org/a", patches=OURS.patches, directives=("gazelle:exclude c",))
    text, said = text_of(HEAD + own, A, overrides={"a.org/a": override})
    assert both in text
    assert '        # Kept by bazel-xc.\n        patches = ["//third_party/bazel_xc:' in text
    assert (text.count("# Kept by bazel-xc."), said) == (3, ())
    without = text_of(text, A)[0]
    assert without.replace("[\n            ", "[").replace(",\n        ]", "]") == HEAD + own


def test_a_new_macro() -> None:
    text, _ = text_of(new_macro("go_dependencies").decode(), A)
    assert text.endswith(f'build."""\n{RULE_A}')


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def other():\n    pass\n", id="no such function"),
        pytest.param("def go_dependencies():\n  pass\n", id="two spaces"),
        pytest.param("def go_dependencies(:\n", id="no Starlark"),
    ],
)
def test_what_cannot_be_read_is_left(text: str) -> None:
    assert text_of(text, A) == (text, ("repository-macro",))


def test_the_macro_that_the_workspace_names() -> None:
    texts = {"WORKSPACE": b"# gazelle:repository_macro third_party/deps.bzl%go_deps\n"}
    assert find_macro(texts.get) == MacroPlace("third_party/deps.bzl", "go_deps")
    assert find_macro({"WORKSPACE": b""}.get) is None


PATHS = st.sets(st.sampled_from([f"{letter}.org/{letter}" for letter in "abcdefg"]))


@given(PATHS, PATHS, st.text(alphabet="# abc=()\n", max_size=20))
def test_what_stands_around_the_function_stays(there: set[str], wanted: set[str], comment: str) -> None:
    before = "".join(f"# {line}\n" for line in comment.splitlines())
    rules = "".join(
        RULE_A.replace("a.org/a", path).replace("_a_a", f"_{path[0]}_{path[0]}") for path in sorted(there)
    )
    tail = "\ndef other():\n    go_repository(name = 'x', importpath = 'q.org/q')\n"
    modules = [BuildModule(path=path, version="v1.0.0", sum="h1:a=") for path in wanted]
    new, _ = text_of(before + HEAD + rules + tail, *modules)
    assert new.startswith(before + HEAD)
    assert new.endswith(tail)
    assert new.count("importpath") == len(wanted) + 1
