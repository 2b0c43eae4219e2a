"""Pictures: opened safely, the card found, laid flat and judged. One step per file."""
