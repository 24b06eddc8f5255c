"""MODULE.bazel kept in step."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.bazel.override import ModuleOverride
from bazel_xc.bazel.use_repo import ModuleWants, checked, updated
from bazel_xc.buildfile.declarations import MARK
from bazel_xc.buildfile.module_file import NAME, ExtensionUse, read_module_file, read_module_files
from bazel_xc.buildfile.parser import parse
from bazel_xc.model import Diagnostic, Severity

HEAD = """\
module(name = "repo")

bazel_dep(name = "gazelle", version = "0.51.3")

go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")
go_deps.from_file(go_mod = "//:go.mod")
"""
OVERRIDE = f"""
{MARK}
go_deps.gazelle_override(
    build_file_generation = "off",
    path = "github.com/karalabe/hid",
)

{MARK}
go_deps.module_override(
    patch_strip = 1,
    patches = ["//third_party/bazel_xc:hid/build.patch"],
    path = "github.com/karalabe/hid",
)
"""
HID = ModuleOverride(
    path="github.com/karalabe/hid", patches=("//third_party/bazel_xc:hid/build.patch",), generation="off"
)


def _updated(data: bytes, wants: ModuleWants) -> tuple[bytes, tuple[Diagnostic, ...]]:
    return updated(read_module_file(data), wants)


def text_of(old: str, wants: ModuleWants) -> str:
    new, said = _updated(old.encode(), wants)
    assert said == ()
    again, _ = _updated(new, wants)
    assert again == new, "a second run changes it"
    return new.decode()


def repos(*names: str) -> ModuleWants:
    return ModuleWants(repositories=frozenset(names), known=frozenset({"a", "b", "c", "gone"}))


@pytest.mark.parametrize(
    ("old", "names", "new"),
    [
        pytest.param('use_repo(go_deps, "a", "b")\n', "a b", 'use_repo(go_deps, "a", "b")\n', id="as it is"),
        pytest.param('use_repo(go_deps, "a", "c")\n', "a b", 'use_repo(go_deps, "a", "b")\n', id="one line"),
        pytest.param(
            'use_repo(\n    go_deps,\n    "a",\n    "c",\n)\n',
            "a b c",
            'use_repo(\n    go_deps,\n    "a",\n    "b",\n    "c",\n)\n',
            id="in its place",
        ),
        pytest.param(
            'use_repo(\n    go_deps,\n    "c",\n    "a",\n)\n',
            "a b c",
            'use_repo(\n    go_deps,\n    "c",\n    "a",\n    "b",\n)\n',
            id="order of their own",
        ),
        pytest.param(
            'use_repo(\n    go_deps,\n    # why a\n    "a",\n    "b",  # why b\n    "c",\n    # the end\n)\n',
            "a b",
            'use_repo(\n    go_deps,\n    # why a\n    "a",\n    "b",  # why b\n    # the end\n)\n',
            id="comments",
        ),
        pytest.param(
            'use_repo(go_deps, "a", "gone", x = "b")\n',
            "a b",
            'use_repo(go_deps, "a", x = "b")\n',
            id="renamed",
        ),
        pytest.param(
            'use_repo(\n    go_deps,\n    "a",\n    "tool",  # keep\n)\n',
            "a",
            'use_repo(\n    go_deps,\n    "a",\n    "tool",  # keep\n)\n',
            id="kept",
        ),
        pytest.param('use_repo(go_deps, "a")\n', "", "", id="none is left"),
        pytest.param(
            'use_repo(\n    go_deps,\n    "a",\n    tool = "gone",  # keep\n)\n',
            "a",
            'use_repo(\n    go_deps,\n    "a",\n    tool = "gone",  # keep\n)\n',
            id="kept under another name",
        ),
        pytest.param("", "a", 'use_repo(\n    go_deps,\n    "a",\n)\n', id="new"),
        pytest.param(
            'use_repo(go_deps, "bazel_gazelle_go_repository_config")\n',
            "",
            'use_repo(go_deps, "bazel_gazelle_go_repository_config")\n',
            id="what is no module",
        ),
        pytest.param(
            'use_repo(go_deps, "a")\nuse_repo(other, "b")\n',
            "a c",
            'use_repo(go_deps, "a", "c")\nuse_repo(other, "b")\n',
            id="another extension",
        ),
    ],
)
def test_use_repo(old: str, names: str, new: str) -> None:
    assert text_of(HEAD + old, repos(*names.split())) == HEAD + new


def test_what_only_development_uses_stays_there() -> None:
    old = (
        HEAD
        + 'use_repo(go_deps, "a")\n\n'
        + 'dev = use_extension("@gazelle//:extensions.bzl", "go_deps", dev_dependency = True)\n'
        + 'use_repo(dev, "b", "c")\n'
    )
    wanted = old.replace('"a"', '"a", "d"').replace('"b", "c"', '"b"')
    assert text_of(old, repos("a", "b", "d")) == wanted


def test_a_variable_that_is_used_again_is_read_once() -> None:
    development = 'go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps", dev_dependency = True)\n'
    old = HEAD + 'use_repo(go_deps, "a")\n\n' + development + 'use_repo(go_deps, "b", "c")\n'
    assert text_of(old, repos("a", "b")) == old.replace(', "c"', "")


def test_a_name_of_an_unknown_module_stays_and_is_said() -> None:
    """Another Bazel module may require it, and then the extension makes a repository of it."""
    old = HEAD + 'use_repo(go_deps, "a", "c", "com_other", own = "org_other")\n'
    new, _ = _updated(old.encode(), repos("a"))
    new, said = _updated(new, repos("a"))
    assert new.decode() == old.replace('"c", ', "")
    assert [str(each) for each in said] == [
        f"MODULE.bazel:7: warning: no module in go.mod or go.sum gives the repository {name}, so its name "
        "stays (remove it if no other Bazel module needs it, or mark it # keep)"
        for name in ("com_other", "org_other")
    ]


@pytest.mark.parametrize(
    ("dep", "file"),
    [
        pytest.param('bazel_dep(name = "gazelle")', "@gazelle//:extensions.bzl", id="by its name"),
        pytest.param(
            'bazel_dep(name = "gazelle", repo_name = "gz")', "@gz//:extensions.bzl", id="by a name of its own"
        ),
        pytest.param('bazel_dep(name = "gazelle")', "@bazel_gazelle//:extensions.bzl", id="by its old name"),
        pytest.param('bazel_dep(name = "gazelle")', "@@gazelle+//:extensions.bzl", id="canonical"),
        pytest.param('bazel_dep(name = "gazelle")', "@@gazelle~0.38.0//:extensions.bzl", id="canonical, old"),
        pytest.param('module(name = "gazelle")', "//:extensions.bzl", id="in itself"),
    ],
)
def test_the_extension_is_known_by_its_file(dep: str, file: str) -> None:
    use = f'{dep}\ngo_deps = use_extension("{file}", "go_deps")\ngo_deps.from_file(go_mod = "//:go.mod")\n'
    assert text_of(use + 'use_repo(go_deps, "a", "c")\n', repos("a")) == use + 'use_repo(go_deps, "a")\n'


@pytest.mark.parametrize(
    "use",
    [
        pytest.param('go_deps = use_extension("//tools:mine.bzl", "go_deps")', id="a file of their own"),
        pytest.param('go_deps = use_extension("//:extensions.bzl", "go_deps")', id="of the same name"),
        pytest.param('go_deps = use_extension("@other//:extensions.bzl", "go_deps")', id="of another module"),
        pytest.param('go_deps = use_extension("//tools:mine.bzl", "mine")', id="by the variable's name"),
    ],
)
def test_another_extension_of_the_name_is_left_alone(use: str) -> None:
    old = f'bazel_dep(name = "gazelle")\n{use}\nuse_repo(go_deps, "a", "c")\n'
    new, said = _updated(old.encode(), repos("a", "b"))
    assert new.decode() == old
    assert [(each.line, each.code) for each in said] == [(2, "other-extension")]


def test_names_that_cannot_be_read_are_left() -> None:
    old = HEAD + "use_repo(go_deps, *NAMES)\n"
    new, said = _updated(old.encode(), repos("a"))
    assert new.decode() == old
    assert [(each.line, each.code) for each in said] == [(7, "use-repo")]


def test_the_extension_is_brought_in() -> None:
    wants = ModuleWants(
        repositories=frozenset({"b", "a"}), source=("go_work", "//:go.work"), gazelle=("gazelle", "0.51.3")
    )
    assert text_of('module(name = "repo")\n', wants) == (
        'module(name = "repo")\n\n'
        'bazel_dep(name = "gazelle", version = "0.51.3")\n\n'
        'go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")\n'
        'go_deps.from_file(go_work = "//:go.work")\n'
        'use_repo(\n    go_deps,\n    "a",\n    "b",\n)\n'
    )


def test_the_extension_is_brought_in_by_the_name_that_gazelle_has() -> None:
    dep = 'bazel_dep(name = "gazelle", version = "0.40.0", repo_name = "gz")\n'
    new = text_of(dep, repos("a"))
    assert new.startswith(dep + '\ngo_deps = use_extension("@gz//:extensions.bzl", "go_deps")\n')


def test_an_extension_may_be_named_by_keywords() -> None:
    old = HEAD.replace('"@gazelle', 'extension_bzl_file = "@gazelle').replace(
        '"go_deps")', 'extension_name = "go_deps")'
    )
    assert text_of(old + 'use_repo(go_deps, "a", "c")\n', repos("a")) == old + 'use_repo(go_deps, "a")\n'


def test_from_file_is_added() -> None:
    old = HEAD.replace('go_deps.from_file(go_mod = "//:go.mod")\n', "")
    assert text_of(old, repos("a")) == HEAD + 'use_repo(\n    go_deps,\n    "a",\n)\n'


def test_modules_that_are_listed_one_by_one_need_no_file() -> None:
    module = 'go_deps.module(\n    path = "a.org/a",\n    sum = "h1:x",\n    version = "v1.0.0",\n)\n'
    old = HEAD.replace('go_deps.from_file(go_mod = "//:go.mod")\n', module) + 'use_repo(go_deps, "org_a_a")\n'
    assert text_of(old, repos("org_a_a")) == old


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            'module(name = "x")\n\nbazel_dep(name = "a", version = "1.0")  # why\n\nrest()\n',
            'module(name = "x")\n\nbazel_dep(name = "a", version = "1.0")  # why\n'
            'bazel_dep(name = "libpng", version = "1.6")\n\nrest()\n',
            id="behind the others",
        ),
        pytest.param(
            'bazel_dep(name = "libpng", version = "1.5")\n',
            'bazel_dep(name = "libpng", version = "1.5")\n',
            id="a version that is there stays",
        ),
        pytest.param(
            'module(name = "x")',
            'module(name = "x")\n\nbazel_dep(name = "libpng", version = "1.6")\n',
            id="no line end",
        ),
        pytest.param("", 'bazel_dep(name = "libpng", version = "1.6")\n', id="empty"),
    ],
)
def test_bazel_dep(old: str, new: str) -> None:
    assert text_of(old, ModuleWants(repositories=frozenset(), deps=(("libpng", "1.6"),))) == new


def test_repositories_that_nobody_asks_for_are_left() -> None:
    old = HEAD + 'use_repo(go_deps, "a")\n'
    assert text_of(old, ModuleWants(repositories=None)) == old


def _fails(path: str, error: Exception) -> None:
    raise AssertionError(path) from error


def test_what_may_stand_in_an_included_file_is_not_added() -> None:
    old = 'module(name = "repo")\n\ninclude("//:go.MODULE.bazel")\n'
    (module,) = read_module_files({NAME: old.encode()}.get, _fails)
    new, said = updated(module, repos("a"))
    assert new.decode() == old
    assert [(each.line, each.code) for each in said] == [(3, "included")]


def test_overrides_come_and_go() -> None:
    wants = ModuleWants(repositories=frozenset(), overrides=(HID,))
    assert text_of(HEAD, wants) == HEAD + OVERRIDE
    assert text_of(HEAD + OVERRIDE, repos()) == HEAD


def test_an_override_changes() -> None:
    patches = ("//third_party/bazel_xc:hid/build.patch",)
    other = ModuleOverride(path=HID.path, patches=patches, directives=("gazelle:exclude c",))
    new = text_of(HEAD + OVERRIDE, ModuleWants(repositories=frozenset(), overrides=(other,)))
    assert new == HEAD + OVERRIDE.replace(
        'build_file_generation = "off"', 'directives = ["gazelle:exclude c"]'
    )


def _own(patches: str, more: str = "") -> str:
    return f'go_deps.module_override(\n{more}    patches = [{patches}],\n    path = "{HID.path}",\n)\n'


def test_ours_is_added_to_an_override_of_the_user() -> None:
    override = ModuleOverride(path=HID.path, patches=HID.patches, strip=0)
    wants = ModuleWants(repositories=frozenset(), overrides=(override,))
    both = f'\n        "//:mine.patch",\n        "{HID.patches[0]}",  {MARK}\n    '
    assert text_of(HEAD + _own('"//:mine.patch"'), wants) == HEAD + _own(both)
    alone = HEAD + _own('\n        "//:mine.patch",\n    ')
    assert text_of(HEAD + _own(both), repos()) == alone
    assert text_of(alone, repos()) == alone


def test_ours_is_the_only_patch_of_an_override() -> None:
    own = f'go_deps.module_override(\n    path = "{HID.path}",\n    repo_name = "hid",\n)\n'
    override = ModuleOverride(path=HID.path, patches=HID.patches)
    new = text_of(HEAD + own, ModuleWants(repositories=frozenset(), overrides=(override,)))
    assert f"    {MARK}\n    patch_strip = 1," in new
    assert f'        "{HID.patches[0]}",  {MARK}\n' in new
    assert text_of(new, repos()) == HEAD + own


def test_a_value_of_the_user_is_in_the_way() -> None:
    own = f'go_deps.gazelle_override(\n    build_file_generation = "clean",\n    path = "{HID.path}",\n)\n'
    new, said = _updated((HEAD + own).encode(), ModuleWants(repositories=frozenset(), overrides=(HID,)))
    assert own in new.decode()
    assert [(each.line, each.code) for each in said] == [(7, "own-override")]


NAMES = st.sets(st.sampled_from([f"com_github_{letter}" for letter in "abcdefgh"]))
LINES = st.lists(
    st.sampled_from(
        [
            "# a comment",
            'bazel_dep(name = "other", version = "1.0")',
            'other = use_extension("@o//:e.bzl", "o")',
            'use_repo(other, "x")  # why',
            "",
            "register_toolchains(\n  '@x//:all' )",
        ]
    ),
    max_size=6,
)


@given(LINES, LINES, NAMES, NAMES, st.booleans())
def test_every_other_byte_stays(
    before: list[str], after: list[str], there: set[str], wanted: set[str], crlf: bool
) -> None:
    """What stands before and behind use_repo comes out as it was, and what it brings in is what is wanted."""
    use = "".join(f'    "{name}",  # {name}\n' for name in sorted(there))
    call = f"use_repo(\n    go_deps,\n{use})\n" if there else ""
    head = "\n".join(["module()", *before, HEAD.partition("\n\n")[2]])
    tail = "\n".join(["# behind", *after, ""])
    newline = "\r\n" if crlf else "\n"
    old = f"{head}{call}{tail}".replace("\n", newline).encode()
    wants = ModuleWants(repositories=frozenset(wanted), known=frozenset(there))
    new, said = _updated(old, wants)
    assert said == ()
    assert new.startswith(head.replace("\n", newline).encode())
    assert new.endswith(tail.replace("\n", newline).encode())
    calls = [each for each in parse("MODULE.bazel", new).calls if each.kind == "use_repo"]
    names = re.findall(r'"(com_\w+)"', "".join(new[c.span.start : c.span.end].decode() for c in calls))
    assert sorted(names) == sorted(wanted)
    assert _updated(new, wants)[0] == new


def test_statements_on_the_line_of_another_stay() -> None:
    old = (
        "\ufeff# coding: latin-1\n"
        'bazel_dep(name = "gazelle", version = "0.51.3"); other(\n    name = "ü",\n)\n'
        'go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")\n'
        'go_deps.from_file(go_mod = "//:go.mod")\n'
        'use_repo(go_deps, "gone"); precious(name = "x")\n'
    )
    wants = ModuleWants(repositories=frozenset(), known=frozenset({"gone"}), deps=(("zlib", "1.3"),))

    assert text_of(old, wants) == (
        "\ufeff# coding: latin-1\n"
        'bazel_dep(name = "gazelle", version = "0.51.3")\nbazel_dep(name = "zlib", version = "1.3"); '
        'other(\n    name = "ü",\n)\n'
        'go_deps = use_extension("@gazelle//:extensions.bzl", "go_deps")\n'
        'go_deps.from_file(go_mod = "//:go.mod")\n'
        'precious(name = "x")\n'
    )


def test_byte_order_mark_stays_first() -> None:
    new, _ = updated(
        read_module_file("\ufeff".encode()), ModuleWants(repositories=None, deps=(("zlib", "1.3"),))
    )

    assert new.decode() == '\ufeffbazel_dep(name = "zlib", version = "1.3")\n'


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        pytest.param(b'module(name = "m")\nuse_repo(go_deps)\n', "the statement of line 2 is lost", id="dep"),
        pytest.param(b'module(name = "m")\nbazel_dep(name = "a"', "it cannot be parsed", id="broken"),
        pytest.param(
            b'module(name = "n")\nbazel_dep(name = "a")  # why\nuse_repo(go_deps)\n',
            "the statement of line 1 is lost",
            id="attribute",
        ),
        pytest.param(
            b'module(name = "m")\nbazel_dep(name = "a")\nuse_repo(go_deps)\n',
            "the comment of line 2 is lost",
            id="comment",
        ),
    ],
)
def test_text_that_lacks_something_is_never_handed_on(new: bytes, problem: str) -> None:
    """Whatever goes wrong with edits."""
    old = b'module(name = "m")\nbazel_dep(name = "a")  # why\nuse_repo(go_deps, "x")\n'
    file = parse("MODULE.bazel", old)

    data, (said,) = checked(file, new, [_use("go_deps")], ())

    assert data == old
    assert said.severity is Severity.ERROR
    assert problem in said.message


def test_names_of_use_repo_may_come_and_go() -> None:
    file = parse("MODULE.bazel", b'bazel_dep(name = "a")\nuse_repo(go_deps, "x")\n')
    new = b'bazel_dep(name = "a")\nbazel_dep(name = "b")\nuse_repo(go_deps, "y", z = "w")\n'

    assert checked(file, new, [_use("go_deps")], ()) == (new, ())


def _use(variable: str) -> ExtensionUse:
    return ExtensionUse(
        variable=variable,
        file="@gazelle//:extensions.bzl",
        extension="go_deps",
        development=False,
        isolated=False,
        end=0,
    )


def test_overrides_come_with_the_extension_that_they_belong_to() -> None:
    """One run is enough where MODULE.bazel does not use go_deps yet."""
    data = b'module(name = "m")\n'
    override = ModuleOverride(path="a.org/b", patches=("//third_party:b.patch",))
    wants = ModuleWants(repositories=frozenset({"org_a_b"}), overrides=(override,))

    once, _ = _updated(data, wants)

    assert b"go_deps.module_override(" in once
    assert _updated(once, wants)[0] == once


def test_a_last_line_without_its_end() -> None:
    """What is added begins a line of its own, also behind blanks."""
    text = HEAD.rstrip("\n") + " "

    assert text_of(text, ModuleWants(repositories=frozenset({"org_a_b"}))).splitlines()[-4:] == [
        "use_repo(",
        "    go_deps,",
        '    "org_a_b",',
        ")",
    ]
    assert text_of("x = 1 ", ModuleWants(repositories=None)) == "x = 1 "


def test_of_two_tags_of_ours_for_one_module_one_goes() -> None:
    """Both at once, so that the next run has nothing to do."""
    wants = ModuleWants(repositories=frozenset(), overrides=(HID,))
    once = text_of(HEAD, wants)
    tag = once[once.index(MARK) : once.index(")\n", once.index(MARK)) + 2]

    twice = text_of(once.replace(tag, f"{tag}\n{tag}"), wants)

    assert twice.count(MARK) == once.count(MARK)
    assert text_of(twice, wants) == twice
