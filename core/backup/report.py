"""恢复测试记录: the dated page that an inspection asks for (GB/T 22239 备份恢复)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils import timezone

from core.backup.restore import Outcome


def write_report(outcome: Outcome, *, target: Path, at: datetime, drill: bool) -> Path:
    """Write `恢复测试记录-<time>.md` into `target` and return it."""
    here = timezone.localtime(at)
    made = timezone.localtime(outcome.manifest.made_at)
    verdict = "通过" if not outcome.differences else "不通过"
    lines = [
        f"# 恢复测试记录 {here:%Y-%m-%d %H:%M:%S}",
        "",
        f"- 方式：{'演练（临时库，结束后删除）' if drill else '恢复到指定的空库'}",
        f"- 备份：{outcome.folder.name}，{made:%Y-%m-%d %H:%M:%S} 生成，"
        f"PostgreSQL {outcome.manifest.server_version}",
        f"- 恢复到：数据库 {outcome.database}",
        f"- 用时：{outcome.seconds:.1f} 秒",
        f"- 核对：{len(outcome.manifest.tables)} 个表共 {outcome.manifest.rows} 行逐表核对行数与校验和；"
        f"附件 {len(outcome.manifest.stored_files)} 个；"
        + "；".join(f"{kind} {told['count']}" for kind, told in outcome.manifest.objects.items())
        + f"；审计链末端摘要 {outcome.manifest.audit_head[:16] or '（尚未封存）'}",
        f"- 结论：{verdict}",
        *(f"  - {difference}" for difference in outcome.differences),
        "",
    ]
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"恢复测试记录-{here:%Y%m%dT%H%M%S}.md"
    path.write_text("\n".join(lines))
    return path
