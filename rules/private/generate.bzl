"""`bazel_xc` runs bazel-xc on the source tree, `bazel_xc_test` checks whether that would change anything.

Both write a launcher, which needs nothing but /bin/sh, or cmd.exe on Windows hosts: see launch.bzl.
"""

load(":launch.bzl", "launch")

_GO_TOOLCHAIN = "@io_bazel_rules_go//go:toolchain"

# A test that reads the real source tree must run on this machine, outside of the sandbox, every time.
_TEST_TAGS = ["external", "local", "no-cache", "no-remote", "no-sandbox"]

_ATTRS = {
    "command": attr.string(
        doc = "The program to run without `tool` or `python`: a path or a name on PATH.",
        default = "bazel-xc",
    ),
    "gazelle": attr.label(
        doc = "A `gazelle` target. It runs first, and `generate` has `--mode cgo` then: Gazelle keeps the rules, " +
              "bazel-xc keeps their attributes for cgo and platforms.",
        cfg = "exec",
        executable = True,
    ),
    "marker": attr.label(
        doc = "A file in the root of the workspace; a test finds the source tree through it.",
        allow_single_file = True,
        mandatory = True,
    ),
    "modules": attr.bool(
        doc = "Whether to run `bazel-xc modules` too: use_repo or the WORKSPACE macro, and overrides.",
    ),
    "python": attr.string(
        doc = "A Python interpreter that has bazel-xc installed, a path or a name on PATH.",
    ),
    "reports": attr.string_dict(
        doc = "Checked-in reports: path from the root of the workspace -> format of `report`.",
    ),
    "tool": attr.label(
        doc = "An executable target that is bazel-xc.",
        cfg = "exec",
        executable = True,
    ),
}

_TEMPLATE = {
    "template": attr.label(allow_single_file = True, cfg = "exec", mandatory = True),
    "update": attr.string(),
}

def _with_toolchain_impl(ctx):
    return launch(ctx, ctx.toolchains[_GO_TOOLCHAIN].sdk.go)

def _from_path_impl(ctx):
    return launch(ctx, None)

_run = rule(_with_toolchain_impl, attrs = dict(_ATTRS, **_TEMPLATE), executable = True, toolchains = [_GO_TOOLCHAIN])
_run_from_path = rule(_from_path_impl, attrs = dict(_ATTRS, **_TEMPLATE), executable = True)
_check_test = rule(_with_toolchain_impl, attrs = dict(_ATTRS, **_TEMPLATE), test = True, toolchains = [_GO_TOOLCHAIN])
_check_from_path_test = rule(_from_path_impl, attrs = dict(_ATTRS, **_TEMPLATE), test = True)

def _chosen(go, with_toolchain, from_path):
    if go not in ("toolchain", "path"):
        fail("go is %r; it must be \"toolchain\" or \"path\"" % go)
    return with_toolchain if go == "toolchain" else from_path

def _of_module():
    """Whether MODULE.bazel brought this repository: the names of its repositories have a separator, ~ or +.

    A label in a WORKSPACE has the name that the WORKSPACE gives; there, rules_python may be missing.
    """
    repository = str(Label("//rules:defs.bzl")).partition("//")[0]
    return "~" in repository or "+" in repository

def _with_tool(attributes):
    """The attributes of a call, with the tool of this module where none is named."""
    named = [name for name in ("command", "python", "tool") if attributes.get(name)]
    return attributes if named or not _of_module() else dict(attributes, tool = Label("//rules/tool:program"))

def bazel_xc(name, marker = "//:go.mod", go = "toolchain", tags = [], **kwargs):
    """Runs bazel-xc on the source tree.

    `bazel run //:NAME` runs Gazelle if `gazelle` is set, `bazel-xc modules` if `modules` is set, `bazel-xc generate`,
    then the checked-in reports. Arguments after `--` that begin with an option run only `generate` with them;
    arguments that begin with a command run that command: `bazel run //:NAME -- report --format json`.

    With `bazel_dep(name = "bazel_xc")`, the program is a target of this module, `@bazel_xc//:bazel_xc`, with the Python
    and the locked requirements that rules_python fetches. In a WORKSPACE, or with `command = "bazel-xc"`, it is
    the `bazel-xc` on PATH. `python` and `tool` name another one.

    Args:
      name: the name of the target.
      marker: a file in the root of the workspace, exported by its package.
      go: "toolchain" for the Go of rules_go's toolchain, "path" for the one on PATH.
      tags: tags of the target.
      **kwargs: `tool`, `python` or `command` start bazel-xc; `gazelle` is a target that runs first; `modules = True`
        updates modules too; `reports` maps the paths of checked-in reports to formats; the rest is common to all
        rules.
    """
    _chosen(go, _run, _run_from_path)(
        name = name,
        marker = marker,
        tags = tags,
        template = Label("//rules/private:generate"),
        **_with_tool(kwargs)
    )

def bazel_xc_test(name, marker = "//:go.mod", update = "//:bazel_xc", go = "toolchain", tags = [], **kwargs):
    """Fails, and prints the difference, if `bazel_xc` with the same attributes would change a file.

    It reads the real source tree through the real path of `marker`, because the files that make BUILD files
    stale are usually not in any target yet. So it runs on this machine, outside of the sandbox, and its result
    is never cached. It writes only to its own temporary folder. With `gazelle`, it also fails if Gazelle, run with
    `-mode=diff`, would change a file.

    Args:
      name: the name of the target.
      marker: a file in the root of the workspace, exported by its package.
      update: the target that updates the files, for the message.
      go: "toolchain" for the Go of rules_go's toolchain, "path" for the one on PATH.
      tags: further tags.
      **kwargs: as for `bazel_xc`; `size`, `timeout` and the like are common to all tests.
    """
    _chosen(go, _check_test, _check_from_path_test)(
        name = name,
        marker = marker,
        tags = tags + [tag for tag in _TEST_TAGS if tag not in tags],
        template = Label("//rules/private:generate_test"),
        update = update,
        **_with_tool(kwargs)
    )
