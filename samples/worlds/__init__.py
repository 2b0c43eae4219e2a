"""One folder a world: its own wording, fonts, layouts, backgrounds and camera."""
