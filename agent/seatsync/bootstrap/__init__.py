"""The composition root: every room is made, joined, started and stopped here."""
