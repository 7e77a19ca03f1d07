"""The button that computes a month, the job's page, and who may stop it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from core.jobs.models import Job
from monitoring.operations.request_computation import request_computation
from organisations.models import User
from organisations.queries.scope import scope_of
from tests.factories import organisations as make
from tests.monitoring.pages.conftest import Reader


def ask(reader: Reader, name: str, month: str) -> int:
    return reader(name).post("/monitoring/compute/", {"month": month}).status_code


def test_province_asks_and_follows_the_job(reader: Reader, sample: dict[str, User]) -> None:
    client = reader("province")
    answer = client.post("/monitoring/compute/", {"month": "2026-03"})
    job = Job.objects.get(kind="compute_month", key="2026-03", state="queued")
    assert answer.status_code == 302
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert job.requested_by_id == sample["province"].pk
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert f'hx-get="/jobs/{job.pk}/panel/"' in page
    assert "every 2s" in page
    assert "月度指标计算 2026-03" in client.get("/jobs/").content.decode()
    again = client.post("/monitoring/compute/", {"month": "2026-03"})
    assert again["Location"] == f"/jobs/{job.pk}/"
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    panel = client.get(f"/jobs/{job.pk}/panel/")
    assert panel["HX-Refresh"] == "true"
    ended = panel.content.decode()
    assert "hx-get" not in ended
    assert "已取消" in ended
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 409


def test_a_month_to_come_and_no_month_are_refused(reader: Reader) -> None:
    next_month = (timezone.localdate().replace(day=28) + timedelta(days=5)).strftime("%Y-%m")
    client = reader("province")
    answer = client.post("/monitoring/compute/", {"month": next_month})
    assert answer.status_code == 409
    assert "尚未开始" in answer.content.decode()
    assert client.post("/monitoring/compute/", {"month": "三月"}).status_code == 400
    assert not Job.objects.filter(key__in=[next_month, "三月"]).exists()


def test_only_the_province_bureau_computes(reader: Reader) -> None:
    assert {name: ask(reader, name, "2026-02") for name in ("city", "hospital", "maker")} == {
        "city": 404,
        "hospital": 404,
        "maker": 404,
    }
    assert not Job.objects.filter(key="2026-02").exists()


def test_without_a_role_the_button_is_away_and_the_post_refused(
    reader: Reader, sample: dict[str, User]
) -> None:
    idle = make.person(sample["province"].organisation, "admin")
    client = reader("province")
    assert "计算本月" in client.get("/monitoring/").content.decode()
    client.force_login(idle)
    assert "计算本月" not in client.get("/monitoring/").content.decode()
    answer = client.post("/monitoring/compute/", {"month": "2026-02"})
    assert answer.status_code == 403
    assert "只有省级医保局" in answer.content.decode()


def test_jobs_of_others_are_not_there(reader: Reader, sample: dict[str, User]) -> None:
    importer = make.person(make.organisation(), "importer")
    province = sample["province"]
    job = request_computation(
        month="2026-01",
        scope=scope_of(province, timezone.localdate()),
        by=province,
        at=timezone.now(),
    )
    client = reader("hospital")
    # Everybody has the page, for what they asked for themselves; others' work is not on it.
    assert f"/jobs/{job.pk}/" not in client.get("/jobs/").content.decode()
    client.force_login(importer)
    assert client.get("/jobs/").status_code == 200
    for path in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/panel/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404


def test_work_that_is_done_is_done_whole_and_leads_to_its_result(
    reader: Reader, sample: dict[str, User]
) -> None:
    """The last step is said before it is committed, and not every kind has words for its result."""
    province = sample["province"]
    now = timezone.now()
    scope = scope_of(province, timezone.localdate())
    Job.objects.create(
        kind="rehearse_change", key="CS202611-0001:3", state=Job.State.DONE, progress_done=20,
        progress_total=21, requested_by_id=province.pk, requested_by_name=province.audit_name,
        province_code=scope.province_code, queued_at=now, started_at=now, ended_at=now,
        arguments={"change_no": "CS202611-0001", "months": 3, "province": scope.province_id},
    )  # fmt: skip
    page = reader("province").get("/jobs/").content.decode()
    assert "试算参数调整 CS202611-0001，最近 3 个月" in page
    assert "21 / 21" in page
    assert 'href="/monitoring/rehearsals/CS202611-0001/"' in page
    assert ">查看试算</a>" in page
    jobs = reader("province").get("/api/v1/jobs/").json()["results"]
    (told,) = [job for job in jobs if job["key"] == "CS202611-0001:3"]
    assert (told["progress_done"], told["progress_total"]) == (21, 21)
