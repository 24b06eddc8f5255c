/* What the root asks of its C. */
int weigh(int parts);
