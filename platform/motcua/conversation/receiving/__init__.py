"""A webhook checked and stored before Zalo gets its 200, by whichever server it came in."""
