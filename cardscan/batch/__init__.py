"""Many cards at once: what belongs together, read on all cores, written as it comes."""
