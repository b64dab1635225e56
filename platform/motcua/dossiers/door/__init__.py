"""The one-stop system's door: many changes at once, what changed, and who is told of it."""
