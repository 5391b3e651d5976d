"""What users do with rules: screen ledgers, run cases."""
