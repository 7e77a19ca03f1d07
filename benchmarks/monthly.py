"""T1 and T2: the monthly job beside its hand-written twin, one statement, and a loop in Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from benchmarks import bases, month_job, one_statement, orm_loop, twin
from benchmarks.results import Result
from benchmarks.timing import Series, clocked, interleaved
from monitoring.indicators.cut import MonthCut

WARNINGS = "预警"
LIMIT_TIMES = 20
SLOWEST_SHOWN = 5


def measure(month: date, repeats: int, *, against_twin: bool, against_draft: bool) -> list[Result]:
    """Run what is asked for in turns; the twin must give the same figures, row for row."""
    values = twin.parameters(month)
    stages: dict[str, list[float]] = defaultdict(list)
    raising = Series()

    def job() -> float:
        seconds, done = month_job.run(month)
        logged = month_job.stages(done)
        for stage, spent in logged.items():
            stages[stage].append(spent)
        raising.seconds.append(logged[WARNINGS])
        return seconds

    with month_job.worker():
        first, done = month_job.run(month)
        opened = done.result["warnings"]["opened"]
        works = {"job": job}
        if against_twin:
            _prove_twin(month, values)
            works["twin"] = lambda: clocked(lambda: twin.compute(values))
            works["base"] = lambda: clocked(lambda: bases.read(values))
            works["floor"] = lambda: clocked(lambda: twin.read_bare(values))
        ended: list[bool] = []
        if against_draft:
            limit = max(60.0, LIMIT_TIMES * first)

            def one() -> float:
                return clocked(lambda: ended.append(one_statement.run(values, limit)))

            works["one"] = one
        series = interleaved(works, repeats)
    raising.seconds = raising.seconds[1:]
    figures = Series([a - b for a, b in zip(series["job"].seconds, raising.seconds, strict=True)])
    results: list[Result] = []
    if against_twin:
        results += _against_twin(month, series, figures, stages, first, opened)
    if against_draft:
        results += _against_draft(month, series, figures, all(ended))
    return results


def _prove_twin(month: date, values: dict[str, object]) -> None:
    twin.compute(values)
    different = twin.differences(month)
    if different:
        raise SystemExit("手写 SQL 与平台的结果不同，比值没有意义：\n" + "\n".join(different))


def _against_twin(
    month: date,
    series: dict[str, Series],
    figures: Series,
    stages: dict[str, list[float]],
    first: float,
    opened: int,
) -> list[Result]:
    by_time = sorted(stages.items(), key=lambda item: -sum(item[1]) / len(item[1]))
    slowest = "，".join(
        f"{stage} {sum(spent) / len(spent):.2f}s" for stage, spent in by_time[:SLOWEST_SHOWN]
    )
    rows = f"{month_job.rows_of(month):,} 行指标，与手写 SQL 逐行相同"
    return [
        Result(
            "T1", "月度任务（指标）比手写分段 SQL", shown(figures), shown(series["twin"]),
            figures.median / series["twin"].median, 1.2,
            f"经真实 Celery 与 Redis，从请求到提交，减去发出预警的时间；{rows}。\n最慢的阶段：{slowest}",
        ),
        Result(
            "T1", "月度任务（指标）比底层汇总 SELECT", shown(figures), shown(series["base"]),
            figures.median / series["base"].median, 2.5,
            "对照：全部 18 项的底层汇总（机构、批次、产品），由同样的定义合成一条只读语句，不写入、不分层级",
        ),
        Result(
            "T1", "月度任务（指标）比最少读取", shown(figures), shown(series["floor"]),
            figures.median / series["floor"].median, None,
            "最少读取：同样期间手写的分组读取，不判断产品身份，度量较少，不足以得出任何一项指标；"
            f"手写分段 SQL 自身是它的 {series['twin'].median / series['floor'].median:.2f} 倍",
        ),
        Result(
            "T1", "月度任务（含预警）比手写分段 SQL", shown(series["job"]), shown(series["twin"]),
            series["job"].median / series["twin"].median, None,
            f"手写 SQL 不发预警。首次计算（新发 {opened:,} 条预警）{first:.2f}s",
        ),
    ]  # fmt: skip


def _against_draft(
    month: date, series: dict[str, Series], figures: Series, ended: bool
) -> list[Result]:
    cut = MonthCut(month)
    loop, sample, institutions = orm_loop.seconds_for_all(month, cut.start, cut.cut)
    note = "各层级一条 GROUPING SETS 语句，由同样的定义生成，阶段为其 WITH"
    if not ended:
        note += "；到时限被中止，实际更慢"
    return [
        Result(
            "T2", "月度任务（指标）比一条语句", shown(figures),
            ("> " if not ended else "") + shown(series["one"]),
            figures.median / series["one"].median, 0.7, note,
        ),
        Result(
            "T2", "月度任务（指标）比逐机构 ORM", shown(figures), f"{loop:.0f}s",
            figures.median / loop, 0.01,
            f"抽 {institutions} 家机构中的 {sample} 家，按机构数或订单行数推算（取较小者）；ORM 只算机构层级的 10 项、当月与累计，"
            "不分地区与企业，不判断身份、豁免与工作日，是下限",
        ),
    ]  # fmt: skip


def shown(series: Series) -> str:
    return f"{series.median:.2f}s ({series.range_text})"
