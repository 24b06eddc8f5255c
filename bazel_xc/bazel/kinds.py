"""The policy for each kind of rule, as data.

Comes in: nothing. Goes out: ``KINDS``, which tells the planner and the merger how a wanted rule finds its
existing twin, which attributes belong to bazel-xc, and which attributes keep a rule alive. The tables follow
Gazelle's (``language/go/kinds.go``), plus attributes that Gazelle leaves to the user: ``pure``, ``cdeps`` and
``target_compatible_with`` are only added, because people write them by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from bazel_xc.buildfile.rules import OWN_KINDS, OWN_SUFFIX, OWN_TAGS


@frozen(kw_only=True)
class KindPolicy:
    """The policy for one kind.

    ``match`` are attributes that identify a rule besides its name; with ``match_any`` the only rule of the
    kind in a file is a match. ``owned`` attributes are replaced when merging, all others are set once. A rule
    stays while it has one of the ``substance`` attributes. ``load`` is the file of rules_go that defines the
    kind, empty for a built-in one.
    """

    match: tuple[str, ...] = ()
    match_any: bool = False
    owned: frozenset[str]
    substance: frozenset[str]
    load: str = ""


_COMPILED = frozenset("cgo clinkopts copts cppopts cxxopts deps embed embedsrcs gc_goopts srcs".split())
_SUBSTANCE = frozenset({"deps", "embed", "srcs"})
_HEADERS = frozenset({"copts", "deps", "hdrs", "includes", "srcs", "textual_hdrs"})
_IMPORTED = frozenset({"interface_library", "shared_library", "static_library"})
_GO = "//go:def.bzl"

KINDS: Mapping[str, KindPolicy] = {
    "alias": KindPolicy(owned=frozenset({"actual"}), substance=frozenset({"actual"})),
    "go_binary": KindPolicy(
        match_any=True,
        owned=_COMPILED | {"gc_linkopts", "pgoprofile"},
        substance=_SUBSTANCE,
        load=_GO,
    ),
    "go_library": KindPolicy(
        match=("importpath",),
        owned=_COMPILED | {"importmap", "importpath"},
        substance=_SUBSTANCE,
        load=_GO,
    ),
    "cc_import": KindPolicy(owned=_IMPORTED, substance=_IMPORTED),
    "cc_library": KindPolicy(owned=_HEADERS, substance=_HEADERS - {"copts"}),
    "config_setting": KindPolicy(
        owned=frozenset({"constraint_values", "flag_values"}), substance=frozenset({"name"})
    ),
    "constraint_setting": KindPolicy(owned=frozenset(), substance=frozenset({"name"})),
    "constraint_value": KindPolicy(owned=frozenset(), substance=frozenset({"name"})),
    "platform": KindPolicy(owned=frozenset({"constraint_values", "parents"}), substance=frozenset({"name"})),
    "with_c_toolchain": KindPolicy(owned=frozenset({"constraint"}), substance=frozenset({"name"})),
    "go_test": KindPolicy(owned=_COMPILED | {"gc_linkopts"}, substance=_SUBSTANCE, load=_GO),
}

# The rules for C in the tree; the index of cc rules leaves them out.
CC_RULE_KINDS = OWN_KINDS
CC_RULE_SUFFIX = OWN_SUFFIX
CC_RULE_TAGS = OWN_TAGS
# Kinds that make the target of their name and no other, so that a name that no rule has is no target.
PLAIN_KINDS = frozenset(
    """alias cc_binary cc_import cc_library cc_test config_setting exports_files filegroup genrule go_binary
    go_library go_test load package package_group platform""".split()
)

PROTO_LIBRARY_KINDS = frozenset({"go_proto_library", "go_grpc_library"})
# Symbols that rules_go and gazelle define, so that a load of them may be shortened or dropped.
GO_SYMBOLS = frozenset(
    "cgo_library go_binary go_library go_prefix go_repository go_test go_tool_library".split()
)
# How the repository of rules_go may be called in a load.
RULES_GO_REPOSITORIES = frozenset({"rules_go", "io_bazel_rules_go"})
