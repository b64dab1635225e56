"""Traffic violations caught by camera: whether a vehicle has some, and to its owner which."""

from .service import TrafficViolation

SERVICE = TrafficViolation()
