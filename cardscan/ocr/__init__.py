"""Reading text: a protocol, a registry, and one file per engine."""
