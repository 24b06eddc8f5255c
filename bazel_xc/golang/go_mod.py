"""Reads single directives of go.mod and go.work without go, for commands that must run without it.

Comes in: the text of such a file. Goes out: its directives as words, without comments and quotes. It checks
nothing; from a text that go would refuse, it returns everything that can be read. If go is there, use
``modules``. Source: https://go.dev/ref/mod#go-mod-file-lexical and golang.org/x/mod/modfile (read.go).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress

_TOKEN = re.compile(r"""//.*|"(?:[^"\\]|\\.)*"|=>|[()\[\]{},]|(?:(?!//)[^\s()\[\]{},])+""")


def directives(text: str) -> Iterator[tuple[str, ...]]:
    """Each directive as its words, the verb first; a line of a block has the block's verb."""
    verb = ""
    for line in text.split("\n"):
        words = tuple(_unquoted(token) for token in _TOKEN.findall(line) if not token.startswith("//"))
        if verb and words[:1] == (")",):
            verb = ""
        elif verb and words:
            yield (verb, *words)
        elif words[1:] == ("(",):
            verb = words[0]
        elif words:
            yield words


def module_path(text: str) -> str:
    """The path of a go.mod's module; empty if there is none."""
    return _argument(text, "module")


def go_version(text: str) -> str:
    """The version of Go that a go.mod or go.work requires; empty if it requires none."""
    return _argument(text, "go")


def _argument(text: str, verb: str) -> str:
    return next((words[1] for words in directives(text) if words[0] == verb and len(words) > 1), "")


def _unquoted(token: str) -> str:
    if token.startswith('"'):
        with suppress(ValueError):  # JSON does not have all of Go's escapes
            return str(json.loads(token))
        return token.strip('"')
    return token
