"""The inputs of mutations, and the commands of the services that they stand for."""
