"""From the outbox to Zalo: messages claimed, decided on, sent, written down, and found again if no answer came."""
