"""`bazel_xc` runs bazel-xc on the source tree, `bazel_xc_test` checks whether that would change anything.

Both rules write a launcher for /bin/sh, so neither rules_python nor rules_shell is needed. There is no
launcher for Windows hosts.
"""

_GO_TOOLCHAIN = "@io_bazel_rules_go//go:toolchain"

# A test that reads the real source tree must run on this machine, outside of the sandbox, every time.
_TEST_TAGS = ["external", "local", "no-cache", "no-remote", "no-sandbox"]

_ATTRS = {
    "command": attr.string(
        doc = "The program to run without `tool` or `python`: a path or a name on PATH.",
        default = "bazel-xc",
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
        doc = "An executable target that is bazel-xc, such as one that rules_python makes from the PyPI package.",
        cfg = "exec",
        executable = True,
    ),
}

_TEMPLATE = {
    "template": attr.label(allow_single_file = True, mandatory = True),
    "update": attr.string(),
}

def _quote(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _tool(ctx):
    """The words that start bazel-xc, for /bin/sh."""
    if ctx.attr.tool:
        return '"$here/' + ctx.executable.tool.short_path + '"'
    if ctx.attr.python:
        return _quote(ctx.attr.python) + " -m bazel_xc"
    return _quote(ctx.attr.command)

def _reports(ctx, function):
    """One call of a function of the launcher per checked-in report."""
    items = sorted(ctx.attr.reports.items())
    lines = ["%s %s %s" % (function, _quote(path), _quote(form)) for path, form in items]
    return "\n".join(lines) or ":"

def _launch(ctx, go):
    launcher = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.expand_template(
        template = ctx.file.template,
        output = launcher,
        substitutions = {
            "%{go}": go.short_path if go else "",
            "%{label}": "//%s:%s" % (ctx.label.package, ctx.label.name),
            "%{marker}": ctx.file.marker.short_path,
            "%{modules}": "modules" if ctx.attr.modules else ":",
            "%{reports}": _reports(ctx, "report"),
            "%{tool}": _tool(ctx),
            "%{update}": ctx.attr.update,
            "%{workspace}": ctx.workspace_name,
        },
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [ctx.file.marker] + ([go] if go else []))
    if ctx.attr.tool:
        runfiles = runfiles.merge(ctx.attr.tool[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]

def _with_toolchain_impl(ctx):
    return _launch(ctx, ctx.toolchains[_GO_TOOLCHAIN].sdk.go)

def _from_path_impl(ctx):
    return _launch(ctx, None)

_run = rule(_with_toolchain_impl, attrs = dict(_ATTRS, **_TEMPLATE), executable = True, toolchains = [_GO_TOOLCHAIN])
_run_from_path = rule(_from_path_impl, attrs = dict(_ATTRS, **_TEMPLATE), executable = True)
_check_test = rule(_with_toolchain_impl, attrs = dict(_ATTRS, **_TEMPLATE), test = True, toolchains = [_GO_TOOLCHAIN])
_check_from_path_test = rule(_from_path_impl, attrs = dict(_ATTRS, **_TEMPLATE), test = True)

def _chosen(go, with_toolchain, from_path):
    if go not in ("toolchain", "path"):
        fail("go is %r; it must be \"toolchain\" or \"path\"" % go)
    return with_toolchain if go == "toolchain" else from_path

def bazel_xc(name, marker = "//:go.mod", go = "toolchain", tags = [], **kwargs):
    """Runs bazel-xc on the source tree.

    `bazel run //:NAME` runs `bazel-xc modules` if `modules` is set, `bazel-xc generate`, then the checked-in
    reports. Arguments after `--` that begin with an option run `generate` with them instead; arguments that
    begin with a command run that command: `bazel run //:NAME -- report --format json`.

    Args:
      name: the name of the target.
      marker: a file in the root of the workspace, exported by its package.
      go: "toolchain" for the Go of rules_go's toolchain, "path" for the one on PATH.
      tags: tags of the target.
      **kwargs: `command`, `python` or `tool` start bazel-xc; `modules = True` updates modules too; `reports`
        maps the paths of checked-in reports to formats; the rest is common to all rules.
    """
    _chosen(go, _run, _run_from_path)(
        name = name,
        marker = marker,
        tags = tags,
        template = Label("//rules/private:generate.sh.tpl"),
        **kwargs
    )

def bazel_xc_test(name, marker = "//:go.mod", update = "//:bazel_xc", go = "toolchain", tags = [], **kwargs):
    """Fails, and prints the difference, if `bazel_xc` with the same attributes would change a file.

    It reads the real source tree through the real path of `marker`, because the files that make BUILD files
    stale are usually not in any target yet. So it runs on this machine, outside of the sandbox, and its result
    is never cached. It writes only to its own temporary folder.

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
        template = Label("//rules/private:generate_test.sh.tpl"),
        update = update,
        **kwargs
    )
