"""The process that runs Starlark for ``evaluate``, so that no BUILD file can hang or end a run.

Comes in: on standard input lines of JSON with texts, each of which runs in an interpreter of its own. Goes
out: on standard output a line of JSON for each text: its result or the interpreter's message. A text that
takes more than its share of time or memory ends the process, and the missing line shows which one it was. It
imports nothing of bazel-xc, and nothing else imports starlark_go.

If the system has no limits (Windows), or ignores the limit of memory (macOS), only time is limited, by the
other process.
"""

from __future__ import annotations

import json
import sys
import time

SECONDS = 5  # of CPU, for one text; a BUILD file takes some milliseconds
MEGABYTES = 1024


def main() -> None:
    """Answers each request until standard input ends."""
    try:
        from starlark_go import configure_starlark  # noqa: PLC0415 - where it is missing, the other process learns it
    except ImportError:
        _answer("missing")
        return
    configure_starlark(allow_set=True, allow_global_reassign=True)
    _limit_memory()
    _answer("ready")
    for line in sys.stdin:
        request = json.loads(line)
        for text in request["texts"]:
            _limit_time()
            _answer(_outcome(request["head"] + text, request["result"]))


def _outcome(text: str, result: str) -> list[object]:
    """``[value, ""]`` of the expression ``result`` after the text has run, or ``[None, message]``."""
    from starlark_go import Starlark, StarlarkError  # noqa: PLC0415

    interpreter = Starlark()
    try:
        interpreter.exec(text)
        return [interpreter.eval(result), ""]
    except StarlarkError as e:
        return [None, " ".join(str(e).split())]


def _answer(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows

        # Not the address space, of which Go's runtime reserves gigabytes that it never uses.
        resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES << 20, MEGABYTES << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass


def _limit_time() -> None:
    """Moves the limit, which counts from the start of the process."""
    try:
        import resource  # noqa: PLC0415

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + SECONDS, hard))
    except (ImportError, OSError, ValueError):
        pass
