"""What the simulated Zalo knows: clock, apps, accounts, citizens, chats, templates, tokens."""
