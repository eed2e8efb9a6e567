"""What is PostgreSQL's alone: connections, the writers (together and alone), the readers, copies."""
