"""Tables, plots and a page to read, made from result folders only."""
