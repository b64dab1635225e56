"""The story of `make demo`, played against the real thing over HTTP, with the simulated phone as witness."""
