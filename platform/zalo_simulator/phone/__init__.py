"""The citizen's side: what a phone shows and what its owner does."""
