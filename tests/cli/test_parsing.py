"""The parser: errors of one line with similar words, and examples that are valid command lines."""

from __future__ import annotations

import shlex

import pytest

from bazel_xc.cli import main
from bazel_xc.cli.command_line import COMMANDS, EXAMPLES, _parsed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["reprot"], "reprot: no such command; did you mean report?", id="command"),
        pytest.param(["xyz"], "xyz: no such command; see: bazel-xc --help", id="nothing_like_it"),
        pytest.param(
            ["report", "--formt", "x"], "--formt x: no such option; did you mean --format", id="option"
        ),
        pytest.param(
            ["report", "--format", "htlm"], "htlm: not a value of --format; did you mean html?", id="value"
        ),
        pytest.param(
            ["why"], "the following arguments are required: PACKAGE; see: bazel-xc why --help", id="missing"
        ),
        pytest.param(["cache", "clear", "it"], "it: one argument too many", id="too_many"),
    ],
)
def test_errors(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert err.startswith(f"bazel-xc: {said}")
    assert err.count("\n") == 1


def test_every_command_has_examples() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys()


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_examples_are_valid(line: str) -> None:
    words = shlex.split(line, comments=True)
    at = len(words) - 1 - words[::-1].index("bazel-xc")
    assert _parsed(words[at + 1 :]).command == words[at + 1]


def test_help_ends_with_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["why", "--help"])
    out = capsys.readouterr().out
    assert "\nExamples:\n  bazel-xc why //cmd/server  " in out
    assert out.endswith("130 Ctrl-C.\n")
