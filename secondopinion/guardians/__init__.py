"""Who decides for a child: documents, court orders, a second parent, assent, coming of age."""
