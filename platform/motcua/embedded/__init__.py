"""A real PostgreSQL and a real Valkey from the package registry, kept running for whoever needs them.

`services.ensure(var)` is the door for everything else; `supervisor.Supervisor` runs our own processes.
Decision 0003 says why a detached keeper owns the servers.
"""
