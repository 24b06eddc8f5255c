"""What people are told: one model, built from the graph, and one renderer per format."""
