"""bazel_xc.toml: defaults, every key, every mistake, and the shipped schema."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli
from requirements import require

import bazel_xc
from bazel_xc.bazel.setup import config_text
from bazel_xc.config import (
    DEFAULT_PLATFORMS,
    MODES,
    REQUIRE_CGO,
    Config,
    Resolve,
    load_config,
    select_platforms,
)
from bazel_xc.errors import ConfigError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.model import Platform

SCHEMA_FILE = Path(bazel_xc.__file__).resolve().parent / "data" / "config.schema.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
WHOLE = """\
[go]
tags = ["netgo"]
[platforms.linux_arm64]
cgo = true
constraints = ["//my:glibc_2_31"]
runner = "ubuntu-24.04-arm"
[platforms.windows_arm64]
[build]
mode = "cgo"
naming = "import_alias"
platforms_package = "build/platforms"
external = "vendored"
require_cgo = "always"
[policy]
unresolved = "error"
system = ["pcap"]
[[resolve]]
pkg_config = "libnbd"
label = "//third_party:libnbd"
platforms = ["linux_arm64"]
[[resolve]]
import = "github.com/x/y"
labels = ["//a", "@b//c:d"]
"""


def load(text: str) -> Config:
    return load_config(text, KNOWN_PLATFORMS)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return str(caught.value).split("\n")


def test_nothing_gives_the_defaults() -> None:
    assert load("") == Config()
    assert [p.name for p in load("").platforms if not p.cgo] == ["windows_amd64", "windows_arm64"]


def test_every_key() -> None:
    assert load(WHOLE) == Config(
        tags=("netgo",),
        platforms=(
            Platform("linux", "arm64", cgo=True, constraints=("//my:glibc_2_31",), runner="ubuntu-24.04-arm"),
            Platform("windows", "arm64", cgo=False),
        ),
        mode="cgo",
        naming="import_alias",
        platforms_package="build/platforms",
        external="vendored",
        require_cgo="always",
        unresolved="error",
        system=("pcap",),
        resolves=(
            Resolve("pkg_config", "libnbd", ("//third_party:libnbd",), ("linux_arm64",)),
            Resolve("import", "github.com/x/y", ("//a", "@b//c:d")),
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[go]\ntag = []", "go.tag: unknown key; did you mean 'tags'?", id="misspelt"),
        pytest.param("zebra = 1", "zebra: unknown key; valid keys are go, platforms", id="nothing_near"),
        pytest.param('[go]\ntags = "x"', "go.tags: expected a list of strings, got a string", id="no_list"),
        pytest.param(
            "[platforms.linux_arm64]\nrunner = []",
            "platforms.linux_arm64.runner: expected a string, got a list",
            id="runner_list",
        ),
        pytest.param("[go]\ntags = [1]", "go.tags[0]: expected a string, got a number", id="no_string"),
        pytest.param("go = 3", "go: expected a table [go], got a number", id="no_table"),
        pytest.param(
            "[platforms.linux_arm46]",
            "platforms.linux_arm46: unknown platform; did you mean 'linux_arm64'?",
            id="platform",
        ),
        pytest.param(
            '[platforms.linux_arm64]\nconstraints = ["a:b:c"]',
            "platforms.linux_arm64.constraints[0]: 'a:b:c' is not a label",
            id="label",
        ),
        pytest.param(
            '[build]\nplatforms_package = "//x"', "build.platforms_package: '//x' is no", id="package"
        ),
        pytest.param(
            '[[resolve]]\nlib = "z"\nlabel = "//"',
            "resolve[0].labels[0]: '//' is not a label such as '//third_party:zlib'",
            id="resolve_label",
        ),
        pytest.param(
            '[[resolve]]\nlib = "z"\nlabels = ["//a", "not a label"]',
            "resolve[0].labels[1]: 'not a label' is not a label such as '//third_party:zlib'",
            id="resolve_label_with_spaces",
        ),
        pytest.param('[[resolve]]\nlabel = "//a"', "resolve[0]: needs exactly one of", id="resolve_nothing"),
        pytest.param('[[resolve]]\nlib = "z"', "resolve[0]: needs label or labels", id="resolve_no_label"),
        pytest.param(
            '[[resolve]]\nlib = "z"\nlabel = "//a"\nplatforms = ["plan9_386"]',
            "resolve[0].platforms[0]: 'plan9_386' is not a configured platform",
            id="resolve_platform",
        ),
        pytest.param(
            '[build]\nrequire_cgo = "often"',
            "build.require_cgo: 'often' is not one of needed, always, never",
            id="require_cgo",
        ),
        pytest.param("[go", "Expected ']'", id="no_toml"),
    ],
)
def test_mistake(text: str, said: str) -> None:
    found = mistakes(text)

    assert len(found) == 1
    assert found[0].startswith("bazel_xc.toml: ")
    assert said in found[0]


def test_all_mistakes_at_once() -> None:
    assert len(mistakes('[go]\ntags = 1\n[build]\nmode = "x"\nnaming = "y"\n[policy]\nz = 1')) == 4


@pytest.mark.parametrize("text", [pytest.param("", id="empty"), pytest.param(WHOLE, id="whole")])
def test_schema_accepts_what_the_reader_does(text: str) -> None:
    assert load(text).mode in MODES
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(tomli.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        "[go]\ntag = []",
        '[go]\ntags = "x"',
        '[build]\nmode = "x"',
        "[build]\nrequire_cgo = true",
        '[[resolve]]\nlib = "z"',
    ],
)
def test_schema_refuses_what_the_reader_does(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomli.loads(text), SCHEMA)
    assert mistakes(text)


def test_what_init_writes_says_the_defaults() -> None:
    text = config_text(DEFAULT_PLATFORMS)

    assert sorted(load(text).platforms) == sorted(DEFAULT_PLATFORMS)
    jsonschema.validate(tomli.loads(text), SCHEMA)


def test_platforms_have_the_order_of_the_file() -> None:
    text = "[platforms.windows_arm64]\n[platforms.linux_arm64]\n[platforms.darwin_arm64]"

    assert [p.name for p in load(text).platforms] == ["windows_arm64", "linux_arm64", "darwin_arm64"]


def test_platforms_chosen_by_name() -> None:
    assert [p.name for p in select_platforms(Config(), ("linux_arm64",))] == ["linux_arm64"]
    assert select_platforms(Config(), ()) == DEFAULT_PLATFORMS
    two = select_platforms(Config(), ("windows_arm64", "linux_arm64"))
    assert [p.name for p in two] == ["linux_arm64", "windows_arm64"]
    with pytest.raises(ConfigError, match="--platform: 'plan9_386' is not configured; there are linux_amd64"):
        select_platforms(Config(), ("plan9_386",))


@pytest.mark.parametrize("policy", REQUIRE_CGO)
def test_where_cgo_is_required(policy: str) -> None:
    text = f'[build]\nrequire_cgo = "{policy}"'

    assert load(text).require_cgo == policy
    jsonschema.validate(tomli.loads(text), SCHEMA)


def test_cgo_is_required_where_it_is_needed() -> None:
    assert load("").require_cgo == "needed"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(config_text(DEFAULT_PLATFORMS), "", id="the file of init"),
        pytest.param('[build]\nmode = "both"\n', '"both" is not one of', id="value"),
        pytest.param("[polcy]\n", "polcy", id="key"),
    ],
)
def test_editors_check_the_file(text: str, complaint: str, tmp_path: Path) -> None:
    """taplo, which editors use for TOML, with the schema that the first line of the file names."""
    taplo = require("taplo")
    path = tmp_path / "bazel_xc.toml"
    path.write_text(text)
    command = [taplo, "check", "--schema", SCHEMA_FILE.as_uri(), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == bool(complaint), done.stderr
    assert complaint in done.stderr


def test_the_file_of_init_names_the_schema() -> None:
    assert config_text(DEFAULT_PLATFORMS).startswith(f"#:schema {SCHEMA['$id']}\n")
