"""The desk's views, brought together for the application."""

from . import finding, receiving, seeing
from .blueprint import bp

__all__ = ["bp", "finding", "receiving", "seeing"]
