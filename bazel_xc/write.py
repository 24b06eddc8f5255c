"""Changes the disk: atomic writes, all or nothing, and what a check or a diff says instead.

Comes in: the bytes wanted for each path, and the bytes that were read. Goes out: files, or differences as
text. Files whose bytes are as wanted are not touched. It does not know what the files mean.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from bazel_xc.errors import WriteError
from bazel_xc.model import FileChange


def write_files(root: Path, changes: Iterable[FileChange]) -> tuple[str, ...]:
    """Writes what differs and returns the paths written, sorted.

    All new contents are first written beside their targets and then moved into place, so that a run that
    cannot write everything changes nothing. Raises ``WriteError``, also where a file was changed by
    somebody else since it was read.
    """
    wanted = sorted(change for change in changes if change.is_change)
    prepared: list[tuple[FileChange, str]] = []
    made: list[Path] = []
    done: list[FileChange] = []
    try:
        for change in wanted:
            prepared.append((change, _prepare(root, change, made)))
        for change, temporary in prepared:
            if temporary:
                os.replace(temporary, _replaced(root, change))  # noqa: PTH105 - as Path.replace, with less work
            else:
                _target(root, change).unlink()
            done.append(change)
    except OSError as e:
        _undo(root, done)
        failed = _failed_path(prepared, wanted)
        raise WriteError(f"{failed}: cannot be written ({e.strerror}); nothing was changed") from e
    except KeyboardInterrupt:
        _undo(root, done)
        raise
    finally:
        _clean(prepared, made, keep=len(done) == len(wanted))
    return tuple(change.path for change in wanted)


def unified_diff(changes: Iterable[FileChange], *, git: bool = False) -> str:
    """What would be written, as one unified diff.

    With the headers of ``git`` Bazel's own patch, too, tells where one new file ends and the next one begins.
    """
    out: list[str] = []
    for change in sorted(changes):
        if not change.is_change:
            continue
        old = (change.old or b"").decode("utf-8", "replace").splitlines(keepends=True)
        new = change.text.decode("utf-8", "replace").splitlines(keepends=True)
        source = "/dev/null" if change.old is None else f"a/{change.path}"
        target = "/dev/null" if change.new is None else f"b/{change.path}"
        if git:
            mode = "new file mode 100644\n" if change.old is None else ""
            out.append(f"diff --git a/{change.path} b/{change.path}\n{mode}")
        for line in difflib.unified_diff(old, new, source, target):
            out.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(out)


def _replaced(root: Path, change: FileChange) -> str | Path:
    plain = f"{root}/{change.path}"
    return plain if change.old is None and not os.path.islink(plain) else _target(root, change)  # noqa: PTH114


def _target(root: Path, change: FileChange) -> Path:
    """Where the bytes go: a link is written through, not replaced."""
    path = root / change.path
    return path.resolve() if path.is_symlink() else path


def _prepare(root: Path, change: FileChange, made: list[Path]) -> str:
    """Writes the new bytes beside their target; gives the path, "" where the file is to go.

    New files are many: few calls for them.
    """
    plain = os.path.join(root, change.path)  # noqa: PTH118 - thousands of files
    if change.old is None and not os.path.lexists(plain):
        folder, name = os.path.split(plain)
        temporary = f"{folder}/.{name}.{os.getpid()}.new"
        try:
            _write_new(temporary, change.text, 0o666)
        except FileNotFoundError:
            _make_directories(Path(folder), made)
            _write_new(temporary, change.text, 0o666)
        return temporary
    return _prepare_beside(root, change, made)


def _write_new(path: str, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
        finally:
            os.close(handle)
    except BaseException:
        os.unlink(path)  # noqa: PTH108 - as above
        raise


def _prepare_beside(root: Path, change: FileChange, made: list[Path]) -> str:
    target = _target(root, change)
    current: bytes | None = None
    mode = 0o666  # less the umask, which the system applies
    try:
        with target.open("rb") as file:
            current = file.read()
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    except FileNotFoundError:
        _make_directories(target.parent, made)
    if current != change.old:
        raise WriteError(f"{change.path}: changed while bazel-xc ran; nothing was written, run again")
    if current is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied", str(target))
    if change.new is None:
        return ""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
    _write_new(str(temporary), change.new, mode)
    if current is not None:
        temporary.chmod(mode)
    return str(temporary)


def _make_directories(directory: Path, made: list[Path]) -> None:
    if not directory.is_dir():
        _make_directories(directory.parent, made)
        directory.mkdir()
        made.append(directory)


def _undo(root: Path, done: Iterable[FileChange]) -> None:
    for change in done:
        target = _target(root, change)
        if change.old is None:
            target.unlink(missing_ok=True)
        else:
            target.write_bytes(change.old)


def _clean(prepared: Iterable[tuple[FileChange, str]], made: list[Path], *, keep: bool) -> None:
    if not keep:
        for temporary in (each for _, each in prepared if each):
            Path(temporary).unlink(missing_ok=True)
        for directory in reversed(made):
            if directory.exists() and not any(directory.iterdir()):
                directory.rmdir()


def _failed_path(prepared: list[tuple[FileChange, str]], wanted: list[FileChange]) -> str:
    return wanted[len(prepared)].path if len(prepared) < len(wanted) else wanted[0].path
