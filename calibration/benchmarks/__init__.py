"""What shows that the calibration finds what is there."""
