"""A driving licence: whether it is valid, for which vehicles, until when, and how many points are left."""

from .service import DrivingLicence

SERVICE = DrivingLicence()
