"""A province's list from Excel or CSV: read, mapped, checked whole, previewed, applied, undone."""
