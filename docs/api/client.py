"""对接示例：只用 Python 标准库调用招采平台接口。

    python client.py https://zc.example.gov.cn 令牌

列出待答复的预警，签收并附证明材料说明其中一条，然后跟随变更。也可作为模块导入使用。
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import mimetypes
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class ApiProblem(Exception):
    """平台的问题说明（RFC 9457）：status、title、detail、errors。"""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        super().__init__(f"{status} {said.get('title', '')}：{said.get('detail', '')}")
        self.status = status
        self.said = said


class Client:
    """一个机构令牌的调用方；429 和 503 按 Retry-After 等待后重试。"""

    def __init__(self, host: str, token: str, *, patience: int = 3) -> None:
        self.host = host.rstrip("/")
        self.token = token
        self.patience = patience

    def get(self, path: str, **query: str) -> Any:
        """读取；path 可以是平台给出的完整地址（翻页用）或 /api/v1/ 起的路径。"""
        url = path if path.startswith(f"{self.host}/") else self.host + path
        if query:
            url += "?" + urllib.parse.urlencode(query)
        return self._send(urllib.request.Request(url))

    def post(self, path: str, data: dict[str, Any], key: str = "") -> Any:
        """写入 JSON。key 为幂等键：断线后以同一 key 重发，不会办理两次。"""
        request = urllib.request.Request(
            self.host + path,
            data=json.dumps(data).encode(),
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": key or uuid.uuid4().hex,
            },
        )
        return self._send(request)

    def post_files(self, path: str, data: dict[str, str], files: list[Path], key: str = "") -> Any:
        """写入并上传文件（multipart/form-data，文件字段名为 files）。"""
        boundary = uuid.uuid4().hex
        parts = []
        for name, value in data.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            parts.append(f"{head}{value}\r\n".encode())
        for file in files:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            head = (
                f"--{boundary}\r\nContent-Disposition: form-data; "
                f'name="files"; filename="{file.name}"\r\nContent-Type: {kind}\r\n\r\n'
            )
            parts.append(head.encode() + file.read_bytes() + b"\r\n")
        parts.append(f"--{boundary}--\r\n".encode())
        request = urllib.request.Request(
            self.host + path,
            data=b"".join(parts),
            headers={
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Idempotency-Key": key or uuid.uuid4().hex,
            },
        )
        return self._send(request)

    def rows(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """一个列表的全部行，逐页读取。"""
        page = self.get(path, **query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.get(page["next"])

    def changes(self, since: str) -> tuple[list[dict[str, Any]], str]:
        """标记之后的全部变更和新的标记；标记过旧时抛出 ApiProblem(410)。"""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get("/api/v1/changes/", since=since)
            found += page["changes"]
            since = page["next"]
            if not page["more"]:
                return found, since

    def _send(self, request: urllib.request.Request) -> Any:
        request.add_header("Authorization", f"Token {self.token}")
        request.add_header("Accept", "application/json")
        for attempt in range(self.patience + 1):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    body = answer.read()
                    return json.loads(body) if body else None
            except urllib.error.HTTPError as error:
                said = json.loads(error.read() or b"{}")
                wait = int(error.headers.get("Retry-After") or 0)
                if error.code not in (429, 503) or attempt == self.patience:
                    raise ApiProblem(error.code, said) from None
                time.sleep(min(wait or 2**attempt, 60))
        raise AssertionError("unreachable")


def verified(secret: str, headers: dict[str, str], body: bytes, tolerance: int = 300) -> bool:
    """核对一次回调的签名；headers 的名字须为小写，body 为收到的原始字节。

    时间与本机相差超过 tolerance 秒的不接受，防止旧消息被重放。
    """
    message_id, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent.isdecimal() or abs(time.time() - int(sent)) > tolerance:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{sent}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, one) for one in given)


def answer_warning(client: Client, warning_no: str, explanation: str, files: list[Path]) -> Any:
    """签收（如尚未签收）并提交说明；version 防止覆盖别人刚做的办理。"""
    address = f"/api/v1/warnings/{warning_no}/"
    warning = client.get(address)
    if warning["state"] == "open":
        warning = client.post(address + "acknowledge/", {"version": warning["version"]})
    return client.post_files(
        address + "explain/",
        {"explanation": explanation, "version": str(warning["version"])},
        files,
        key=f"explain-{warning_no}-{warning['version']}",
    )


def main(host: str, token: str) -> None:
    client = Client(host, token)
    print("调用方：", client.get("/api/v1/me/")["name"])
    for warning in client.rows("/api/v1/warnings/", stage="answer"):
        print(warning["warning_no"], warning["rule"], warning["answer_due_on"])
    since = client.get("/api/v1/changes/", since="now")["next"]
    while True:
        changes, since = client.changes(since)
        for change in changes:
            print(change["at"], change["kind"], change["object_key"], change["api_url"])
        time.sleep(30)


if __name__ == "__main__":
    main(*sys.argv[1:3])
