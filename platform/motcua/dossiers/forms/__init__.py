"""The official papers of a dossier (forms 01–07) and the register, as PDF/A and Excel."""
