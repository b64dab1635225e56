"""`python worker.py`: sends messages and reads the inbox until it is told to stop."""

from motcua.working import main

if __name__ == "__main__":
    main()
