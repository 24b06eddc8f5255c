"""Writes the generated parts of the reference: ``python tests/docs/reference.py``, or ``make reference``.

Comes in: the parsers of the commands, the schemas, the table of diagnostics, files below docs/. Goes out: the
text between the markers ``<!-- reference: NAME -->`` and ``<!-- end of reference -->`` of the pages in docs/.
Text outside of markers is written by people. A test compares the pages with the result.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from documents import DOCS, PAGES

import bazel_xc
from bazel_xc.cli.command_line import COMMANDS, EXAMPLES, parser_for
from bazel_xc.cli.common import shared_options
from bazel_xc.tables import table

_PART = re.compile(r"(<!-- reference: (?P<name>[^>]+) -->\n).*?(<!-- end of reference -->)", re.DOTALL)
_OPTION = re.compile(r"(?<![`\w-])(--[a-z][a-z-]*(?:[ =](?:'[^']*'|[a-z]+\b(?=;|,|$)))?|-[vqo]\b)")
_LANGUAGES = {".yml": "yaml"}
_DATA = Path(bazel_xc.__file__).parent / "data"
_SCHEMAS = ("report", "why", "compare", "matrix", "verify", "doctor", "scan-log", "fingerprint")


def page_with_reference(page: Path) -> str:
    """The text of a page with its generated parts made anew. Raises ``KeyError`` for an unknown part."""
    return _PART.sub(
        lambda found: f"{found[1]}{_part(found['name'])}{found[3]}", page.read_text(encoding="utf-8")
    )


def _part(name: str) -> str:
    kind, _, rest = name.partition(" ")
    return "\n" + "\n".join(_PARTS[kind](rest)) + "\n\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


def _commands(_: str) -> Iterator[str]:
    yield _row("command", "")
    yield "|---|---|"
    for name, summary in COMMANDS.items():
        yield _row(f"[`{name}`](#{name})", summary)


def _options(command: str) -> Iterator[str]:
    """The options of a command, or with the name ``common`` those of all."""
    common = shared_options()
    if command == "common":
        yield from _table(common._actions)
        return
    parser = parser_for([command])
    chosen = next(each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    shared = {each.dest for each in common._actions}
    own = [each for each in chosen.choices[command]._actions if each.dest not in {*shared, "help"}]
    yield from _table(own)
    if own:
        yield ""
    yield "```sh"
    yield from EXAMPLES[command]
    yield "```"


def _table(actions: Iterable[argparse.Action]) -> Iterator[str]:
    rows = [_row(_spelt(each), _meaning(each)) for each in actions]
    if rows:
        yield from (_row("option", "meaning"), "|---|---|", *rows)


def _spelt(action: argparse.Action) -> str:
    value = ""
    if action.nargs != 0:
        choices = "|".join(map(str, action.choices or ()))
        metavar = action.metavar if isinstance(action.metavar, str) else choices
        optional = action.nargs == "?" and action.option_strings
        value = f"[={metavar}]" if optional else metavar
    if not action.option_strings:
        return f"`{value}`"
    last = f"{action.option_strings[-1]}{'' if value.startswith('[') or not value else ' '}{value}"
    return ", ".join(f"`{each}`" for each in (*action.option_strings[:-1], last))


def _meaning(action: argparse.Action) -> str:
    return _OPTION.sub(r"`\1`", (action.help or "").replace("%%", "%"))


def _codes(_: str) -> Iterator[str]:
    for code, about in sorted(table("findings.toml").items()):
        yield f"### `{code}`"
        yield ""
        yield f"{about['title']}. Severity: {_either(about['severity'])}."
        yield ""
        yield f"- Cause: {about['cause']}"
        yield f"- Remedy: {about['remedy']}"
        yield ""


def _either(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_DATA / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def _keys(part: str) -> Iterator[str]:
    """The keys of bazel_xc.toml, or of a ``[[resolve]]`` table."""
    schema = _schema("config")
    found = list(_leaves(schema, "") if part == "all" else _leaves(schema["properties"][part]["items"], ""))
    yield _row("key", "type", "default", "meaning")
    yield "|---|---|---|---|"
    for key, about in found:
        default = about.get("default", "")
        described = "default" in about["description"]
        shown = f"`{json.dumps(default)}`" if default not in ("", []) else "" if described else "none"
        yield _row(f"`{key}`", _type(about), shown, about["description"])


def _leaves(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, about in schema["properties"].items():
        tables = about.get("additionalProperties")
        if isinstance(tables, dict):
            yield from _leaves(tables, f"{path}{name}.<goos>_<goarch>.")
        elif "properties" in about:
            yield from _leaves(about, f"{path}{name}.")
        else:
            whole = f"[[{name}]]" if about.get("items", {}).get("type") == "object" else f"{path}{name}"
            yield whole, about


def _type(about: Mapping[str, Any]) -> str:
    if "enum" in about:
        return ", ".join(f'`"{each}"`' for each in about["enum"])
    if about["type"] == "array":
        return {"object": "tables"}.get(about["items"]["type"], "list of strings")
    return str(about["type"])


def _schemas(_: str) -> Iterator[str]:
    yield _row("command", "schema", "keys of the document")
    yield "|---|---|---|"
    for name in _SCHEMAS:
        keys = ", ".join(f"`{key}`" for key in _schema(name)["properties"])
        yield _row(f"`{name}`", f"`bazel_xc/data/{name}.schema.json`", keys)


def _file(path: str) -> Iterator[str]:
    """A file below docs/, as a block of code."""
    yield f"```{_LANGUAGES[Path(path).suffix]}"
    yield (DOCS / path).read_text(encoding="utf-8").rstrip("\n")
    yield "```"


_PARTS: Mapping[str, Callable[[str], Iterator[str]]] = MappingProxyType(
    {
        "codes": _codes,
        "commands": _commands,
        "file": _file,
        "keys": _keys,
        "options": _options,
        "schemas": _schemas,
    }
)


def main() -> int:
    """Writes the pages, and prints those that changed."""
    for page in PAGES:
        text = page_with_reference(page)
        if text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            print(f"wrote {page.relative_to(DOCS.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
