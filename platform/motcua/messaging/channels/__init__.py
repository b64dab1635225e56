"""By which channel a message goes: ZBS templates, the rules of the moment, the cheapest route, and what a no does."""
