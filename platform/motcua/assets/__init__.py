"""What the pages are drawn with: packages of the npm lock beside this file, served file by file from a short list."""
