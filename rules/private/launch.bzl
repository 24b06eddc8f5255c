"""Launchers of bazel-xc: a script for /bin/sh, or for cmd.exe where the host is Windows.

Neither rules_python nor rules_shell is needed. The templates are chosen in the exec configuration, because a
launcher runs on the host, whatever `--platforms` is. In a script for cmd.exe, runfiles are looked up in the
manifest, since Bazel makes no folder of links on Windows.
"""

# The end of each script for cmd.exe. `runfiles` and `manifest` are where the files of the target are.
_BATCH_FUNCTIONS = """\
rem :runfiles LAUNCHER sets manifest and runfiles.
:runfiles
set "runfiles=%~1.runfiles"
set "manifest=%~1.runfiles_manifest"
if not exist "%manifest%" set "manifest=%~1.runfiles\\MANIFEST"
if defined RUNFILES_DIR set "runfiles=%RUNFILES_DIR%"
if defined RUNFILES_MANIFEST_FILE set "manifest=%RUNFILES_MANIFEST_FILE:/=\\%"
if exist "%manifest%" set "RUNFILES_MANIFEST_FILE=%manifest%"
exit /b 0

rem :find NAME KEY sets NAME to the path of a runfile, or to nothing without a key.
:find
set "%~1="
if "%~2"=="" exit /b 0
set "found="
if exist "%manifest%" for /f "usebackq tokens=1,* delims= " %%a in ("%manifest%") do if "%%a"=="%~2" set "found=%%b"
if not defined found set "found=%runfiles%\\%~2"
set "%~1=%found:/=\\%"
if exist "%found%" exit /b 0
echo %~2 is not among the runfiles of this launcher 1>&2
exit /b 2
"""

def quote(text):
    """A word for /bin/sh.

    Args:
      text: the word.

    Returns:
      The word in single quotes.
    """
    return "'" + text.replace("'", "'\\''") + "'"

def _batch_quote(text):
    """A word for a script of cmd.exe, which expands percent signs again with each `call`."""
    if "%" in text or '"' in text:
        fail("%s has a percent sign or a quote, which a script for cmd.exe cannot pass on" % text)
    return '"' + text + '"'

def _key(ctx, file):
    """The name of a file in a manifest of runfiles."""
    if not file:
        return ""
    return file.short_path[3:] if file.short_path.startswith("../") else ctx.workspace_name + "/" + file.short_path

def shell_command(ctx):
    """The words that start bazel-xc, for /bin/sh.

    Args:
      ctx: of a rule with `tool`, `python` and `command`.

    Returns:
      The words, quoted; without bazel-xc, nothing.
    """
    if ctx.attr.tool:
        return '"$here/' + ctx.executable.tool.short_path + '"'
    if ctx.attr.python:
        return quote(ctx.attr.python) + " -m bazel_xc"
    return quote(ctx.attr.command) if ctx.attr.command else ""

def batch_command(ctx):
    """The words that start bazel-xc, for cmd.exe.

    Args:
      ctx: of a rule with `tool`, `python` and `command`.

    Returns:
      The words, quoted; without bazel-xc, nothing.
    """
    if ctx.attr.tool:
        return 'call "%tool%"'
    if ctx.attr.python:
        return "call " + _batch_quote(ctx.attr.python) + " -m bazel_xc"
    return "call " + _batch_quote(ctx.attr.command) if ctx.attr.command else ""

def _reports(ctx, function, word, end):
    """One call of a function of the launcher per checked-in report."""
    items = sorted(ctx.attr.reports.items())
    return ["%s %s %s%s" % (function, word(path), word(form), end) for path, form in items]

def _shell_words(ctx, go):
    return {
        "%{command}": shell_command(ctx),
        "%{gazelle}": "gazelle" if ctx.attr.gazelle else ":",
        "%{gazelle_program}": ctx.executable.gazelle.short_path if ctx.attr.gazelle else "",
        "%{go}": go.short_path if go else "",
        "%{marker}": ctx.file.marker.short_path,
        "%{modules}": "modules" if ctx.attr.modules else ":",
        "%{reports}": "\n".join(_reports(ctx, "report", quote, "")) or ":",
    }

def _batch_words(ctx, go):
    stop = "\nif errorlevel 1 exit /b %errorlevel%"
    return {
        "%{command}": batch_command(ctx),
        "%{functions}": _BATCH_FUNCTIONS,
        "%{gazelle}": "call :gazelle" + stop if ctx.attr.gazelle else "rem without Gazelle",
        "%{gazelle_program}": _key(ctx, ctx.executable.gazelle),
        "%{go}": _key(ctx, go),
        "%{marker}": _key(ctx, ctx.file.marker),
        "%{modules}": "call :modules" + stop if ctx.attr.modules else "rem without modules",
        "%{reports}": "\n".join(_reports(ctx, "call :report", _batch_quote, stop)) or "rem without reports",
        "%{tool}": _key(ctx, ctx.executable.tool),
    }

def write_launcher(ctx, template, words):
    """Writes a launcher beside its target.

    Args:
      ctx: of the rule.
      template: the file, `NAME.sh.tpl` or `NAME.bat.tpl`.
      words: what replaces `%{word}` in it, besides `%{label}` and `%{workspace}`.

    Returns:
      The launcher.
    """
    batch = is_batch(template)
    launcher = ctx.actions.declare_file(ctx.label.name + (".bat" if batch else ".sh"))
    ends = {"\n": "\r\n"} if batch else {}  # after all others: Bazel replaces one after the other
    ctx.actions.expand_template(
        template = template,
        output = launcher,
        substitutions = dict(
            words,
            **dict({
                "%{label}": "//%s:%s" % (ctx.label.package, ctx.label.name),
                "%{workspace}": ctx.workspace_name,
            }, **ends)
        ),
        is_executable = True,
    )
    return launcher

def is_batch(template):
    """Whether a template is a script for cmd.exe.

    Args:
      template: the file.

    Returns:
      True or False.
    """
    return template.basename.endswith(".bat.tpl")

def launch(ctx, go):
    """The implementation of `bazel_xc` and `bazel_xc_test`.

    Args:
      ctx: of the rule.
      go: the program `go`; None for the one on PATH.

    Returns:
      The providers.
    """
    words = _batch_words(ctx, go) if is_batch(ctx.file.template) else _shell_words(ctx, go)
    words["%{mode}"] = " --mode cgo" if ctx.attr.gazelle else ""
    words["%{update}"] = ctx.attr.update
    launcher = write_launcher(ctx, ctx.file.template, words)
    runfiles = ctx.runfiles(files = [ctx.file.marker] + ([go] if go else []))
    for program in (ctx.attr.tool, ctx.attr.gazelle):
        runfiles = runfiles.merge(program[DefaultInfo].default_runfiles) if program else runfiles
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]

def launch_tool(ctx, go):
    """The implementation of `xc_tool`.

    Args:
      ctx: of the rule.
      go: the program `go`.

    Returns:
      The providers.
    """
    if is_batch(ctx.file._template):
        words = {
            "%{command}": batch_command(ctx),
            "%{functions}": _BATCH_FUNCTIONS,
            "%{go}": _key(ctx, go),
            "%{tool}": _key(ctx, ctx.executable.tool),
        }
    else:
        words = {"%{command}": shell_command(ctx), "%{go}": go.short_path}
    launcher = write_launcher(ctx, ctx.file._template, words)
    runfiles = ctx.runfiles(files = [go]).merge(ctx.attr.tool[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]
