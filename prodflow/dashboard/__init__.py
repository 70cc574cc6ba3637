"""How an annotation project goes: its numbers, and the pages that show them, live or as a report."""
