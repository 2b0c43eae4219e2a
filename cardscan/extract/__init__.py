"""What is printed on a card beyond its wording: names, numbers, dates, amounts."""
