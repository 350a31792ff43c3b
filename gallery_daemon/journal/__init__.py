"""What was done and shall be done with every file, in SQLite: the program's only memory."""
