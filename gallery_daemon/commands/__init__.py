"""What the commands do, without a terminal: sort, classify, plan, explain, refile, undo, follow."""
