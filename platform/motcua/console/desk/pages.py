"""The desk's views, brought together for the application."""

from . import finding, receiving, seeing, warning
from .blueprint import bp

__all__ = ["bp", "finding", "receiving", "seeing", "warning"]
