"""Reports: one model, built from the graph, and one renderer per format."""
