"""Staff, roles and API keys: who is asking, and what they may do."""
