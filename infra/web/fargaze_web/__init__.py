"""The demo web app of fargaze and its exporter sidecar: one image, two commands."""
