"""`/vendor/`, on the vendor's own host: all provinces at a glance, onboarding, opening, features, usage, notices."""
