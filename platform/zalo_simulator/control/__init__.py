"""The control API and room: set up, watch, disturb and replay."""
