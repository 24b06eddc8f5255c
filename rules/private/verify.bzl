"""`xc_verify_test` checks a built program: does it fit its platform, and does it run?"""

load(":binary.bzl", "TRANSITION_ATTRS", "platform_transition", "program_of", "transitioned")
load(":launch.bzl", "quote", "shell_command", "write_launcher")

# The names of containers and machines in the header check of the launcher.
_CONTAINERS = {
    "android": "elf",
    "darwin": "macho",
    "freebsd": "elf",
    "ios": "macho",
    "linux": "elf",
    "windows": "pe",
}
_MACHINES = ["386", "amd64", "arm", "arm64", "ppc64le", "riscv64", "s390x"]

def _wanted(platform):
    """The container and machine of a platform's name."""
    words = platform.name.split("_")
    if len(words) < 2 or words[0] not in _CONTAINERS or words[1] not in _MACHINES:
        fail("%s: the platform's name does not begin with <goos>_<goarch>, as bazel-xc names them" % platform)
    return _CONTAINERS[words[0]] + " " + words[1]

def _verify(ctx):
    """The shell command that checks the program with bazel-xc; `:` if no bazel-xc is named."""
    tool = shell_command(ctx)
    if not tool:
        return ":"
    platform = "_".join(ctx.attr.platform.label.name.split("_")[:2])
    words = [tool, "verify", '"$program"', "--platform", platform] + [quote(arg) for arg in ctx.attr.verify_args]
    if ctx.file.config:
        words += ["--config", '"$here/' + ctx.file.config.short_path + '"']
    return " ".join(words)

def _xc_verify_test_impl(ctx):
    program = program_of(transitioned(ctx.attr.binary))
    run = ctx.attr.run or ctx.attr.emulator
    words = ctx.attr.emulator + [None] + ctx.attr.program_args
    command = " ".join([quote(word) if word != None else '"$program"' for word in words])
    launcher = write_launcher(ctx, ctx.file._template, {
        "%{code}": str(ctx.attr.exit_code),
        "%{command}": command,
        "%{program}": program.short_path,
        "%{run}": "yes" if run else "",
        "%{stdout}": quote(ctx.attr.stdout),
        "%{verify}": _verify(ctx),
        "%{wanted}": _wanted(ctx.attr.platform.label),
    })
    runfiles = ctx.runfiles(files = [program] + ctx.files.config)
    if ctx.attr.tool:
        runfiles = runfiles.merge(ctx.attr.tool[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = launcher, runfiles = runfiles)]

xc_verify_test = rule(
    _xc_verify_test_impl,
    attrs = dict(
        TRANSITION_ATTRS,
        binary = attr.label(
            doc = "The program, which is built for `platform`.",
            cfg = platform_transition,
            mandatory = True,
        ),
        command = attr.string(
            doc = "A bazel-xc, a path or a name on PATH, that runs `verify`: linkage, libraries, Go's build " +
                  "information. Without `command`, `python` and `tool`, only the headers are checked.",
        ),
        config = attr.label(
            doc = "The `bazel_xc.toml` that sets cgo on or off; without it, cgo is not checked.",
            allow_single_file = True,
        ),
        emulator = attr.string_list(
            doc = "The command that runs the program here, such as `[\"qemu-aarch64-static\"]`. Without it, and " +
                  "without `run`, the program is not run.",
        ),
        exit_code = attr.int(doc = "The exit code that the run must have."),
        program_args = attr.string_list(doc = "The program's arguments in the run."),
        python = attr.string(
            doc = "In place of `command`: a Python interpreter that has bazel-xc installed.",
        ),
        run = attr.bool(doc = "Run the program without an emulator: the platform is this machine's."),
        stdout = attr.string(
            doc = "The expected standard output, without trailing newlines. Empty: anything.",
        ),
        tool = attr.label(
            doc = "In place of `command`: an executable target that is bazel-xc.",
            cfg = "exec",
            executable = True,
        ),
        verify_args = attr.string_list(
            doc = "More arguments of `bazel-xc verify`, such as `[\"--max-size\", \"20MB\"]`.",
        ),
        _template = attr.label(
            allow_single_file = True,
            default = ":verify_test.sh.tpl",
        ),
    ),
    doc = "Fails unless the program has the container (ELF, PE, Mach-O) and the machine of its platform, passes " +
          "`bazel-xc verify` if that is set, and, if it is run, has the expected exit code and output. " +
          "The launcher is for /bin/sh, so not for Windows hosts.",
    test = True,
)
