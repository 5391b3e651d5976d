"""What is doubtful in rule files that load: each finding has a code, a page, and a way to silence it."""
