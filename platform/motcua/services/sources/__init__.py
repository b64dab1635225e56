"""Where look-ups about a person's own vehicle or licence get their answers: a province's API, or its nightly file."""
