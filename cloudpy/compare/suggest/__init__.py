"""Events for a function, proposed from what its code reads, with the documents that its queries look for."""
