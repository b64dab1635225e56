"""Vietnamese text as people type it: one form for comparing, syllables, keystrokes, look-alike sounds."""
