"""The province's public pages: its front, its procedures, its offices, how to follow, which channel is the real one."""
