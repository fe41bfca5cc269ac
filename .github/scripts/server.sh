#!/bin/sh
# Takes the server's program out of an image (redis:7.2, valkey/valkey:8.1) and tells the next steps where it is: the tests
# start their own servers.
set -eu
folder=$RUNNER_TEMP/server
mkdir -p "$folder"
container=$(docker create "$1")
docker cp "$container:/usr/local/bin/." "$folder"
docker rm "$container" >/dev/null
for program in redis-server valkey-server; do
  if [ -x "$folder/$program" ] && [ ! -L "$folder/$program" ]; then
    "$folder/$program" --version
    echo "REDIS_SERVER_BIN=$folder/$program" >>"$GITHUB_ENV"
    exit 0
  fi
done
echo "$1 holds no server" >&2
exit 1
