"""Background work: the queue, the workers that empty it, and the schedule that fills it."""
