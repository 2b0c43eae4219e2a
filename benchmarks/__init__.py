"""Measuring cardscan: accuracy on synthetic worlds, and time by stage."""
