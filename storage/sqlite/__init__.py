"""What is SQLite's alone: connections, the one writer, the readers, copies."""
