"""Accuracy by capture condition; wrong and unread are counted apart; floors only rise."""
