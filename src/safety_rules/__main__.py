"""`python -m safety_rules` is `safety-rules`."""

from safety_rules.cli.main import main

if __name__ == "__main__":
    main()
