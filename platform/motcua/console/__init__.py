"""Pages for a province's staff: signing in, the list of dossiers, one dossier, its receipt."""
