"""The folder: which of the dataset's files are in it, and their digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from interchange.files import BY_NAME, FILES
from interchange.runner.report import LoadFailed, Problem, Problems


def files_in(directory: Path, problems: Problems) -> dict[str, Path]:
    """The dataset's files of the folder by name; a CSV of another name is a problem.

    Raises LoadFailed when there is no such folder or it cannot be read.
    """
    if not directory.is_dir():
        raise LoadFailed(f"没有这个文件夹：{directory}。请给出放有 CSV 文件的文件夹")
    try:
        entries = sorted(directory.iterdir())
    except OSError as error:
        raise LoadFailed(f"无法读取文件夹 {directory}：{error.strerror or error}") from error
    found: dict[str, Path] = {}
    for path in entries:
        if path.suffix.lower() != ".csv":
            continue
        if path.name == f"{path.stem}.csv" and path.stem in BY_NAME:
            found[path.stem] = path
        else:
            names = "、".join(file.file_name for file in FILES)
            reason = f"不是数据集的文件，请改名或移出文件夹；可用的文件名：{names}"
            problems.add(Problem(path.name, 0, "", "", reason))
    return found


def digest(path: Path) -> str:
    """SHA-256 of the file in hexadecimal; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
