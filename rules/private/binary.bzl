"""`xc_binary` builds one program for several platforms in one build.

A transition sets `--platforms`. Bazel also skips every target that depends on an incompatible one, even across a
transition, and no rule can see the original target. So each platform has a target of its own, which Bazel skips
alone, and the macro leaves out platforms that are known to be impossible.
"""

def _platform_impl(_settings, attr):
    return {"//command_line_option:platforms": str(attr.platform)}

platform_transition = transition(
    implementation = _platform_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

TRANSITION_ATTRS = {
    "platform": attr.label(
        doc = "The platform() to build for.",
        mandatory = True,
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

def transitioned(attribute):
    """The target of an attribute with a transition, for which Bazel returns a list of one.

    Args:
      attribute: `ctx.attr.something`.

    Returns:
      The target.
    """
    return attribute[0] if type(attribute) == "list" else attribute

def program_of(target):
    """The program file of a target.

    Args:
      target: a binary rule, or a single file.

    Returns:
      Its executable, or its only file.
    """
    executable = target[DefaultInfo].files_to_run.executable
    if executable:
        return executable
    files = target[DefaultInfo].files.to_list()
    if len(files) != 1:
        fail("%s is not a program: it has %d files" % (target.label, len(files)))
    return files[0]

def _xc_platform_binary_impl(ctx):
    program = program_of(transitioned(ctx.attr.binary))
    suffix = ".exe" if program.extension == "exe" or ctx.attr.platform.label.name.startswith("windows_") else ""
    output = ctx.actions.declare_file("%s-%s%s" % (ctx.attr.output, ctx.attr.platform.label.name, suffix))
    ctx.actions.symlink(output = output, target_file = program, is_executable = True)
    return [DefaultInfo(executable = output, files = depset([output]))]

xc_platform_binary = rule(
    _xc_platform_binary_impl,
    attrs = dict(
        TRANSITION_ATTRS,
        binary = attr.label(
            doc = "The program: a go_binary, or any other target with one executable.",
            cfg = platform_transition,
            mandatory = True,
        ),
        output = attr.string(
            doc = "The output's name before `-<platform>`.",
            mandatory = True,
        ),
    ),
    doc = "A program built for one platform; its output is `<output>-<platform>`, with `.exe` for Windows.",
    executable = True,
)

def _target_name(label):
    text = str(label)
    return text.rpartition(":")[2] if ":" in text else text.rpartition("/")[2]

def _absolute(label):
    """A label in the form of bazel-xc: `//package:name`, or `@other//package:name`."""
    text = str(label)
    if hasattr(native, "package_relative_label"):
        text = str(native.package_relative_label(label))
    if text.startswith(":"):
        return "//" + native.package_name() + text
    if not text.startswith(("//", "@")):
        return "//%s:%s" % (native.package_name(), text)
    repository, _, path = text.partition("//")
    repository = repository if repository.strip("@") else ""
    name = path.rpartition("/")[2] or repository.strip("@")
    return "%s//%s" % (repository, path if ":" in path else "%s:%s" % (path, name))

def xc_binary(name, binary, platforms, output = None, incompatible = {}, **kwargs):
    """Builds a program for several platforms in one build.

    `NAME` has all outputs, `NAME_<platform>` one of them. If the program cannot be built for a platform, Bazel
    skips `NAME_<platform>`. `NAME` needs all of its parts, so leave such a platform out of the list, or pass the
    `INCOMPATIBLE` of `//platforms:incompatible.bzl` as `incompatible`.

    Args:
      name: the name of the target with all outputs.
      binary: the program, a go_binary for example.
      platforms: labels of platform() targets; their names become part of the outputs' names.
      output: the outputs' name before `-<platform>`; by default the name of `binary`.
      incompatible: absolute label -> the platforms on which that program cannot be built: `{"//cmd/x:x":
        ["windows_arm64"]}`. The platforms of `binary` are left out with a message.
      **kwargs: attributes that are common to all rules.
    """
    parts = []
    left_out = incompatible.get(_absolute(binary), [])
    for platform in platforms:
        short = _target_name(platform)
        if short in left_out:
            # buildifier: disable=print
            print("%s: left out for %s, where it cannot be built" % (_absolute(binary), short))
            continue
        xc_platform_binary(
            name = "%s_%s" % (name, short),
            binary = binary,
            output = output or _target_name(binary),
            platform = platform,
            **kwargs
        )
        parts.append(":%s_%s" % (name, short))
    native.filegroup(name = name, srcs = parts, **kwargs)
