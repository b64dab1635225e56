"""Provinces: who they are, where they answer, and the Official Accounts they speak through."""
