"""`aitp report`."""
