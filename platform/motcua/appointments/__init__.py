"""Booked visits to a desk: slots, queue numbers, reminders, the day's list. Not the return date of a receipt."""
