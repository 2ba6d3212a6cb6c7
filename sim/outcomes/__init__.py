"""From event tallies to the field's measures, arms side by side."""
