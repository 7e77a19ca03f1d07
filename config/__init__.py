"""How the platform is wired; imports every app, imported by none."""
