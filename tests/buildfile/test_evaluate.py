"""Rules with attributes, as they are once a file ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from bazel_xc.buildfile import starlark
from bazel_xc.buildfile.evaluate import EvaluatedRule, Glob, check_new, evaluate
from bazel_xc.buildfile.starlark import MISSING, NOT_TRIED, TOO_MUCH
from bazel_xc.errors import WorkspaceError

ATTRIBUTES = ("hdrs", "linkopts", "strip_include_prefix")


def _rules(text: str) -> tuple[EvaluatedRule, ...]:
    rules, errors = evaluate({"p": text.encode()}, ATTRIBUTES)
    assert errors == {}
    return rules["p"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param('["a.h", "b.h"]', ("a.h", "b.h"), id="list"),
        pytest.param('"a.h"', ("a.h",), id="string"),
        pytest.param('["a.h"] + ["a.h"]', ("a.h",), id="nothing_twice"),
        pytest.param('["ü\\"\\\\.h"]', ('ü"\\.h',), id="quotes_and_letters"),
        pytest.param('[x + ".h" for x in ["a", "b"]]', ("a.h", "b.h"), id="comprehension"),
        pytest.param(
            'select({"//:x": ["a.h"], "//conditions:default": ["b.h"]})', ("a.h", "b.h"), id="select"
        ),
        pytest.param('["a.h"] + select({"//:x": glob(["x/*.h"])})', ("a.h", Glob(("x/*.h",))), id="nested"),
        pytest.param('glob(["*.h"], exclude = ["a.h"])', (Glob(("*.h",), ("a.h",)),), id="glob"),
        pytest.param('glob(include = ["*.h"])', (Glob(("*.h",)),), id="glob_by_keyword"),
        pytest.param('native.glob(["*.h"], ["a.h"])', (Glob(("*.h",), ("a.h",)),), id="native_glob"),
        pytest.param("LOADED", (), id="loaded_value"),
        pytest.param("len", (), id="function"),
        pytest.param("None", (), id="none"),
    ],
)
def test_values_are_strings_and_globs(value: str, expected: tuple[str | Glob, ...]) -> None:
    text = f'load("//:d.bzl", "LOADED")\ncc_library(name = "x", hdrs = {value}, copts = ["-x"])\n'

    assert (EvaluatedRule("cc_library", "x", "", {"hdrs": expected}),) == _rules(text)


def test_rules_of_loops_have_attributes_each() -> None:
    expected = tuple(
        EvaluatedRule("cc_library", name, "", {"hdrs": (f"{name}.h",), "strip_include_prefix": (name,)})
        for name in ("a", "b")
    )
    call = 'cc_library(name = n, hdrs = [n + ".h"], strip_include_prefix = n, data = ["x"])'

    assert expected == _rules(f'[{call} for n in ["a", "b"]]')


def test_files_that_do_not_run_are_told_and_others_run() -> None:
    texts = {
        "good": b'cc_library(name = "x", linkopts = ["-lm"])',
        "empty": b"",
        "syntax": b"x = (",
        "run": b'cc_library(name = "x", hdrs = 1 + glob(["*.h"]))',
    }
    rules, errors = evaluate(texts, ATTRIBUTES)

    assert {"good": (EvaluatedRule("cc_library", "x", "", {"linkopts": ("-lm",)}),), "empty": ()} == rules
    assert sorted(errors) == ["run", "syntax"]


@pytest.mark.parametrize(
    ("text", "names", "known"),
    [
        pytest.param('[f(name = n[:-2]) for n in glob(["*.x"])]', [], True, id="part_of_a_glob"),
        pytest.param('[f(name = "x{}".format(n)) for n in glob(["*.x"])]', [], True, id="name_with_a_glob"),
        pytest.param('[f(name = n.upper()) for n in glob(["*.x"])]', [], False, id="method_of_a_file"),
        pytest.param('f(name = "x" + "".join(glob(["*.x"])))', ["x"], False, id="text_of_a_glob"),
    ],
)
def test_a_file_that_fails_with_its_globs_is_run_without_them(
    text: str, names: list[str], known: bool
) -> None:
    """Then the values that it has are not those that it will have."""
    rules, errors = evaluate({"p": f'f(name = "a", hdrs = ["h"])\n{text}\n'.encode()}, ATTRIBUTES)

    assert errors == {}
    assert rules["p"][0] == EvaluatedRule("f", "a", "", {"hdrs": ("h",)} if known else None)
    assert [rule.name for rule in rules["p"][1:]] == names


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    made, errors = evaluate({"p/BUILD": '\ufeff# coding: latin-1\n[f(name = n) for n in ["ü"]]\n'.encode()})

    assert errors == {}
    assert made == {"p/BUILD": (EvaluatedRule("f", "ü"),)}


def test_a_file_that_needs_too_much_costs_no_other_file() -> None:
    """Each of the bad ones ends the interpreter's process; the good ones have what they make."""
    texts = {
        "a": b'f(name = "a")\n',
        "endless": b"[f(name = str(i)) for i in range(100000000000)]\n",
        "b": b'[f(name = n) for n in ["b", "c"]]\n',
        "memory": b"x = [0]\n[x.extend(x) for i in range(60)]\nif x: pass\n",
        "wrong": b'fail("no")[0]\n',
        "d": b'f(name = "d")\n',
    }

    made, errors = evaluate(texts)

    names = {path: [rule.name for rule in rules] for path, rules in made.items()}
    assert names == {"a": ["a"], "b": ["b", "c"], "d": ["d"]}
    assert {path: text for path, text in errors.items() if path != "wrong"} == {
        "endless": TOO_MUCH,
        "memory": TOO_MUCH,
    }
    assert "fail: no" in errors["wrong"]


def test_where_too_many_files_need_too_much_the_rest_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlark, "_MOST_DEATHS", 1)

    made, errors = evaluate({"a": b"x = [0]\n[x.extend(x) for i in range(60)]\n", "b": b'f(name = "b")\n'})

    assert made == {}
    assert errors == {"a": TOO_MUCH, "b": NOT_TRIED}


def test_interpreter_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    starlark._interpreter.cache_clear()
    monkeypatch.setattr("sys.path", [])

    with pytest.raises(WorkspaceError, match="the process that runs BUILD files does not start"):
        evaluate({"a": b"f()\n"})
    starlark._interpreter.cache_clear()


def test_without_an_interpreter_no_file_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New files then count as good, because nothing is known against them."""
    (tmp_path / "starlark_go.py").write_text("raise ImportError\n", encoding="utf-8")
    starlark._interpreter.cache_clear()
    monkeypatch.syspath_prepend(str(tmp_path))
    text = b'f(name = "a")\n'

    assert evaluate({"a": text, "b": text}) == ({}, {"a": MISSING, "b": MISSING})
    assert check_new({"a": text}) == {}
    starlark._interpreter.cache_clear()


def test_a_file_that_needs_too_much_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"x = [0, 1]\n[x.extend(x) for i in range(60)]\n"

    assert evaluate({"a": text})[1] == {"a": TOO_MUCH}
    monkeypatch.setattr(starlark, "_MOST_DEATHS", 0)
    assert evaluate({"b": text})[1] == {"b": TOO_MUCH}
