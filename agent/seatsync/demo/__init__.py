"""The demo: simulated providers, fictional customers, and a story to live through."""
