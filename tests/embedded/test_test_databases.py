"""The test databases themselves: who connects, what commits leave behind."""

import threading

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

pytestmark = pytest.mark.django_db


def _add_session(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())


def test_connection_speaks_as_the_application_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (connection.settings_dict["USER"], False, False)
        cursor.execute(
            "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'django_session'"
        )
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM core_auditevent",
        "UPDATE core_auditevent SET id = id",
        "TRUNCATE core_auditevent",
        "CREATE TABLE public.intruder (id int)",
        "DELETE FROM organisations_organisation",
    ],
)
def test_application_role_is_refused(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_application_role_owns_rollup() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE rollup.trial (id int)")
        cursor.execute("SELECT count(*) FROM rollup.trial")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("attempt", [1, 2])
def test_commit_is_gone_in_the_next_test(fresh_database: str, attempt: int) -> None:
    assert Session.objects.count() == 0
    _add_session(f"k{attempt}")
    assert Session.objects.count() == 1


def test_thread_sees_the_commit_of_the_test(fresh_database: str) -> None:
    _add_session("seen")
    counted: list[int] = []

    def count() -> None:
        counted.append(Session.objects.count())
        connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    assert counted == [1]


def test_rolled_back_test_sees_nothing_of_the_committed_ones() -> None:
    assert Session.objects.count() == 0
