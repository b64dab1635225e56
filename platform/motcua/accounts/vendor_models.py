"""The vendor's own people. They belong to no province: these tables stand without row security."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from motcua.core import crypto
from motcua.core.database import Base

from .people import LinkColumns, Person, RecoveryCodeColumns, SignInColumns
from .permissions import VENDOR_ROLE_NAMES, VENDOR_ROLES


class VendorStaff(Person, Base):
    """A person of the vendor, who signs in on the vendor's own host."""

    __tablename__ = "vendor_staff"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-1)

    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("role IN ('vendor_admin', 'vendor_support')", name="role"),
    )

    @property
    def permissions(self) -> frozenset[str]:
        return VENDOR_ROLES[self.role]

    @property
    def role_name(self) -> str:
        return VENDOR_ROLE_NAMES[self.role]

    @property
    def secret_owner(self) -> str:
        return crypto.VENDOR


class _OfVendorStaff:
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-1)

    @declared_attr
    def person_id(self) -> Mapped[int]:
        return mapped_column(BigInteger, ForeignKey("vendor_staff.id", ondelete="CASCADE"))


class VendorRecoveryCode(_OfVendorStaff, RecoveryCodeColumns, Base):
    __tablename__ = "vendor_recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "digest"),)


class VendorSignIn(_OfVendorStaff, SignInColumns, Base):
    __tablename__ = "vendor_sign_in"
    __table_args__ = (UniqueConstraint("digest"), Index("ix_vendor_sign_in_person", "person_id"))


class VendorLink(_OfVendorStaff, LinkColumns, Base):
    __tablename__ = "vendor_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose"),
        Index("ix_vendor_link_person", "person_id"),
    )
