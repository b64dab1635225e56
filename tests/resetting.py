"""The test database between two tests: emptied, and a province put back, each in one call of the server.

As statements from here, one for each table and row, the same took a third of an ordinary test's time.
"""

from datetime import datetime

import psycopg
from sqlalchemy import DateTime, Table

from motcua import tables

VACUUM_EVERY = 100  # what was deleted still lies in the tables, and each look for rows reads past it


class Resetting:
    """`admin_url` is a libpq URL of the test's database, of a superuser: row security and triggers do not hold it."""

    def __init__(self, admin_url: str):
        self._connection = psycopg.connect(admin_url, autocommit=True)
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("CREATE SCHEMA kept")
        self._kept: set[str] = set()
        self._times = 0
        self._function("empty_tables()", _emptying())

    def close(self) -> None:
        self._connection.close()

    def empty(self) -> None:
        """Delete what the last test left and begin every id at 1.

        A TRUNCATE of all tables takes fifty times as long.
        """
        self._connection.execute("SELECT empty_tables()")
        self._times += 1
        if self._times % VACUUM_EVERY == 0:
            self._connection.execute("VACUUM")

    def keep(self, slug: str, made_at: datetime) -> None:
        """Remember the rows of a province that was made from `made_at` on; ids are given anew each time."""
        inserts = []
        for table in _emptied():
            mine = _of_province(table, slug)
            (has_rows,) = self._connection.execute(
                f'SELECT EXISTS (SELECT FROM "{table.name}" {mine})'
            ).fetchone()
            if not has_rows:
                continue
            kept = f'kept."{slug} {table.name}"'
            self._connection.execute(f'CREATE TABLE {kept} AS SELECT * FROM "{table.name}" {mine}')
            columns = [one for one in table.columns if one.identity is None]
            names = ", ".join(f'"{one.name}"' for one in columns)
            # Whole hours: not the milliseconds that making it took, which a stopped clock would call the future.
            values = ", ".join(
                f"moment + date_trunc('hour', \"{one.name}\" - '{made_at.isoformat()}')"
                if isinstance(one.type, DateTime)
                else f'"{one.name}"'
                for one in columns
            )
            order = "ORDER BY id" if len(columns) < len(table.columns) else ""
            inserts.append(
                f'INSERT INTO "{table.name}" ({names}) SELECT {values} FROM {kept} {order} ON CONFLICT DO NOTHING;'
            )
        self._function(f'"put back {slug}"(moment timestamptz)', "".join(inserts))
        self._kept.add(slug)

    def put_back(self, slug: str, moment: datetime) -> bool:
        """Whether there was such a province to put back."""
        if slug not in self._kept:
            return False
        self._connection.execute(f'SELECT "put back {slug}"(%s)', [moment])
        return True

    def _function(self, signature: str, body: str) -> None:
        """Its statements are planned once, where a new statement would be planned for each test."""
        self._connection.execute(
            f"CREATE FUNCTION {signature} RETURNS void LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$"
        )


def _emptied() -> list[Table]:
    return [one for one in tables.metadata.sorted_tables if not one.name.startswith("national_")]


def _emptying() -> str:
    deletes = "".join(
        f'IF EXISTS (SELECT FROM "{one.name}") THEN DELETE FROM "{one.name}"; END IF;' for one in _emptied()
    )
    return (
        f"{deletes} PERFORM setval(seqrelid, 1, false) FROM pg_sequence"
        " WHERE pg_sequence_last_value(seqrelid) IS NOT NULL AND seqrelid::regclass::text NOT LIKE '%national_%';"
    )


def _of_province(table: Table, slug: str) -> str:
    if table.name == "tenant":
        return f"WHERE id = '{slug}'"
    return f"WHERE tenant_id = '{slug}'" if "tenant_id" in table.columns else ""
