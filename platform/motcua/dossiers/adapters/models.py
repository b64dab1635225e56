"""Where a province's dossiers are fetched from."""

from datetime import datetime

from sqlalchemy import CheckConstraint, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

KINDS = ("rest", "csv", "mock")
TOKEN_PURPOSE = "source_token"  # noqa: S105 (a name)


class DossierSource(TenantOwned, Base):
    """At most one a province. `place` is a URL, a folder or a file, as its kind has it."""

    __tablename__ = "dossier_source"

    kind: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    token_encrypted: Mapped[str | None] = mapped_column(Text)
    every_minutes: Mapped[int] = mapped_column(SmallInteger, default=5)
    cursor: Mapped[str | None] = mapped_column(Text)  # everything until here is stored
    next_pull_at: Mapped[datetime] = mapped_column(Moment, default=now)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    synced_at: Mapped[datetime | None] = mapped_column(Moment)  # when we last had all that it knew
    failure: Mapped[str | None] = mapped_column(Text)  # of the last try: an error's code

    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
    )

    @property
    def token(self) -> str | None:
        return self.token_encrypted and crypto.keyring().decrypt(
            self.tenant_id, TOKEN_PURPOSE, self.token_encrypted
        )

    def set_token(self, plain: str | None) -> None:
        self.token_encrypted = plain and crypto.keyring().encrypt(self.tenant_id, TOKEN_PURPOSE, plain)
