"""What the commands share: an application around a command, and the tenant it names."""

import functools
import getpass
import sys
from contextlib import contextmanager

import click

from motcua import audit
from motcua.audit import watching
from motcua.boot import boot
from motcua.core import collecting
from motcua.core.database import db
from motcua.core.errors import Misconfigured, MotcuaError
from motcua.tenancy.models import Tenant


def in_app(command):
    """Run the command inside an application; a fault of the user's becomes a sentence and exit code 1."""

    @functools.wraps(command)
    def run(*args, **options):
        # Every room of the product comes with it: not for a command that only prints its help.
        with collecting.paused():
            from motcua.app import create_app

        try:
            with create_app(boot()).app_context(), _watched():
                try:
                    return command(*args, **options)
                finally:
                    db.session.remove()
                    db.engine.dispose()
        except MotcuaError as error:
            click.echo(error.message, err=True)
            sys.exit(1)

    return run


@contextmanager
def _watched():
    """Whatever the command commits is in the log, by its name and by who is logged in on this machine."""
    name = click.get_current_context().command_path.partition(" ")[2] or "motcua"
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        login = ""
    watching.begin(watching.Watch(f"command.{name.replace(' ', '.')}", ""))
    try:
        with audit.acting_as(audit.Actor("command", login, f"motcua {name}")):
            yield
    finally:
        watching.end()


def known(slug: str) -> str:
    if db.session.get(Tenant, slug) is None:
        raise Misconfigured(f"Chưa có tỉnh {slug}. Xin chạy `motcua tenant apply tenants/{slug}` trước.")
    db.session.rollback()
    return slug
