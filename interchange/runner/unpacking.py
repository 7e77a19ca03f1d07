"""Unpack an uploaded archive in a process of its own, which may not take more than it is given.

Run as a script it uses nothing but the standard library: `python -I unpacking.py ARCHIVE FOLDER
BYTES`. It writes {"files": [...]} or {"refused": "..."}; whatever else happens to it (out of
memory, out of time) is told by `unpack`.
"""

from __future__ import annotations

import json
import os
import re
import resource
import stat
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

MOST_ENTRIES = 1000
MEMORY_BYTES = 512 * 2**20
SECONDS = 600
CHUNK = 1 << 20
NAME = re.compile(r"[a-z_]{1,40}\.csv")
NOT_A_ZIP = "不是完好的 zip 压缩包：请重新压缩后上传，不要只改扩展名"
TOO_MUCH = "压缩包无法在限定的内存和时间内解开：请只放入 CSV 文件后重新压缩，或直接上传 CSV 文件"


class Refused(Exception):
    """The archive is not taken; the text says why and what to do, in Chinese."""


def unpack(archive: Path, folder: Path, most_bytes: int) -> list[str]:
    """Put the archive's CSV files into the folder, flat; their names. Raises Refused.

    The child has bounded memory, time and file size, so that an archive made to kill its reader
    kills only the child.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own script, arguments are paths of ours
            [
                *(sys.executable, "-I", str(Path(__file__).resolve())),
                *(str(archive), str(folder), str(most_bytes)),
            ],
            capture_output=True,
            timeout=SECONDS + 30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(TOO_MUCH) from None
    try:
        said = json.loads(child.stdout)
    except ValueError:
        raise Refused(TOO_MUCH) from None
    if "refused" in said:
        raise Refused(said["refused"])
    return [str(name) for name in said["files"]]


def extract(archive: str, folder: str, most_bytes: int) -> list[str]:
    """The child's work. Raises Refused; other errors are of broken or hostile archives."""
    with zipfile.ZipFile(archive) as packed:
        entries = [entry for entry in packed.infolist() if _matters(entry)]
        if len(packed.infolist()) > MOST_ENTRIES:
            raise Refused(f"压缩包里有超过 {MOST_ENTRIES} 个文件，请只放入数据集的 CSV 文件")
        if not entries:
            raise Refused("压缩包里没有 CSV 文件：请把各 CSV 文件直接压缩成一个 zip")
        _check(entries, most_bytes)
        left = most_bytes
        for entry in entries:
            left -= _write(packed, entry, os.path.join(folder, _base(entry)), left)
    return [_base(entry) for entry in entries]


def _base(entry: zipfile.ZipInfo) -> str:
    return entry.filename.rsplit("/", 1)[-1]


def _matters(entry: zipfile.ZipInfo) -> bool:
    """CSV files, save those that a Mac adds; everything else is ignored, unless it is a trap."""
    parts = entry.filename.split("/")
    if ".." in parts or entry.filename.startswith("/") or "\\" in entry.filename or ":" in parts[0]:
        raise Refused(
            f"压缩包里的文件名“{entry.filename[:80]}”指向别处，为安全不予解开：请重新压缩"
        )
    if entry.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith("._"):
        return False
    return parts[-1].lower().endswith(".csv")


def _check(entries: list[zipfile.ZipInfo], most_bytes: int) -> None:
    for entry in entries:
        name = entry.filename[:80]
        if not NAME.fullmatch(_base(entry)):
            raise Refused(f"“{name}”不是数据集的文件名：请按模板里的文件名命名，如 orders.csv")
        if entry.flag_bits & 0x1:
            raise Refused(f"“{name}”加了密码：请去掉密码后重新压缩")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(f"“{name}”是链接而不是文件：请放入文件本身后重新压缩")
    names = [_base(entry) for entry in entries]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise Refused(f"压缩包里有两个 {doubled[0]}：每个文件只能有一个，请删去多余的")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise Refused(_too_large(most_bytes))


def _too_large(most_bytes: int) -> str:
    return f"压缩包解开后超过 {most_bytes // 2**20} MB：请分几次上传"


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: str, left: int) -> int:
    """Copy one entry; what it holds is counted, not what it says of itself."""
    written = 0
    with packed.open(entry) as source, open(target, "wb") as kept:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > left:
                raise Refused(_too_large(left))
            kept.write(chunk)
    return written


def _limit(most_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes + CHUNK, most_bytes + CHUNK))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(archive: str, folder: str, most_bytes: int) -> dict[str, object]:
    """What the child answers."""
    _limit(most_bytes)
    try:
        return {"files": extract(archive, folder, most_bytes)}
    except Refused as refused:
        return {"refused": str(refused)}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, UnicodeError):
        return {"refused": NOT_A_ZIP}
    except (NotImplementedError, RuntimeError):
        return {"refused": "压缩方式不能识别：请用系统自带的“压缩为 ZIP”重新压缩"}
    except MemoryError:
        return {"refused": TOO_MUCH}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
