"""A province as a tenant: founded, made ready, opened, stopped, counted."""
