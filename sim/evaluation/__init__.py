"""What an evaluator would publish: designs, estimates, their quality against the truth, and the power of an evaluation."""
