"""What a learner meets beside the numbers."""
