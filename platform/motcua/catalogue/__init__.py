"""Administrative procedures: the national base and what each province draws from it."""
