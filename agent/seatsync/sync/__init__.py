"""Syncing: extract, diff, plan, apply, report."""
