"""The outside libraries of the vector side, each behind one small module; imported when chosen."""
