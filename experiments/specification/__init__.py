"""What a researcher writes: the experiment file, read and checked like a scenario."""
