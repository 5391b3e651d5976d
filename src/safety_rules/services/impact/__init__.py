"""What a change of rules does: whose verdict changes, and which rules mean something else."""
