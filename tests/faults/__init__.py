"""The program is killed, starved and lied to, and nothing is lost or doubled."""
