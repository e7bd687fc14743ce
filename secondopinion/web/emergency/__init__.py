"""Emergency access: a case opened without a part in it, and who looks at that afterwards."""
