"""What a traffic violation costs, and how many points of the licence: the decree, found by plain words."""

from .service import TrafficFine

SERVICE = TrafficFine()
