"""Where the bytes of an import lie: handed in, unpacked, and marked with its mistakes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from core.transitions import MissingInput
from interchange.files import BY_NAME, FILES

IMPORT_NO = re.compile(r"DR[0-9]{8}-[0-9]{4,12}")
MOST_FILES = len(FILES)
WAY_OUT = "请在“下载模板”中查看各文件的名称"


def root() -> Path:
    """The folder of all imports."""
    return Path(settings.FILES_DIR) / "imports"


def archive_of(import_no: str) -> Path:
    """The zip as it was handed in."""
    return root() / f"{_checked(import_no)}.zip"


def folder_of(import_no: str) -> Path:
    """The CSV files that are checked and loaded."""
    return root() / _checked(import_no)


def marked_of(import_no: str) -> Path:
    """The copy with the column of mistakes."""
    return root() / f"{_checked(import_no)}-marked.zip"


def _checked(import_no: str) -> str:
    if not IMPORT_NO.fullmatch(import_no):
        raise ValueError(f"not the number of an import: {import_no!r}")
    return import_no


def inspect_uploads(uploads: Sequence[UploadedFile]) -> bool:
    """Whether it is one archive (True) or CSV files. Raises MissingInput (field `files`)."""
    if not uploads:
        raise MissingInput("files", "请选择一个 zip 压缩包，或一个以上的 CSV 文件")
    names = [_name(upload) for upload in uploads]
    for upload, name in zip(uploads, names, strict=True):
        if not upload.size:
            raise MissingInput("files", f"“{name}”是空文件，请检查后重新选择")
    total = sum(upload.size or 0 for upload in uploads)
    if total > settings.DATASET_MAX_BYTES:
        most = settings.DATASET_MAX_BYTES // 2**20
        raise MissingInput("files", f"上传的文件合计超过 {most} MB，请压缩为 zip 或分几次上传")
    if any(name.lower().endswith(".zip") for name in names):
        if len(names) > 1:
            raise MissingInput("files", "压缩包须单独上传：请把全部 CSV 文件放进一个 zip")
        return True
    if len(names) > MOST_FILES:
        raise MissingInput("files", f"数据集至多 {MOST_FILES} 个文件，请去掉多余的")
    for name in names:
        _require_known(name)
        if names.count(name) > 1:
            raise MissingInput("files", f"{name} 选了两次，请只保留一个")
    return False


def _require_known(name: str) -> None:
    if name.lower().endswith((".xlsx", ".xls", ".et")):
        raise MissingInput("files", f"“{name}”是工作簿：请“另存为”CSV UTF-8（逗号分隔）后上传")
    if name.lower().endswith((".rar", ".7z", ".gz", ".tar")):
        raise MissingInput("files", f"“{name}”不是 zip：请用“压缩为 ZIP”重新压缩后上传")
    if not name.endswith(".csv") or name.removesuffix(".csv") not in BY_NAME:
        raise MissingInput("files", f"“{name}”不是数据集的文件，{WAY_OUT}")


def keep_uploads(import_no: str, uploads: Sequence[UploadedFile], *, is_archive: bool) -> None:
    """Copy the uploads to disk, piece by piece; never a whole file in memory."""
    root().mkdir(parents=True, exist_ok=True, mode=0o700)
    if is_archive:
        _copy(uploads[0], archive_of(import_no))
        return
    folder = folder_of(import_no)
    folder.mkdir(mode=0o700)
    for upload in uploads:
        _copy(upload, folder / _name(upload))


def discard(import_no: str) -> None:
    """Remove the bytes, where the import itself did not come about."""
    archive_of(import_no).unlink(missing_ok=True)
    shutil.rmtree(folder_of(import_no), ignore_errors=True)


def _copy(upload: UploadedFile, target: Path) -> None:
    upload.seek(0)
    with target.open("xb") as kept:
        for piece in upload.chunks():
            kept.write(piece)


def _name(upload: UploadedFile) -> str:
    base = (upload.name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in base if c.isprintable())[-100:] or "文件"


def title_of(uploads: Sequence[UploadedFile]) -> str:
    """What the list calls the upload."""
    names = [_name(upload) for upload in uploads]
    return names[0] if len(names) == 1 else f"{names[0]} 等 {len(names)} 个文件"
