"""Clinical trials that select or judge by the score, one module per registered trial."""
