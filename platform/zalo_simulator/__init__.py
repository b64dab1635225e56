"""A stand-alone fake of Zalo: own state, own pages, no code shared with the client it tests."""
