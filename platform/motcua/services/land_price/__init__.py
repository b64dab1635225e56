"""Land prices by street and stretch, from the tables a province loads."""

from .service import LandPrice

SERVICE = LandPrice()
