"""Names of rules and repositories, as Gazelle gives them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.bazel.names import (
    base_name,
    binary_name,
    file_test_name,
    library_name,
    module_repository,
    workspace_repository,
)
from bazel_xc.bazel.names import test_name as name_of_test


@pytest.mark.parametrize(
    ("import_path", "name"),
    [
        ("example.com/repo", "repo"),
        ("example.com/repo/v2", "repo"),
        ("example.com/repo/v2/v3", "v2"),
        ("example.com/repo/v10/api", "api"),
        ("gopkg.in/yaml.v3", "yaml_v3"),
        ("example.com/go.uber.org", "go_uber_org"),
        ("example.com/vulkan", "vulkan"),
        ("example.com", "example.com"),
        ("example.com/v2", "v2"),
        ("example.com/v2/v3", "v2"),
        ("example.com/d.e/v3", "d_e"),
        ("example.com/v2x", "v2x"),
        ("v2", "v2"),
        ("single", "single"),
        ("", ""),
    ],
)
def test_base_name(import_path: str, name: str) -> None:
    assert base_name(import_path) == name


@pytest.mark.parametrize(
    ("convention", "import_path", "package", "library", "test"),
    [
        ("import", "e.com/a/b", "b", "b", "b_test"),
        ("import_alias", "e.com/a/b", "b", "b", "b_test"),
        ("import", "e.com/a/cmd", "main", "cmd_lib", "cmd_test"),
        ("import", "e.com/a/v2", "a", "a", "a_test"),
        ("import", "example.com", "x", "example.com", "example.com_test"),
        ("import", "example.com", "main", "example.com_lib", "example.com_test"),
        ("import", "example.com/v2", "x", "v2", "v2_test"),
        ("import", "", "named", "named", "lib_test"),
        ("import", "", "main", "lib", "lib_test"),
        ("go_default_library", "e.com/a/b", "b", "go_default_library", "go_default_test"),
        ("go_default_library", "e.com/a/cmd", "main", "go_default_library", "go_default_test"),
    ],
)
def test_rule_names(convention: str, import_path: str, package: str, library: str, test: str) -> None:
    assert library_name(convention, import_path, package) == library
    assert name_of_test(convention, import_path) == test


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a_test.go", "a_test"),
        ("a.b_test.go", "a.b_test"),
        ("x.pb_test.go", "x.pb_test"),
        ("a_linux_test.go", "a_linux_test"),
        ("odd.go", "odd_test"),
    ],
)
def test_name_of_a_test_file(file: str, name: str) -> None:
    assert file_test_name(file) == name


@pytest.mark.parametrize(
    ("directory", "prefix", "root", "name"),
    [
        ("cmd/tool", "example.com/repo", "checkout", "tool"),
        ("cmd/v2", "example.com/repo", "checkout", "v2"),
        ("", "example.com/repo", "checkout", "repo"),
        ("", "example.com/repo/v2", "checkout", "v2"),
        ("", "example.com", "checkout", "example.com"),
        ("d.e", "example.com", "checkout", "d.e"),
        ("", "", "checkout", "checkout"),
        ("", "", "", "root"),
    ],
)
def test_binary_name(directory: str, prefix: str, root: str, name: str) -> None:
    assert binary_name(directory, prefix, root) == name


@pytest.mark.parametrize(
    ("module", "workspace", "bzlmod"),
    [
        ("github.com/Owner/Repo", "com_github_owner_repo", "com_github_owner_repo"),
        ("github.com/owner/repo/v2", "com_github_owner_repo_v2", "com_github_owner_repo_v2"),
        ("git.sr.ht/~user/thing", "ht_sr_git_user_thing", "ht_sr_git__user_thing"),
        ("gopkg.in/yaml.v3", "in_gopkg_yaml_v3", "in_gopkg_yaml_v3"),
        ("golang.org/x/sys", "org_golang_x_sys", "org_golang_x_sys"),
        ("go.uber.org/zap", "org_uber_go_zap", "org_uber_go_zap"),
        ("k8s.io/api", "io_k8s_api", "io_k8s_api"),
        ("example.com", "com_example", "com_example"),
    ],
)
def test_repository_names(module: str, workspace: str, bzlmod: str) -> None:
    assert workspace_repository(module) == workspace
    assert module_repository(module) == bzlmod


@given(st.from_regex(r"[a-zA-Z0-9.~_-]+(/[a-zA-Z0-9.~_-]+)*", fullmatch=True))
def test_repository_names_are_names(module: str) -> None:
    for name in (workspace_repository(module), module_repository(module)):
        assert re.fullmatch(r"\w+", name)
