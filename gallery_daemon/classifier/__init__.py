"""Photos become predictions, in a process of their own.

Only that process parses photo bytes and holds the network, so a photo that crashes or hangs a
decoder takes nothing else with it, and an idle daemon stays small. A photo's way through it:

- `host`: the daemon's side. Takes photos, starts and ends the process, reports every answer.
- `backlog`: which photos are out, and who is to blame when the process dies; pure.
- `patience`: how long the host waits, and when it gives up; pure.
- `child`: the process as its parent sees it: three pipes, three threads, one end.
- `messages`: what crosses the pipes, in `frames`, and `wire`: how a value becomes JSON and back,
  checked; `impossible`: which replies are in form and cannot be true.
- `worker`: the process itself. Started as a program, never imported.
- `reading`: a request becomes facts and a picture, or a refusal.
- `handover`: the bounded queue of pictures, which knows whether more are on their way.
- `batcher`: pictures become batches: up to N, or T seconds from the first.
- `classifying`: a batch becomes answers; one bad photo never disturbs the others.
- `reports`: what the host tells the main loop.
"""
