"""The ground floor: settings, database, queue, crypto, errors, text, clock. Imports nothing of ours."""
