"""Sessions: what is asked of whom, and what is answered."""
