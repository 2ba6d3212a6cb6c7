"""From a scenario and its persons to the records that the rules work on, and from one arm to the other."""
