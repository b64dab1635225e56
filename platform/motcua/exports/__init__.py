"""Everything of a province in one ZIP, for the province itself."""
