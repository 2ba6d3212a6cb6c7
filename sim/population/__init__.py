"""Who is simulated: a synthetic panel, or one read from a CSV file, as one array of persons."""
