"""The playbook as data, and the rules to read it."""
