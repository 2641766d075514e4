"""Run the command line as `python -m seatsync`."""

from seatsync.cli import main

main()
