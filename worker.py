"""`python worker.py`: sends messages and reads the inbox until it is told to stop."""

from motcua.core import collecting

# What is loaded stays: looking through it for rubbish takes a tenth of the start.
with collecting.paused():
    from motcua.working import main

if __name__ == "__main__":
    main()
