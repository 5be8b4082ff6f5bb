#!/usr/bin/env bash
# Runs in MongoDB's image: makes the key by which the members of the replica set know each other, and whose being there means that
# everybody else needs a password. What is there is kept. An argument stands before every path, for tests.
set -euo pipefail
umask 077

ROOT=${1:-}
# The user that mongod runs as.
OWNER=${OWNER:-mongodb:mongodb}
KEY=$ROOT/key/replica-set.key

if [ ! -s "$KEY" ]; then
  # MongoDB takes up to 1,024 characters.
  head -c 756 /dev/urandom | base64 --wrap=0 >"$KEY.new"
  mv "$KEY.new" "$KEY"
fi
chmod 400 "$KEY"
chown "$OWNER" "$KEY"
