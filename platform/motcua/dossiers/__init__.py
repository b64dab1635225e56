"""Dossiers: what the one-stop system tells us of them, and what their citizens should hear."""
