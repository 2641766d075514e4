"""Background work: the queue, its runner, and the schedule."""
