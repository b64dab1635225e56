"""Zalo's wire format and nothing else: what to send, what comes back, and what an error means."""
