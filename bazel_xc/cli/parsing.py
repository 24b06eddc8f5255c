"""The parser of the command line: messages of one line that name similar words, and help with examples.

Comes in: what argparse found wrong, the commands and their options. Goes out: one line on standard error and
exit code 2, or the text of ``--help``. It knows no command by itself: names and examples are given.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NoReturn

_CHOICE = re.compile(
    r"argument (?P<name>[^:]+): invalid choice: '(?P<text>.*)' \(choose from (?P<choices>.*)\)"
)
_UNKNOWN = re.compile(r"unrecognized arguments: (?P<text>.*)")
_EXAMPLES = "Examples:\n"
_CODES = "Exit codes: 0 success, 1 differences or findings, 2 the command could not run, 130 Ctrl-C."


class HelpWithExamples(argparse.HelpFormatter):
    """Wraps descriptions as usual, and leaves the lines of examples alone."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(_EXAMPLES) else super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the run with exit code 2."""
        print(f"bazel-xc: {self._explained(message)}", file=sys.stderr)
        raise SystemExit(2)

    def _explained(self, message: str) -> str:
        words = self.prog.removeprefix("bazel-xc").strip()
        see = f"see: bazel-xc {words} --help" if words else "see: bazel-xc --help"
        if found := _CHOICE.fullmatch(message):
            choices = [each.strip(" '") for each in found["choices"].split(",")]
            kind = "no such command" if found["name"] == "COMMAND" else f"not a value of {found['name']}"
            return f"{found['text']}: {kind}; {_similar(found['text'], choices) or see}"
        if found := _UNKNOWN.fullmatch(message):
            word = found["text"].split(" ")[0].partition("=")[0]
            kind = "no such option" if word.startswith("-") else "one argument too many"
            return f"{found['text']}: {kind}; {_similar(word, self._options()) or see}"
        return f"{message}; {see}"

    def _options(self) -> Iterable[str]:
        """The options of the parser and of the commands that it knows whole."""
        for action in self._actions:
            yield from action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for parser in action.choices.values():
                    yield from parser._options() if isinstance(parser, Parser) else ()


def _similar(text: str, choices: Iterable[str]) -> str:
    found = get_close_matches(text, sorted(set(choices)), 2, 0.6)
    return f"did you mean {' or '.join(found)}?" if found else ""


def epilog(examples: Sequence[str]) -> str:
    """The end of the help of a command: command lines, each with an explanation behind ``#``."""
    return _EXAMPLES + "".join(f"  {each}\n" for each in examples) + f"\n{_CODES}"
