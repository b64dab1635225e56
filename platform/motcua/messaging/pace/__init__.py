"""Whose turn it is and how much may go now: the ring's turns, allowances and circuits, and what waits."""
