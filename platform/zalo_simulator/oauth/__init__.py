"""OAuth v4 for Official Accounts: consent page and token endpoint."""
