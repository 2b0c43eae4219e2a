"""The race: cardscan and what else reads such cards, on the same pictures, by turns, in one run."""
