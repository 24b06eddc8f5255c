"""Whose the labels in ``cdeps`` are: those of bazel-xc come and go, those of a person stay.

Comes in: existing rules, and the workspace that they are in. Goes out: the labels of one BUILD file that are
ours, and the Go rules for whose C a person answers, with the linker flags that they have. bazel-xc writes its
labels behind a key for cgo, so one that holds without cgo too is a person's. The things behind a person's
label are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bazel_xc.bazel.kinds import CC_RULE_SUFFIX, PLAIN_KINDS
from bazel_xc.bazel.selected import project
from bazel_xc.buildfile.rules import ExistingRule
from bazel_xc.buildfile.workspace import Directory, Workspace
from bazel_xc.model import Label, parsed_label


def our_cdeps(directory: Directory, workspace: Workspace) -> frozenset[Label]:
    """The labels in ``cdeps`` of a BUILD file that lead to rules of ours, or to a removed one."""
    texts = {text for rule in directory.rules for text in rule.strings("cdeps")}
    labels = (parsed_label(text, directory.path) for text in texts)
    own = workspace.own_labels
    return frozenset(each for each in labels if each and (each in own or _is_gone(each, workspace)))


def flags_by_hand(
    rule: ExistingRule, directory: Directory, workspace: Workspace, platforms: Iterable[str]
) -> frozenset[str] | None:
    """The linker flags of a rule whose ``cdeps`` a person wrote, None for any other rule.

    ``platforms`` are the names of the platforms on which ``cdeps`` are read. ``-l`` and its name are one word
    in the result.
    """
    attribute = rule.call.get("cdeps") if rule.call else None
    if attribute is None:
        return None
    held = [project(attribute.value, name, cgo=False) for name in platforms]
    texts = {text for each in held for text in each or ()}
    by_hand = {parsed_label(text, directory.path) for text in texts} - our_cdeps(directory, workspace)
    unread = None in held  # an expression, or keys of their own
    return frozenset(_joined(rule.strings("clinkopts"))) if by_hand or unread or attribute.keep else None


def _joined(words: Iterable[str]) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        yield f"-l{next(rest, '')}" if word == "-l" else word


def _is_gone(label: Label, workspace: Workspace) -> bool:
    """Whether a label of our form leads nowhere, as far as the BUILD file there shows."""
    if label.repo or not label.name.endswith(CC_RULE_SUFFIX):
        return False
    found = workspace.directories.get(label.package)
    if found is None or (found.build_file is None and not found.broken):
        return True
    file = found.build_file
    plain = file is not None and not file.dynamic and all(call.kind in PLAIN_KINDS for call in file.calls)
    return plain and all(rule.name != label.name for rule in found.rules)
