"""The counter's desk: taking dossiers in, finding them, acting on one, seeing its whole line of time."""
