"""Synthetic cards and pictures of them, with the truth beside each. Nothing here shows a real person's card."""
