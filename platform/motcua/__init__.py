"""Một Cửa: a province's public services in the chat its citizens already use."""
