"""Extra look-ups of a province: each declares itself once, and is in the chat, on the page and in the console."""
