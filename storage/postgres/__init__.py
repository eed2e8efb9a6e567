"""What is PostgreSQL's alone: connections, who writes together and who alone, the readers, copies."""
