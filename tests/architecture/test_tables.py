"""Tenancy in the database: every province-owned table is isolated, whoever forgets to filter."""

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from motcua import tables
from motcua.core import roles
from motcua.core.database import Base, db, tenant_scope

# Shared by all provinces on purpose; none holds a citizen's data in readable form.
GLOBAL = {
    "tenant",
    "tenant_route",
    "zalo_app",
    "domain_proof",
    "national_procedure",
    "national_procedure_version",
    "national_catalogue",
    "quarantined_webhook",
    "tenant_decision",
    "feature_choice",
    "backup_note",
    "usage_month",
    "vendor_notice",
    "vendor_staff",
    "vendor_recovery_code",
    "vendor_sign_in",
    "vendor_link",
    "alembic_version",
}


def test_every_table_is_either_owned_by_a_tenant_or_known_to_be_shared():
    assert {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"} == GLOBAL | set(
        tables.tenant_owned()
    )


@pytest.mark.parametrize("table", tables.tenant_owned())
def test_a_province_owned_table_has_forced_row_security(owner_engine, table):
    with owner_engine.connect() as connection:
        enabled, forced = connection.execute(
            text(
                "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = CAST(:name AS regclass)"
            ),
            {"name": table},
        ).one()
        policies = connection.execute(
            text("SELECT cmd, qual, with_check FROM pg_policies WHERE tablename = :name"), {"name": table}
        ).all()

    assert (enabled, forced) == (True, True)
    assert [policy.cmd for policy in policies] == ["ALL"]
    assert all("motcua.tenant_id" in part for part in (policies[0].qual, policies[0].with_check))


@pytest.mark.parametrize("table", tables.tenant_owned())
def test_a_province_owned_tables_keys_begin_with_the_tenant(owner_engine, table):
    look = inspect(owner_engine)

    assert look.get_pk_constraint(table)["constrained_columns"] == ["tenant_id", "id"]
    for unique in look.get_unique_constraints(table):
        assert unique["column_names"][0] == "tenant_id", unique["name"]
    for index in look.get_indexes(table):
        assert index["column_names"][0] == "tenant_id", index["name"]
    for key in look.get_foreign_keys(table):
        if key["referred_table"] in tables.tenant_owned():
            assert key["constrained_columns"][0] == key["referred_columns"][0] == "tenant_id"


@pytest.mark.parametrize("role", ["app", "report", "owner"])
def test_no_role_is_a_superuser_and_only_the_report_role_sees_all(settings, role):
    engine = create_engine(settings.database_urls[role], connect_args=roles.connect_args(role))
    with engine.connect() as connection:
        name, is_super, bypasses = connection.execute(
            text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
    engine.dispose()

    assert (name, is_super, bypasses) == (roles.ROLE_OF[role], False, role == "report")


def test_the_report_role_changes_nothing(settings):
    engine = create_engine(settings.database_urls["report"], connect_args=roles.connect_args("report"))
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("DELETE FROM dossier"))
    engine.dispose()


def test_a_query_without_a_tenant_sees_no_row(app, two_provinces):
    assert db.session.scalar(text("SELECT count(*) FROM agency")) == 0


def test_the_tenant_does_not_outlive_its_transaction_in_the_pool(app, two_provinces):
    with tenant_scope("binh-thuan"):
        assert db.session.scalar(text("SELECT count(*) FROM agency")) == 1
        db.session.commit()
    for _ in range(20):
        assert db.session.scalar(text("SELECT current_setting('motcua.tenant_id', true)")) in ("", None)
        db.session.rollback()


def test_a_row_for_another_tenant_is_refused_on_writing(app, two_provinces):
    with tenant_scope("binh-thuan"), pytest.raises(ProgrammingError, match="row-level security"):
        db.session.execute(
            text("INSERT INTO message_text (tenant_id, event, body) VALUES ('da-nang', 'help', 'x')")
        )


def test_no_index_but_the_key_offers_itself_to_foreign_key_checks():
    """A check planned while the table is empty keeps its plan: an index (tenant_id, …, id) then walks the province."""
    referenced = {key.column.table for table in tables.metadata.sorted_tables for key in table.foreign_keys}
    wrong = [
        index.name
        for table in referenced
        for index in table.indexes
        if {"tenant_id", "id"} <= {column.name for column in index.columns}
        and index.dialect_options["postgresql"]["where"] is None
    ]

    assert wrong == []
