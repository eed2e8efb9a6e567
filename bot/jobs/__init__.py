"""What runs by itself. What is due is a row in the database; a job may run late, twice or in several processes."""
