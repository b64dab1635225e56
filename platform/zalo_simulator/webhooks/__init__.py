"""Signed webhooks: event bodies, delivery with retries, deliberate mischief."""
