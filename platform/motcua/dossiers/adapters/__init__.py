"""Asking a province's own system, where it does not tell us by itself: one contract, an adapter for each kind."""
