"""The agent: keeps a CRM's mirror of subscriptions equal to what the providers hold."""

__version__ = "0.1.0"
