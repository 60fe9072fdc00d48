"""The one place where the stages can be watched: one polling cycle from feed to story."""
