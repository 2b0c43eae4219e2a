"""Which card it is: a catalogue as data, matching on text as OCR gives it, and reasoning over attributes."""
