"""Who provides what: the order of attempts, what settles what, and how it is told that nobody does."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.buildfile.module_file import BazelDep
from bazel_xc.buildfile.repositories import Repositories
from bazel_xc.buildfile.settings import CResolve
from bazel_xc.cgo.needs import CNeed, NeedKind
from bazel_xc.clibs.index import CIndex
from bazel_xc.clibs.offer import CRule, Visibility
from bazel_xc.clibs.registry import registry_from, system_from
from bazel_xc.clibs.resolution import Outcome, Providers, Status
from bazel_xc.clibs.resolve import resolve
from bazel_xc.config import Resolve
from bazel_xc.model import Label

REGISTRY = registry_from(
    """
    [[library]]
    name = "libpng"
    headers = ["png.h"]
    libs = ["png", "png16"]
    pkg_config = ["libpng"]
    module = "libpng"
    version = "1.6.50"
    labels = ["@libpng//:libpng"]
    debian = "libpng-dev"
    msys2 = "mingw-w64-libpng"
    windows_arm64 = "true"

    [[library]]
    name = "zlib"
    headers = ["zlib.h"]
    libs = ["z"]
    pkg_config = ["zlib"]
    module = "zlib"
    version = "1.3.1"
    labels = ["@zlib//:zlib"]

    [[library]]
    name = "openssl"
    headers = ["openssl/ssl.h", "openssl/evp.h"]
    libs = ["ssl", "crypto"]
    pkg_config = ["openssl", "libssl", "libcrypto"]
    module = "openssl"
    version = "3.3.1"
    labels = ["@openssl//:ssl", "@openssl//:crypto"]
    [library.picks]
    "openssl" = ["@openssl//:ssl", "@openssl//:crypto"]
    [library.links]
    "openssl" = ["ssl", "crypto"]

    [[library]]
    name = "boringssl"
    headers = ["openssl/ssl.h"]
    libs = ["ssl", "crypto"]
    module = "boringssl"
    version = "0.1"
    labels = ["@boringssl//:ssl", "@boringssl//:crypto"]

    [[library]]
    name = "gtk3"
    headers = ["gtk/gtk.h"]
    pkg_config = ["gtk+-3.0"]
    libs = ["gtk-3"]
    debian = "libgtk-3-dev"

    [[library]]
    name = "gtk4"
    headers = ["gtk/gtk.h"]
    pkg_config = ["gtk4"]
    debian = "libgtk-4-dev"

    [[library]]
    name = "lz4"
    headers = ["lz4.h", "lz4hc.h", "lz4file.h"]
    libs = ["lz4"]
    pkg_config = ["liblz4"]
    module = "lz4"
    version = "1.10"
    labels = ["@lz4//:lz4", "@lz4//:lz4_hc"]
    [library.picks]
    "lz4hc.h" = ["@lz4//:lz4_hc"]

    [[library]]
    name = "brotli"
    headers = ["brotli/encode.h"]
    libs = ["brotlienc", "brotlidec"]
    pkg_config = ["libbrotlienc"]
    module = "brotli"
    version = "1.1"
    labels = ["@brotli//:brotlienc", "@brotli//:brotlidec"]

    [[library]]
    name = "egl"
    headers = ["EGL/egl.h"]
    libs = ["EGL"]
    pkg_config = ["egl"]
    module = "egl-registry"
    version = "1"
    header_labels = ["@egl-registry//:EGL_headers"]

    [[library]]
    name = "seccomp"
    headers = ["seccomp.h"]
    libs = ["seccomp"]
    pkg_config = ["libseccomp"]
    debian = "libseccomp-dev"
    windows_arm64 = "false"

    [[library]]
    name = "libusb"
    headers = ["libusb-1.0/libusb.h"]
    libs = ["usb-1.0"]
    pkg_config = ["libusb-1.0"]
    module = "libusb"
    version = "1.0.27"
    labels = ["@libusb//:libusb"]

    [[library]]
    name = "uuid"
    headers = ["uuid/uuid.h"]
    libs = ["uuid"]
    module = "libuuid"
    version = "1"
    labels = ["@libuuid//:libuuid"]
    """
)
SYSTEMS = system_from(
    """
    [common]
    headers = ["stdio.h"]
    libs = ["m"]
    [os.linux]
    headers = ["sys/epoll.h"]
    libs = ["dl", "util"]
    [os.darwin]
    any_framework = true
    headers = ["zlib.h"]
    libs = ["z"]
    [os.windows]
    headers = ["windows.h"]
    libs = ["uuid", "ws2_32"]
    """
)
MODULES = ("libpng", "zlib", "openssl", "lz4", "brotli", "egl-registry", "libuuid")
DEPS = Repositories(bazel_deps=tuple(BazelDep(name, "9", name) for name in MODULES))
BARE = Providers(registry=REGISTRY, systems=SYSTEMS)
FULL = evolve(BARE, repositories=DEPS)
LINUX = frozenset({"linux_amd64"})
PUBLIC = Visibility(public=True)


def _need(text: str, *platforms: str) -> CNeed:
    """A need out of ``<png.h>``, ``-lpng``, ``png.pc``, ``-framework X`` or a path."""
    where = frozenset(platforms) or LINUX
    if text.startswith("<"):
        return CNeed(NeedKind.HEADER, text[1:-1], where, "p/x.go", 1)
    if text.startswith("-l"):
        return CNeed(NeedKind.LIB, text[2:], where, "p/x.go", 1)
    if text.startswith("-framework "):
        return CNeed(NeedKind.FRAMEWORK, text[11:], where, "p/x.go", 1)
    if text.endswith(".pc"):
        return CNeed(NeedKind.PKG_CONFIG, text[:-3], where, "p/x.go", 1)
    return CNeed(NeedKind.ARCHIVE, text, where, "p/x.go", 1)


def _told(outcome: Outcome) -> str:
    labels = [str(label) for label in outcome.labels]
    return " ".join([outcome.status.value, *labels, *outcome.flags])


def _resolved(providers: Providers, *texts: str, platform: str = "linux_amd64") -> list[str]:
    found = resolve([_need(text, platform) for text in texts], providers, "p", "example.com/p")
    return [_told(outcome) for outcome in found]


def _one(providers: Providers, text: str, platform: str = "linux_amd64") -> Outcome:
    (outcome,) = resolve([_need(text, platform)], providers, "p")
    return outcome


def _rule(
    label: str,
    *,
    headers: str = "",
    libs: str = "",
    declared: str = "",
    links: bool = True,
    visibility: Visibility = PUBLIC,
    target: str = "",
) -> CRule:
    parsed = Label.parse(label)
    return CRule(
        label=parsed,
        target=Label.parse(target or label),
        kind="cc_library",
        headers=frozenset(headers.split()),
        libs=frozenset((parsed.name, parsed.name.removeprefix("lib"), *libs.split(), *declared.split())),
        declared=frozenset(declared.split()),
        links=links,
        visibility=visibility,
    )


def _with(*rules: CRule, providers: Providers = FULL) -> Providers:
    return evolve(providers, index=CIndex(rules))


PNG = Resolve("lib", "png", ("//config:png",))
PNG_RULE = _rule("//lib:png", headers="png.h")
PNG_DIRECTIVE = CResolve("lib", "png", Label("", "said", "png"), "p")


@pytest.mark.parametrize(
    ("providers", "expected", "how"),
    [
        pytest.param(
            evolve(_with(PNG_RULE), resolves=(PNG,), directives=(PNG_DIRECTIVE,), system=frozenset({"png"})),
            "resolved //config:png",
            "[[resolve]] in bazel_xc.toml",
            id="config",
        ),
        pytest.param(
            evolve(_with(PNG_RULE), directives=(PNG_DIRECTIVE,), system=frozenset({"png"})),
            "resolved //said:png",
            "directive in //p",
            id="directive",
        ),
        pytest.param(
            evolve(_with(PNG_RULE), system=frozenset({"png"})),
            "system",
            "policy.system in bazel_xc.toml",
            id="policy",
        ),
        pytest.param(_with(PNG_RULE), "resolved //lib:png", "cc rule //lib:png", id="workspace"),
        pytest.param(FULL, "resolved @libpng//:libpng", "registry module libpng 9", id="registry"),
    ],
)
def test_attempts_are_made_in_order(providers: Providers, expected: str, how: str) -> None:
    outcome = _one(providers, "-lpng")

    assert (expected, how) == (_told(outcome), outcome.how)


@pytest.mark.parametrize(
    ("resolves", "expected"),
    [
        pytest.param([PNG], "resolved //config:png", id="everywhere"),
        pytest.param([Resolve("lib", "png", ("//a", "//b:c"))], "resolved //a:a //b:c", id="several_labels"),
        pytest.param(
            [PNG, Resolve("lib", "png", ("//here:png",), ("linux_amd64",))],
            "resolved //here:png",
            id="own_platform_before_all",
        ),
        pytest.param(
            [Resolve("lib", "png", ("//x:png",), ("darwin_arm64",))], "unresolved", id="other_platform"
        ),
        pytest.param([Resolve("pkg_config", "png", ("//x:png",))], "unresolved", id="other_kind"),
        pytest.param([Resolve("import", "example.com/p", ("//x:p",))], "resolved //x:p", id="import"),
        pytest.param([Resolve("import", "example.com/q", ("//x:p",))], "unresolved", id="other_import"),
    ],
)
def test_resolve_tables_hold_for_their_names_and_platforms(resolves: list[Resolve], expected: str) -> None:
    assert [expected] == _resolved(evolve(BARE, resolves=tuple(resolves)), "-lpng")


def test_a_library_table_answers_every_name() -> None:
    providers = evolve(FULL, resolves=(Resolve("library", "libpng", ("//x:png",)),))

    assert _resolved(providers, "libpng.pc", "-lpng16", "<png.h>") == ["resolved //x:png"] * 3
    assert _resolved(providers, "<png.h>") == ["resolved //x:png"]


@pytest.mark.parametrize(
    ("resolves", "need", "expected"),
    [
        pytest.param([PNG], "<png.h>", "resolved //config:png", id="other_kind"),
        pytest.param([PNG, Resolve("lib", "png16", ("//b",))], "-lpng16", "resolved //b:b", id="exact_first"),
        pytest.param(
            [PNG, Resolve("lib", "png16", ("//b",), ("linux_amd64",))],
            "<png.h>",
            "resolved //b:b",
            id="own_platform_first",
        ),
        pytest.param(
            [PNG, Resolve("library", "libpng", ("//b",))], "<png.h>", "resolved //b:b", id="library_first"
        ),
        pytest.param([PNG], "-lz", "unresolved", id="other_library"),
    ],
)
def test_a_table_for_one_name_answers_the_others_of_its_library(
    resolves: list[Resolve], need: str, expected: str
) -> None:
    assert [expected] == _resolved(evolve(BARE, resolves=tuple(resolves)), need)


def test_a_directive_goes_before_a_table_for_another_name() -> None:
    directive = CResolve("header", "png.h", Label("", "said", "png"), "p")

    assert _resolved(evolve(FULL, resolves=(PNG,), directives=(directive,)), "<png.h>") == [
        "resolved //said:png"
    ]


@pytest.mark.parametrize(
    ("rules", "need", "expected"),
    [
        pytest.param(
            [_rule("//x:seccomp-all"), _rule("//libseccomp:c")],
            "-lseccomp",
            'library = "seccomp"\nlabel = "//libseccomp:c"  # or //x:seccomp-all',
            id="library_of_the_table",
        ),
        pytest.param(
            [_rule("//x:nbd_all")], "-lnbd", 'lib = "nbd"\nlabel = "//x:nbd_all"', id="unknown_library"
        ),
        pytest.param(
            [_rule("//nbd:c")],
            "<nbd/a.h>",
            'header = "nbd/a.h"\nlabel = "//nbd:c"',
            id="header_by_its_folder",
        ),
    ],
)
def test_rules_with_similar_names_are_offered(rules: list[CRule], need: str, expected: str) -> None:
    outcome = _one(_with(*rules, providers=BARE), need)

    assert outcome.offer is not None
    assert outcome.offer.text == f"[[resolve]]\n{expected}"
    assert outcome.remedy.startswith(f"perhaps {outcome.offer.labels[0]}")


@pytest.mark.parametrize("need", ["-lm2", "-lfoo", "<foo.h>"])
def test_rules_with_other_names_are_not_offered(need: str) -> None:
    assert _one(_with(_rule("//x:m2x"), _rule("//x:bar"), providers=BARE), need).offer is None


def _bare(text: str) -> CRule:
    return evolve(_rule(text, headers="api.h", links=False), bare=True)


def _sources(text: str, *deps: str, inner: str = "", headers: str = "") -> CRule:
    return evolve(
        _rule(text, headers=headers),
        has_sources=True,
        deps=frozenset(map(Label.parse, deps)),
        inner_deps=frozenset(map(Label.parse, inner.split())),
    )


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param([_bare("//x:h")], "resolved //x:h", id="nobody_else"),
        pytest.param([_bare("//x:h"), _sources("//x:c", "//x:h")], "resolved //x:c", id="beside_it"),
        pytest.param([_bare("//x:h"), _sources("//y:c", "//x:h")], "resolved //y:c", id="elsewhere"),
        pytest.param(
            [_bare("//x:h"), _sources("//x:c", "//x:h"), _sources("//y:c", "//x:h")],
            "resolved //x:c",
            id="own_package_first",
        ),
        pytest.param(
            [_bare("//x:h"), _sources("//x:c", inner="//x:h")], "resolved //x:h //x:c", id="keeps_its_headers"
        ),
        pytest.param(
            [_bare("//x:h"), _sources("//x:a", "//x:h"), _sources("//x:b", "//x:h")],
            "resolved //x:h",
            id="two",
        ),
        pytest.param(
            [evolve(_bare("//x:h"), bare=False), _sources("//x:c", "//x:h")], "resolved //x:h", id="complete"
        ),
        pytest.param(
            [_bare("//x:h"), _sources("//x:c", "//x:h", headers="api.h")], "resolved //x:c", id="both_have_it"
        ),
    ],
)
def test_a_header_rule_without_sources_is_replaced_by_its_sources(rules: list[CRule], expected: str) -> None:
    assert _told(_one(_with(*rules, providers=BARE), "<api.h>")) == expected


def test_several_rules_with_the_sources_are_named() -> None:
    rules = (_bare("//x:h"), _sources("//x:a", "//x:h"), _sources("//x:b", "//x:h"))

    assert _one(_with(*rules, providers=BARE), "<api.h>").candidates == ("//x:a", "//x:b")


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param(["-lfoo", "<foo/extra.h>"], True, id="folder"),
        pytest.param(["-lfoo", "<foo.h>"], True, id="name"),
        pytest.param(["-lfoo", "<libfoo/a.h>"], True, id="lib_before_it"),
        pytest.param(["-lfoo", "<foobar.h>"], False, id="longer_name"),
        pytest.param(["-lbar", "<bar/a.h>"], False, id="not_provided"),
        pytest.param(["<foo/extra.h>"], False, id="alone"),
        pytest.param(["-lfoo", "-lbar"], False, id="no_header"),
    ],
)
def test_a_header_of_a_provided_library_is_minor(needs: list[str], expected: bool) -> None:
    providers = _with(_rule("//x:foo", headers="foo/a.h"), providers=BARE)
    outcomes = resolve(map(_need, needs), providers, "p")

    assert [each.minor for each in outcomes if each.status is Status.UNRESOLVED][-1:] == [expected]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("openssl/rare.h", ["openssl"], id="library_of_that_name"),
        pytest.param("openssl/ssl.h", ["openssl", "boringssl"], id="known_header"),
        pytest.param("gtk/rare.h", ["gtk3", "gtk4"], id="of_several"),
        pytest.param("rare/ssl.h", [], id="other_folder"),
        pytest.param("openssl.h", [], id="no_folder"),
    ],
)
def test_unknown_headers_belong_to_the_library_of_their_folder(header: str, expected: list[str]) -> None:
    assert [each.name for each in REGISTRY.find(NeedKind.HEADER, header)] == expected


def test_an_import_resolves_all_needs_of_its_package() -> None:
    providers = evolve(FULL, resolves=(Resolve("import", "example.com/p", ("//x:p",)),))
    needs = ("lib/x.a", "<png.h>", "<unknown.h>", "-lm", "libpng.pc")

    assert ["resolved //x:p"] * len(needs) == _resolved(providers, *needs)


def test_the_nearest_directive_wins() -> None:
    far = CResolve("lib", "png", Label("", "far", "png"))

    assert _resolved(evolve(FULL, directives=(PNG_DIRECTIVE, far)), "-lpng") == ["resolved //said:png"]


@pytest.mark.parametrize(
    ("system", "needs", "expected"),
    [
        pytest.param("png", ["-lpng"], ["system"], id="lib"),
        pytest.param("libpng", ["-lpng", "<png.h>"], ["system", "system"], id="by_name_of_the_library"),
        pytest.param("png", ["libpng.pc"], ["system -lpng"], id="pkg_config_becomes_flags"),
        pytest.param("openssl", ["openssl.pc"], ["system -lssl -lcrypto"], id="several_flags"),
        pytest.param("libnbd", ["libnbd.pc"], ["system -lnbd"], id="unknown_library"),
        pytest.param("nbd", ["-lnbd", "<libnbd.h>"], ["system", "system"], id="unknown_header_with_it"),
        pytest.param("openssl", ["<openssl/ssl.h>"], ["system"], id="one_of_two_libraries"),
        pytest.param("other", ["-lnbd"], ["unresolved"], id="another_name"),
    ],
)
def test_policy_system_keeps_flags(system: str, needs: list[str], expected: list[str]) -> None:
    assert expected == _resolved(evolve(BARE, system=frozenset({system})), *needs)


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param(["<stdio.h>", "-lm"], ["system", "system"], id="everywhere"),
        pytest.param(["<sys/epoll.h>", "-ldl"], ["system", "system"], id="own"),
        pytest.param(["<windows.h>"], ["unresolved"], id="of_another_system"),
        pytest.param(["bundled/libx.a"], ["bundled"], id="archive"),
        pytest.param(["-framework Cocoa"], ["unresolved"], id="no_frameworks"),
    ],
)
def test_the_system_has_what_it_has(needs: list[str], expected: list[str]) -> None:
    assert expected == _resolved(BARE, *needs)


def test_needs_end_differently_on_platforms() -> None:
    need = _need("-lz", "linux_amd64", "linux_arm64", "darwin_arm64")
    expected = (
        Outcome(need=need, platforms=frozenset({"darwin_arm64"}), status=Status.SYSTEM, how="part of darwin"),
        Outcome(
            need=need,
            platforms=frozenset({"linux_amd64", "linux_arm64"}),
            status=Status.RESOLVED,
            labels=(Label("zlib", "", "zlib"),),
            how="registry module zlib 9",
        ),
    )
    assert expected == resolve([need], FULL, "p")


@pytest.mark.parametrize(
    ("platform", "needs", "expected"),
    [
        pytest.param("darwin_arm64", ["zlib.pc"], ["system -lz"], id="pkg_config_of_a_system_library"),
        pytest.param("darwin_arm64", ["-framework Cocoa"], ["system"], id="framework"),
        pytest.param("windows_amd64", ["-luuid"], ["system"], id="same_name_on_windows"),
        pytest.param(
            "windows_amd64",
            ["-luuid", "<uuid/uuid.h>"],
            ["system", "resolved @libuuid//:libuuid"],
            id="same_name_is_not_the_same_library",
        ),
        pytest.param("linux_amd64", ["-luuid"], ["resolved @libuuid//:libuuid"], id="same_name_on_linux"),
    ],
)
def test_names_depend_on_the_system(platform: str, needs: list[str], expected: list[str]) -> None:
    assert expected == _resolved(FULL, *needs, platform=platform)


OTHER_PNG = _rule("//other:png", headers="png.h", libs="png")


@pytest.mark.parametrize(
    ("rules", "needs", "expected"),
    [
        pytest.param([PNG_RULE], ["<png.h>"], ["resolved //lib:png"], id="header"),
        pytest.param([_rule("//x:libpng")], ["libpng.pc"], ["resolved //x:libpng"], id="pkg_config_by_name"),
        pytest.param(
            [_rule("//x:graphics", headers="png.h")],
            ["-lpng"],
            ["resolved //x:graphics"],
            id="library_by_its_header",
        ),
        pytest.param(
            [_rule("//x:png_h", headers="png.h", links=False)],
            ["-lpng", "libpng.pc", "<png.h>"],
            ["resolved @libpng//:libpng"] * 3,
            id="headers_only_links_nothing",
        ),
        pytest.param(
            [_rule("//x:png_h", headers="png.h", links=False)],
            ["<png.h>"],
            ["resolved //x:png_h"],
            id="headers_only_gives_headers",
        ),
        pytest.param(
            [_rule("//x:ssl"), _rule("//x:crypto")],
            ["openssl.pc"],
            ["resolved //x:crypto //x:ssl"],
            id="pkg_config_of_two_libraries",
        ),
        pytest.param([PNG_RULE, OTHER_PNG], ["<png.h>"], ["ambiguous"], id="two_rules"),
        pytest.param(
            [_rule("//a:png", headers="png.h"), _rule("//b:other", headers="png.h", libs="png")],
            ["-lpng"],
            ["resolved //a:png"],
            id="two_rules_one_name",
        ),
        pytest.param(
            [_rule("//a:x", headers="png.h"), _rule("//b:y", headers="png.h", libs="q")],
            ["-lq", "<png.h>"],
            ["resolved //b:y", "resolved //b:y"],
            id="a_chosen_label_has_the_header",
        ),
        pytest.param(
            [PNG_RULE, _rule("//alias:png", headers="png.h", target="//lib:png")],
            ["<png.h>"],
            ["resolved //lib:png"],
            id="alias_beside_its_target",
        ),
        pytest.param(
            [
                evolve(PNG_RULE, visibility=Visibility()),
                _rule("//alias:png", headers="png.h", target="//lib:png"),
            ],
            ["<png.h>"],
            ["resolved //alias:png"],
            id="alias_of_what_is_hidden",
        ),
        pytest.param([_rule("//pkg:util")], ["-lutil"], ["system"], id="name_of_a_system_library_by_chance"),
        pytest.param(
            [_rule("//x:util", declared="util")],
            ["-lutil"],
            ["resolved //x:util"],
            id="rule_made_for_a_system_library",
        ),
        pytest.param(
            [_rule("//x:big", declared="util")], ["-lutil"], ["system"], id="rule_that_needs_it_only"
        ),
    ],
)
def test_cc_rules_of_the_workspace(rules: list[CRule], needs: list[str], expected: list[str]) -> None:
    assert expected == _resolved(_with(*rules), *needs)


def test_a_workspace_rule_goes_before_the_system() -> None:
    rule = _rule("//third_party/zlib:zlib", headers="zlib.h")

    assert (
        _resolved(_with(rule), "-lz", "<zlib.h>", platform="darwin_arm64")
        == ["resolved //third_party/zlib:zlib"] * 2
    )


def test_rules_that_are_not_visible_are_named() -> None:
    need = _need("<own.h>")
    rule = _rule("//lib:own", headers="own.h", visibility=Visibility())
    expected = Outcome(
        need=need,
        platforms=LINUX,
        status=Status.UNRESOLVED,
        candidates=("//lib:own",),
        tried=("cc rule //lib:own is not visible from //p",),
        remedy='add "//p:__pkg__" to the visibility of //lib:own',
    )
    assert (expected,) == resolve([need], _with(rule), "p")
    assert [_told(each) for each in resolve([need], _with(rule), "lib")] == ["resolved //lib:own"]


def test_what_a_hidden_rule_would_provide_may_come_from_elsewhere() -> None:
    rule = evolve(PNG_RULE, visibility=Visibility())

    assert _resolved(_with(rule), "-lpng") == ["resolved @libpng//:libpng"]


def test_two_rules_are_told_and_not_chosen_between() -> None:
    need = _need("<png.h>")
    expected = Outcome(
        need=need,
        platforms=LINUX,
        status=Status.AMBIGUOUS,
        candidates=("//lib:png", "//other:png"),
        tried=("2 cc rules of the workspace provide it",),
        remedy='name its label in bazel_xc.toml: [[resolve]] header = "png.h", label = "//..."',
    )
    assert (expected,) == resolve([need], _with(PNG_RULE, OTHER_PNG), "p")


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param(["-llz4"], ["resolved @lz4//:lz4"], id="label_of_that_name"),
        pytest.param(["liblz4.pc"], ["resolved @lz4//:lz4"], id="lib_is_left_out"),
        pytest.param(["<lz4hc.h>"], ["resolved @lz4//:lz4_hc"], id="as_the_table_picks"),
        pytest.param(["<lz4file.h>"], ["ambiguous"], id="no_label_of_that_name"),
        pytest.param(
            ["-llz4", "<lz4file.h>", "<lz4hc.h>"],
            ["resolved @lz4//:lz4", "resolved @lz4//:lz4", "resolved @lz4//:lz4_hc"],
            id="chosen_label_of_the_library",
        ),
        pytest.param(["-l:liblz4.a"], ["resolved @lz4//:lz4"], id="library_by_its_file"),
        pytest.param(["-lbrotlienc"], ["resolved @brotli//:brotlienc"], id="lib"),
        pytest.param(["libbrotlienc.pc"], ["resolved @brotli//:brotlienc"], id="pkg_config"),
        pytest.param(["<brotli/encode.h>"], ["ambiguous"], id="header_alone"),
        pytest.param(["openssl.pc"], ["resolved @openssl//:ssl @openssl//:crypto"], id="several_are_meant"),
        pytest.param(["<EGL/egl.h>"], ["resolved @egl-registry//:EGL_headers"], id="headers_label"),
        pytest.param(["-lEGL"], ["unresolved"], id="headers_label_links_nothing"),
        pytest.param(["egl.pc"], ["unresolved"], id="headers_label_is_no_package"),
    ],
)
def test_one_library_several_labels(needs: list[str], expected: list[str]) -> None:
    assert expected == _resolved(FULL, *needs)


SSL_AND_BORING = Repositories(
    bazel_deps=(BazelDep("openssl", "9", "openssl"), BazelDep("boringssl", "9", "boringssl"))
)


@pytest.mark.parametrize(
    ("repositories", "needs", "expected"),
    [
        pytest.param(SSL_AND_BORING, ["<openssl/ssl.h>"], ["ambiguous"], id="both_declared"),
        pytest.param(Repositories(), ["<openssl/ssl.h>"], ["ambiguous"], id="none_declared"),
        pytest.param(DEPS, ["<openssl/ssl.h>"], ["resolved @openssl//:ssl"], id="one_declared"),
        pytest.param(
            SSL_AND_BORING,
            ["libcrypto.pc", "<openssl/evp.h>", "<openssl/ssl.h>"],
            ["resolved @openssl//:crypto", "resolved @openssl//:crypto", "resolved @openssl//:ssl"],
            id="pkg_config_settles",
        ),
        pytest.param(
            SSL_AND_BORING,
            ["libssl.pc", "-lcrypto"],
            ["resolved @openssl//:ssl", "resolved @openssl//:crypto"],
            id="pkg_config_settles_lib",
        ),
        pytest.param(Repositories(), ["<gtk/gtk.h>"], ["ambiguous"], id="gtk_header_alone"),
        pytest.param(
            Repositories(), ["gtk4.pc", "<gtk/gtk.h>"], ["unresolved", "unresolved"], id="gtk4_is_meant"
        ),
    ],
)
def test_one_header_several_libraries(
    repositories: Repositories, needs: list[str], expected: list[str]
) -> None:
    assert expected == _resolved(evolve(BARE, repositories=repositories), *needs)


def test_two_libraries_are_told_with_their_packages() -> None:
    need = _need("<gtk/gtk.h>")
    expected = Outcome(
        need=need,
        platforms=LINUX,
        status=Status.AMBIGUOUS,
        candidates=("gtk3 (no registry module)", "gtk4 (no registry module)"),
        tried=("2 known libraries have it",),
        remedy='name its label in bazel_xc.toml: [[resolve]] header = "gtk/gtk.h", label = "//..."'
        "; Debian: libgtk-3-dev libgtk-4-dev",
    )
    assert (expected,) == resolve([need], BARE, "p")


def test_what_a_user_names_settles_its_other_names() -> None:
    providers = evolve(BARE, resolves=(Resolve("pkg_config", "libssl", ("//x:tls",)),))

    assert _resolved(providers, "<openssl/ssl.h>", "-lssl", "libssl.pc") == ["resolved //x:tls"] * 3


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param(["<libusb.h>"], "unresolved", id="alone"),
        pytest.param(["-lusb-1.0", "<libusb.h>"], "resolved @libusb//:libusb", id="library_is_settled"),
    ],
)
def test_a_header_of_another_folder_needs_stronger_evidence(needs: list[str], expected: str) -> None:
    declared = Repositories(bazel_deps=(BazelDep("libusb", "9", "libusb"),))
    providers = evolve(BARE, repositories=declared if len(needs) > 1 else Repositories())

    assert expected == _resolved(providers, *needs)[-1]


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param(["-lfoo", "<foo_api.h>"], "resolved @foo//:foo", id="label_whose_headers_are_unknown"),
        pytest.param(["<foo_api.h>"], "unresolved", id="nothing_to_come_with"),
        pytest.param(["-lssl", "<openssl/rare.h>"], "resolved @openssl//:ssl", id="akin_to_a_known_library"),
        pytest.param(["-lssl", "<rare.h>"], "unresolved", id="not_akin_to_a_known_library"),
    ],
)
def test_unknown_headers_come_with_what_is_linked(needs: list[str], expected: str) -> None:
    providers = evolve(FULL, resolves=(Resolve("lib", "foo", ("@foo//:foo",)),))

    assert expected == _resolved(providers, *needs)[-1]


def test_rules_of_the_index_have_no_unknown_headers() -> None:
    foo = _rule("//x:foo", headers="foo.h")
    providers = evolve(_with(foo), resolves=(Resolve("lib", "foo", ("//x:foo",)),))

    assert _resolved(providers, "-lfoo", "<foo_api.h>") == ["resolved //x:foo", "unresolved"]


@pytest.mark.parametrize(
    ("repositories", "text", "expected"),
    [
        pytest.param(
            Repositories(),
            "-lpng",
            'add to MODULE.bazel: bazel_dep(name = "libpng", version = "1.6.50")',
            id="bazel_dep",
        ),
        pytest.param(
            Repositories(bzlmod=False),
            "-lpng",
            "declare a repository libpng in the WORKSPACE, or name its label in bazel_xc.toml:"
            ' [[resolve]] lib = "png", label = "//..."; Debian: libpng-dev; MSYS2: mingw-w64-libpng',
            id="workspace",
        ),
        pytest.param(
            Repositories(),
            "libseccomp.pc",
            'name its label in bazel_xc.toml: [[resolve]] pkg_config = "libseccomp", label = "//..."'
            "; Debian: libseccomp-dev",
            id="no_module",
        ),
        pytest.param(
            Repositories(),
            "-lmystery",
            'name its label in bazel_xc.toml: [[resolve]] lib = "mystery", label = "//..."',
            id="unknown",
        ),
        pytest.param(
            Repositories(),
            "-framework Cocoa",
            "put the flag under a condition: #cgo darwin LDFLAGS: -framework Cocoa",
            id="framework",
        ),
    ],
)
def test_remedies_say_what_to_do(repositories: Repositories, text: str, expected: str) -> None:
    outcome = _one(evolve(BARE, repositories=repositories), text)

    assert (Status.UNRESOLVED, expected) == (outcome.status, outcome.remedy)


def test_a_missing_module_is_told_with_its_label() -> None:
    need = _need("-lpng")
    expected = Outcome(
        need=need,
        platforms=LINUX,
        status=Status.UNRESOLVED,
        candidates=("@libpng//:libpng",),
        tried=("registry module libpng is not declared",),
        remedy='add to MODULE.bazel: bazel_dep(name = "libpng", version = "1.6.50")',
        missing=("libpng", "1.6.50"),
    )
    assert (expected,) == resolve([need], BARE, "p")


@pytest.mark.parametrize(
    ("repositories", "expected"),
    [
        pytest.param(
            Repositories(bazel_deps=(BazelDep("libpng", "1", "png_repo"),)),
            "resolved @png_repo//:libpng",
            id="apparent_name",
        ),
        pytest.param(
            Repositories(bzlmod=False, repository_names=frozenset({"libpng"})),
            "resolved @libpng//:libpng",
            id="workspace_repository",
        ),
        pytest.param(
            Repositories(repository_names=frozenset({"libpng"})),
            "resolved @libpng//:libpng",
            id="use_repo",
        ),
        pytest.param(
            Repositories(bzlmod=False, bazel_deps=(BazelDep("libpng", "1", "libpng"),)),
            "unresolved",
            id="bazel_dep_means_nothing_to_a_workspace",
        ),
    ],
)
def test_labels_have_the_names_that_the_workspace_gives(repositories: Repositories, expected: str) -> None:
    assert [expected] == _resolved(evolve(BARE, repositories=repositories), "-lpng")


def test_what_does_not_exist_for_windows_arm64_is_told() -> None:
    need = _need("-lseccomp", "windows_arm64")
    expected = Outcome(
        need=need,
        platforms=frozenset({"windows_arm64"}),
        status=Status.UNRESOLVED,
        tried=("seccomp does not exist for windows_arm64",),
        remedy="exclude windows_arm64 by a build constraint, or turn cgo off there, as it has no seccomp",
    )
    assert (expected,) == resolve([need], FULL, "p")


def test_uncertain_needs_are_handed_through() -> None:
    need = evolve(_need("<unknown.h>"), certain=False)
    (outcome,) = resolve([need], FULL, "p")

    assert (need, Status.UNRESOLVED) == (outcome.need, outcome.status)


_TEXTS = (
    "libpng.pc", "openssl.pc", "-lpng", "-lssl", "-lz", "-lm", "-lmystery", "<openssl/ssl.h>", "<png.h>",
    "<unknown.h>", "<lz4file.h>", "-llz4", "-framework Cocoa", "x/libx.a",
)  # fmt: skip
_PLATFORMS = ("linux_amd64", "darwin_arm64", "windows_arm64")


@given(
    st.lists(
        st.tuples(st.sampled_from(_TEXTS), st.sets(st.sampled_from(_PLATFORMS), min_size=1)),
        unique_by=lambda pair: pair[0],
    )
)
def test_each_need_ends_once_per_platform_in_the_order_of_needs(pairs: list[tuple[str, set[str]]]) -> None:
    needs = [_need(text, *sorted(platforms)) for text, platforms in pairs]
    outcomes = resolve(needs, FULL, "p")

    ends = [(outcome.need, platform) for outcome in outcomes for platform in outcome.platforms]
    assert needs == [need for need, _ in itertools.groupby(outcome.need for outcome in outcomes)]
    assert sorted(ends, key=str) == sorted(((x, name) for x in needs for name in x.platforms), key=str)


@given(st.permutations(_TEXTS))
def test_the_order_of_needs_decides_nothing(texts: list[str]) -> None:
    ordered = dict(zip(_TEXTS, _resolved(FULL, *_TEXTS), strict=True))

    assert [ordered[text] for text in texts] == _resolved(FULL, *texts)
