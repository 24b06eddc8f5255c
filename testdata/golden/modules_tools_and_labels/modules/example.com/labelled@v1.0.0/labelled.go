package labelled
