"""Zalo speaks to us: the webhook inbox, what a citizen means, and the answer."""
