"""Speed and memory, measured in one run so that ratios mean something; never a test."""
