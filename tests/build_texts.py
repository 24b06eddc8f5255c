"""Strategies for the text of BUILD files, as people lay them out.

Every comment in a text is ``# c<number>`` and there once, so that a test can ask whether it is still
there; those that begin with ``# keep`` carry their number behind a colon. Strings are chosen so that none of
them is a label that buildifier would shorten.
"""

from __future__ import annotations

import itertools
import re

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite

_COMMENT = "\x01"
_KEEP = "\x02"
_DEEP = " " * 8
WORDS = "a.go b_test.go x/y.txt //dep/one:lib :local @ext//pkg:two ünï.go with_underscore Z".split()
KEYS = ("linux", "windows", "arm64", "linux_arm64")
UNKNOWN_ATTRIBUTES = ("data", "tags", "x_defs", "args", "my_attribute", "size", "testonly")
STATEMENTS = (
    'filegroup(name = "files", srcs = glob(["*"]))',
    'VALUES = ["one", "two"]',
    'our_macro(\n  "positional",\n      odd = [1,\n   2], **EXTRA)',
    "[genrule(name = n, outs = [n]) for n in VALUES]",
    '"""A string that stands alone: # no comment."""',
    'exports_files(["a#b"])',
    "def no_build_file():\n    return 1",
)


def numbered(text: str) -> str:
    """The text with every comment's place taken by a comment of its own."""
    numbers = itertools.count()
    return re.sub(
        f"[{_COMMENT}{_KEEP}]",
        lambda found: f"# keep: k{next(numbers)}" if found[0] == _KEEP else f"# c{next(numbers)}",
        text,
    )


def _or_nothing(text: str, least: int = 3) -> SearchStrategy[str]:
    """Nothing most of the time, which is also what a failing example shrinks to."""
    return st.sampled_from(["", *[""] * least, text])


def comments_alone(indent: str) -> SearchStrategy[str]:
    """No, one or two comments on lines of their own."""
    line = f"{indent}{_COMMENT}\n"
    return st.sampled_from(["", "", "", line, line * 2])


def literals() -> SearchStrategy[str]:
    """String literals of either quotes."""
    texts = st.sampled_from(WORDS)
    return st.one_of(texts.map('"{}"'.format), texts.map("'{}'".format))


def opaque() -> SearchStrategy[str]:
    """Expressions that are kept as text."""
    return st.sampled_from(
        [
            "True",
            "3",
            'glob(["*.go"])',
            "NAMES",
            '{"a": "b"}',
            "[n for n in NAMES]",
            '["a"] * 2',
            "[\n  1,\n]",
        ]
    )


@composite
def lists(draw: DrawFn, *, keep: bool = True, expressions: bool = True) -> str:
    """Lists of strings, on one line or on several, with comments wherever they can stand."""
    items = draw(st.lists(st.sampled_from(WORDS), max_size=4, unique=True))
    quoted = [draw(st.sampled_from(['"{}"', "'{}'"])).format(item) for item in items]
    if expressions and draw(st.integers(0, 9)) == 9:
        quoted.append(draw(st.sampled_from(["NAME", '"a" + NAME', "n.format(1)"])))
    if draw(st.booleans()):
        comma, blank = draw(st.sampled_from([(", ", ""), (",", " ")]))
        return f"[{blank}{comma.join(quoted)}{blank}]"
    marks = [_COMMENT, _KEEP] if keep else [_COMMENT]
    out = ["[", draw(_or_nothing(f"  {_COMMENT}")), "\n"]
    for at, item in enumerate(quoted):
        out.append(draw(comments_alone(_DEEP)))
        if keep:
            out.append(draw(_or_nothing(f"        {_KEEP}\n", 9)))
        last = at == len(quoted) - 1
        comma = "," if not last else draw(st.sampled_from([",", ",", ""]))
        suffix = "  " + draw(st.sampled_from(marks)) if draw(st.integers(0, 3)) == 3 else ""
        late = draw(st.integers(0, 9)) == 9 and comma and suffix
        out.append(f"        {item}{suffix}\n    {comma}\n" if late else f"        {item}{comma}{suffix}\n")
    out.append(draw(comments_alone(_DEEP)))
    return "".join((*out, "    ]"))


@composite
def selects(draw: DrawFn, *, keep: bool = True, expressions: bool = True) -> str:
    """Selects on platforms."""
    keys = draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True))
    out = ["select({", draw(_or_nothing(f"  {_COMMENT}")), "\n"]
    for key in [f"@rules_go//go/platform:{key}" for key in keys] + ["//conditions:default"]:
        value = draw(lists(keep=keep, expressions=expressions))
        suffix = draw(_or_nothing(f"  {_COMMENT}"))
        out.append(f'{draw(comments_alone(_DEEP))}{_DEEP}"{key}": {value},{suffix}\n')
    return "".join((*out, draw(comments_alone(_DEEP)), "    })"))


def sums() -> SearchStrategy[str]:
    """A list and one or two selects."""
    parts = st.tuples(lists(), st.lists(selects(), min_size=1, max_size=2))
    return parts.map(lambda each: " + ".join((each[0], *each[1])))


def values() -> SearchStrategy[str]:
    """Any value."""
    return st.one_of(literals(), lists(), selects(), sums(), opaque())


@composite
def calls(draw: DrawFn, kind: str, attributes: list[tuple[str, str]]) -> str:
    """A call with these attributes in some layout; text of several lines keeps it from one line."""
    multiline = any("\n" in value for _, value in attributes)
    layout = draw(st.sampled_from(["lines", "lines", "lines", "one", "packed"]))
    if layout == "one" and not multiline:
        return f"{kind}({', '.join(f'{name} = {value}' for name, value in attributes)})"
    if layout == "packed":
        inner = ",\n    ".join(f"{name}={value}" for name, value in attributes)
        return f"{kind}({inner})"
    out = [f"{kind}(", draw(_or_nothing(f"  {_COMMENT}", 6)), "\n"]
    for name, value in attributes:
        suffix = draw(_or_nothing(f"  {_COMMENT}"))
        out.append(f"{draw(comments_alone('    '))}    {name} = {value},{suffix}\n")
    return "".join((*out, draw(comments_alone("    ")), ")"))


@composite
def other_statements(draw: DrawFn) -> str:
    """A statement that is none of ours, with comments around it."""
    before = draw(comments_alone(""))
    statement = draw(st.sampled_from(STATEMENTS))
    suffix = draw(_or_nothing(f"  {_COMMENT}")) if "\n" not in statement else ""
    return f"{before}{statement}{suffix}\n"


@composite
def build_files(draw: DrawFn) -> bytes:
    """Whole files of any statements and any layout."""
    out: list[str] = [draw(st.sampled_from(["", "\n", f"{_COMMENT}\n\n"]))]
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            out.append(draw(other_statements()))
        else:
            names = draw(st.lists(st.sampled_from(UNKNOWN_ATTRIBUTES), max_size=4, unique=True))
            attributes = [(name, draw(values())) for name in names]
            out.append(draw(comments_alone("")) + draw(calls("some_rule", attributes)) + "\n")
        out.append(draw(st.sampled_from(["", "\n", "\n\n", f"\n{_COMMENT}\n\n"])))
    text = numbered("".join(out))
    if draw(st.integers(0, 4)) == 4:
        text = text.rstrip("\n")
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    bom = draw(st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf"]))
    return bom + text.replace("\n", newline).encode()
