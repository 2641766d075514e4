"""The configuration: config.yaml and the environment, read into frozen settings."""
