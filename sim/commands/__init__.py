"""What the commands of `sim.cli` do. Nothing heavy is imported before a command needs it."""
