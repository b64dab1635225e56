"""What citizens say of a finished dossier: asking once, answering in chat, by stars or on the page."""
