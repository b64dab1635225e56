"""The Official Account OpenAPI, served under /openapi."""
