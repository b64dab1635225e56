"""The three database roles, and how a fresh server gets them.

owner  migrations: owns the tables, and is held by row security all the same (FORCE)
app    web and workers: no bypass, no DDL
report vendor totals: reads every province, changes nothing
"""

from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from . import keepalive
from .errors import Misconfigured

OWNER, APP, REPORT = "motcua_owner", "motcua_app", "motcua_report"
ROLE_OF = {"owner": OWNER, "app": APP, "report": REPORT}
MINIMUM_VERSION = 140000


def connect_args(role: str) -> dict[str, Any]:
    """Makes a login act as its role from the first statement on, whoever logged in; for any libpq client."""
    return {"options": f"-c role={ROLE_OF[role]} -c timezone=UTC"} | keepalive.LIBPQ


def libpq_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def prepare_server(admin_url: str, database: str | None = None) -> None:
    """Create the roles (and `database`) where they are missing, and give the roles their rights.

    `admin_url` is a libpq URL of a login that may create roles, or of one that already has the three.
    Raises Misconfigured when the server is too old or the login may not create what is missing.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.info.server_version < MINIMUM_VERSION:
            raise Misconfigured("PostgreSQL quá cũ. Xin dùng PostgreSQL 14 trở lên rồi khởi động lại.")
        # Web and workers start at once: held until this connection closes, so that one follows the other.
        connection.execute("SELECT pg_advisory_lock(hashtext('motcua roles'))")
        try:
            _create_roles(connection)
            if database is not None:
                _create_database(connection, database)
        except psycopg.errors.InsufficientPrivilege as error:
            raise Misconfigured(
                "Tài khoản trong DATABASE_URL chưa được tạo vai trò. Xin nhờ quản trị PostgreSQL tạo ba vai trò "
                f"{OWNER}, {APP}, {REPORT} (BYPASSRLS cho {REPORT}) và cấp cho tài khoản này."
            ) from error
        target = admin_url if database is None else _on_database(admin_url, database)
        with psycopg.connect(target, autocommit=True) as inside:
            _grant(inside)


def _on_database(admin_url: str, database: str) -> str:
    return make_url(admin_url).set(database=database).render_as_string(hide_password=False)


def _create_roles(connection: psycopg.Connection) -> None:
    present = {
        name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'motcua_%'")
    }
    for role, rights in ((OWNER, "NOBYPASSRLS"), (APP, "NOBYPASSRLS"), (REPORT, "BYPASSRLS")):
        if role not in present:
            name = sql.Identifier(role)
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE " + rights).format(name)
            )
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))


def _create_database(connection: psycopg.Connection, database: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
    if not found:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
        )


def _grant(connection: psycopg.Connection) -> None:
    owner, app, report = (sql.Identifier(role) for role in (OWNER, APP, REPORT))
    for statement in (
        sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(owner),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(app, report),
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}"
        ).format(owner, app),
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}"
        ).format(owner, app),
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT SELECT ON TABLES TO {}").format(
            owner, report
        ),
    ):
        connection.execute(statement)
