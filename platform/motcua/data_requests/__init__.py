"""What citizens ask about their own data: a copy, a correction, erasure, and the law's clocks over it."""
