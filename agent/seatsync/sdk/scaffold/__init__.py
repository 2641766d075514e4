"""The scaffold: a plug-in package of its own, to begin a connector with."""
