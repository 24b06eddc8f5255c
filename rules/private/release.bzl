"""`xc_release` puts programs into one folder, with their SHA-256 sums beside them."""

_SUMS = """\
if command -v sha256sum >/dev/null; then sum=sha256sum; else sum='shasum -a 256'; fi
output=$1
shift
for file in "$@"; do
    line=$($sum <"$file") || exit 1
    printf '%s  %s\\n' "${line%% *}" "${file##*/}"
done >"$output"
"""

def _xc_release_impl(ctx):
    by_name = {}
    for file in ctx.files.srcs:
        if file.basename in by_name:
            fail("%s and %s have the same name" % (by_name[file.basename].short_path, file.short_path))
        by_name[file.basename] = file
    outputs = []
    for name in sorted(by_name):
        output = ctx.actions.declare_file("%s/%s" % (ctx.label.name, name))
        ctx.actions.symlink(output = output, target_file = by_name[name])
        outputs.append(output)
    sums = ctx.actions.declare_file("%s/SHA256SUMS" % ctx.label.name)
    arguments = ctx.actions.args()
    arguments.add(sums)
    arguments.add_all(outputs)
    ctx.actions.run_shell(
        outputs = [sums],
        inputs = outputs,
        arguments = [arguments],
        command = _SUMS,
        mnemonic = "Sha256Sums",
        progress_message = "Summing %s" % ctx.label,
    )
    return [DefaultInfo(files = depset(outputs + [sums]))]

xc_release = rule(
    _xc_release_impl,
    attrs = {
        "srcs": attr.label_list(
            doc = "The files to release: xc_binary, go_cross_binary, any others. Their names must differ.",
            allow_files = True,
            mandatory = True,
        ),
    },
    doc = "The files of `srcs` in a folder of the target's name, with `SHA256SUMS`, which `sha256sum -c` reads.",
)
