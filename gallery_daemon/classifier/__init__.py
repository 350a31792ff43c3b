"""Photos become predictions, in a process of their own.

Only that process parses photo bytes and holds the network, so a photo that crashes or hangs a
decoder takes nothing else with it, and an idle daemon stays small.

- `host`: the daemon's side. Takes photos, starts and ends the process, returns every answer.
- `backlog`: which photos are out, and which is to blame when the process dies; pure.
- `answers`: asks it about some photos, for a command that only looks.
- `child`: the process as its parent sees it: three pipes, three threads, one end.
- `results`: what the host says of one photo: classified, or refused and why.
- `messages`: what crosses the pipes, in which form, and which replies are impossible.
- `worker`: the process itself. Started as a program, never imported.
- `batcher`: its stages: a request becomes a picture, pictures become batches, batches answers.
- `looker`: which picture of a photo the network is shown, quickly or in full.
- `picture_maker`: pictures for a page, of the process without a model; any thread may ask for them.
- `picture_cache`: those that were made, on disk; `picture_messages`: what is said for it.
- `picture_worker`: that process. Started as a program, never imported.
- `child_side`: how both processes begin: their pipes and manners.
- `quiet`: when nothing waits in it, so that engines may be measured.
"""
