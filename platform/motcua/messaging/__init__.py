"""Messages to citizens: texts, outbox, channel, delivery, and what became of each."""
