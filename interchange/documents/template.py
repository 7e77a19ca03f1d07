"""The empty dataset: a CSV with its header per file, and a page of what each column means."""

from __future__ import annotations

import io
import zipfile

from interchange.files import FILES
from interchange.queries.column_words import explained
from interchange.runner.records import BOM

GUIDE = "填写说明.txt"
RULES = """数据集模板

一、每个文件存为“CSV UTF-8（逗号分隔）”，保留第一行表头，列的先后不限；不用的文件可以不交。
二、空单元格表示没有；数字不带千分位；数量至多 4 位小数。
三、下列各文件按先后顺序导入；“键”列相同的行视为同一行，已有的行更新，没有的行新增，不删除任何行。
四、全部文件压缩成一个 zip，或直接选择多个 CSV 文件上传。有一处错误则什么都不写入。
"""


def template_zip() -> bytes:
    """A zip with the header of every file and 填写说明.txt."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(GUIDE, BOM + guide().replace("\n", "\r\n").encode())
        for file in FILES:
            header = ",".join(column.name for column in file.columns)
            packed.writestr(file.file_name, BOM + f"{header}\r\n".encode())
    return buffer.getvalue()


def guide() -> str:
    """The rules, then every file with its columns: name, meaning, needed, key, form."""
    parts = [RULES]
    for file in FILES:
        parts.append(f"\n{file.file_name}　{file.label}")
        for _, _, name, label, needed, key, form in explained(file):
            marks = "，".join(mark for mark in (needed, "键" if key else "") if mark)
            parts.append(f"  {name}　{label}（{marks}）：{form}")
    return "\n".join(parts) + "\n"
