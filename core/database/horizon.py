"""Below which transaction number everything of this database is over."""

from __future__ import annotations

from django.db import connection

HORIZON = """
SELECT (SELECT system_identifier FROM pg_control_system()),
       LEAST(COALESCE(
           (SELECT min(x.xid) FROM unnest(s.running) AS x (xid) WHERE NOT EXISTS (
               SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
               WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
                 AND l.transactionid::text::bigint = x.xid % 4294967296
                 AND a.datname <> current_database()
           ) AND pg_xact_status(x.xid::text::xid8) = 'in progress'),
           s.next
       ), pg_current_xact_id_if_assigned()::text::bigint)
FROM (
    SELECT pg_snapshot_xmax(now_running)::text::bigint AS next,
           ARRAY(SELECT pg_snapshot_xip(now_running)::text::bigint) AS running
    FROM (SELECT pg_current_snapshot() AS now_running OFFSET 0) taken OFFSET 0
) s
"""


def horizon() -> tuple[int, int]:
    """The cluster's identity, and the oldest transaction of this database that is under way.

    Not pg_snapshot_xmin alone: transaction numbers are the cluster's, so a transaction that was
    forgotten in *another* database would hold this one back for as long as it lives. One that is
    known by its lock to belong elsewhere cannot write here and is left out; so is one that has ended
    since the snapshot was taken, because the caller's next statement sees what it wrote. Whatever is
    not known (prepared transactions, one whose lock is not taken yet) counts as ours, which only
    costs patience. The caller's own transaction is none of the snapshot's, but under way too.
    """
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        cluster, oldest = cursor.fetchone()
    # A signed number in SQL; as a cursor it is only compared.
    return int(cluster) & (2**64 - 1), int(oldest)
