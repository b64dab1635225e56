"""From the environment to running services: what wsgi.py, worker.py and every command start with.

Order: DATABASE_URL and REDIS_URL, else embedded servers from the package registry, else binaries on the
machine, else a sentence that says what is missing.
"""

from motcua.core import migrating, roles
from motcua.core.config import Settings
from motcua.embedded import services

DATABASE = "motcua"


def boot(*, migrate: bool | None = None, to: str = "head") -> Settings:
    """Settings with a database and Redis that answer.

    `migrate` None: bring the tables up to date only where the database is our own embedded one; a
    production database is migrated by `motcua db upgrade`, before the new version starts. `to`: no further than this
    revision.
    """
    settings = Settings.from_env()
    needs = [
        name
        for name, given in (("postgres", settings.database_urls), ("redis", settings.redis_url))
        if not given
    ]
    if not needs:
        if migrate:
            migrating.prepare_and_upgrade(settings, to)
        return settings
    endpoints = services.ensure(settings.var, need=tuple(needs))
    urls = settings.database_urls or embedded_urls(endpoints, DATABASE)
    settings = settings.with_services(urls, settings.redis_url or endpoints.redis_url)
    if "postgres" in needs:
        roles.prepare_server(endpoints.postgres_dsn_admin, DATABASE)
    if "postgres" in needs or migrate:
        migrating.upgrade(settings, to)
    return settings


def embedded_urls(endpoints: services.Endpoints, database: str) -> dict[str, str]:
    """One URL a role over the private unix socket: each role logs in as itself."""
    return {
        role: f"postgresql+psycopg://{login}@/{database}?host={endpoints.postgres_socket_dir}"
        for role, login in roles.ROLE_OF.items()
    }
