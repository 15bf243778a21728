#!/bin/sh
# http://localhost:8080/ is an edge in front of the app that listens on port 3000 of this machine.
docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8080:8080 \
  --add-host=host.docker.internal:host-gateway edgecase --origin http://host.docker.internal:3000
